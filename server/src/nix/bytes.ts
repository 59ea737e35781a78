/**
 * Texts as UTF-8 bytes, which is how Nix sees them. Uses only standard JavaScript, so that it also runs in browsers.
 * Most texts are ASCII, which equals its UTF-8.
 */

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const WIDE = /[^\0-\x7f]/;

/** The number of arguments that every JavaScript engine allows in a call. */
const CHUNK = 8 * 1024;

export function utf8Length(text: string): number {
  return WIDE.test(text) ? encoder.encode(text).length : text.length;
}

/** Returns a text's UTF-8, one character per byte. */
export function asByteString(text: string): string {
  return WIDE.test(text) ? byteString(encoder.encode(text)) : text;
}

/** Returns bytes as text, one character per byte. */
export function byteString(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

/** Returns the text of UTF-8 that is written as one character per byte, or null if it is invalid. */
export function fromByteString(bytes: string): string | null {
  return WIDE.test(bytes) ? decoded(Uint8Array.from(bytes, byte => byte.charCodeAt(0))) : bytes;
}

/** Returns the bytes `start` to `start + length` of a text, or null if they would split a character. */
export function sliceOfBytes(text: string, start: number, length: number): string | null {
  if (!WIDE.test(text)) return text.slice(start, start + length);
  return decoded(encoder.encode(text).subarray(start, start + length));
}

/**
 * Compares two texts by their UTF-8 bytes, as Nix orders strings; this equals the order of UTF-16 units before the
 * first surrogate.
 * @returns a negative number if `a` comes before `b`, 0 if they are equal
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return isSurrogate(left) || isSurrogate(right) ? compareEncoded(a, b) : left - right;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function compareEncoded(a: string, b: string): number {
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const difference = (x[i] as number) - (y[i] as number);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    // Invalid UTF-8.
    return null;
  }
}
