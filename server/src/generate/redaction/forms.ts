/** Lists the forms of a secret that are looked for: its text in other letters and encodings, and the bytes of a key. */
import { folded, withoutQuotes } from './views.ts';

/** Matches the first and last lines of PEM keys, which are always the same. */
export const FRAME = /^-----(?:BEGIN|END) [A-Z0-9 ]{1,60}-----/m;

/** Returns the forms of a part of a secret. Only ASCII letters are the same in all views. */
export function formsOf(secret: Uint8Array): Uint8Array[] {
  const text = Buffer.from(secret).toString('utf8');
  const wide = Buffer.from(text, 'utf16le');
  const forms = [
    secret,
    ...keysIn(text),
    // UTF-16 of both orders, which differ by one zero.
    ...(text.includes('\ufffd') ? [] : [wide, Buffer.from(wide).swap16()]),
  ].flatMap(form => [folded(form), withoutQuotes(form)]);
  if (!secret.some(byte => byte > 0x7f)) return forms;
  const others = [text.toLowerCase(), text.toUpperCase()].filter(other => other !== text);
  return [...forms, ...others.map(other => folded(Buffer.from(other, 'utf8')))];
}

/** A shorter text is as likely a word, and its bytes would be found by chance. */
const SHORTEST_KEY = 16;

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Returns the bytes of keys in a secret: the body of a PEM, base64, base32 or hex, an identity of age. */
function keysIn(text: string): Buffer[] {
  const lines = text.split('\n').map(line => line.trim());
  return [...new Set([lines.join(''), ...lines])]
    .filter(line => line.length >= SHORTEST_KEY)
    .flatMap(bytesOf);
}

function bytesOf(key: string): Buffer[] {
  const identity = /^age-secret-key-(?:pq-)?1([a-z0-9]+)$/i.exec(key)?.[1];
  const digits = key.replace(/=+$/, '').toLowerCase();
  return [
    ...(identity === undefined ? [] : [fromLetters(identity.toLowerCase(), BECH32)]),
    ...(/^[A-Za-z0-9+/_-]+=*$/.test(key) ? [Buffer.from(key, 'base64')] : []),
    ...(/^[0-9a-f]+$/i.test(key) ? [Buffer.from(key, 'hex')] : []),
    ...(/^[a-z2-7]+$/.test(digits) ? [fromLetters(digits, BASE32)] : []),
  ];
}

/** Decodes letters of five bits each. */
function fromLetters(text: string, letters: string): Buffer {
  const bytes: number[] = [];
  let [held, bits] = [0, 0];
  for (const letter of text) {
    held = ((held << 5) | Math.max(0, letters.indexOf(letter))) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
