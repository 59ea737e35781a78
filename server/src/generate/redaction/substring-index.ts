/** Finds texts and parts of texts within others, in time independent of the number of matches. */

/** An index of all substrings of a fixed number of bytes. */
export interface SubstringIndex {
  /**
   * Finds each substring of the text that is in the index, and removes it. Substrings of a single repeated byte
   * count only if the whole text consists of it.
   *
   * @param onFound called with the start of each
   */
  take(text: Uint8Array, onFound: (at: number) => void): void;
}

/** Odd, and random per process, so that nobody can prepare colliding texts. */
const BASE = (Math.floor(Math.random() * 0x7fffffff) * 2 + 1) | 0;
const SPREAD = 0x9e3779b1 | 0;

/**
 * Builds the index of all substrings of `width` bytes.
 *
 * @param bounds positions that substrings must not cross; the last is the end
 */
export function indexGrams(bytes: Uint8Array, bounds: readonly number[], width: number): SubstringIndex {
  const shift = 32 - Math.max(4, Math.ceil(Math.log2(2 * bytes.length + 1)));
  const heads = new Int32Array(2 ** (32 - shift)).fill(-1);
  const next = new Int32Array(bytes.length);
  eachRunWithin(bytes, bounds, width, (at, hash) => {
    const bucket = spread(hash) >>> shift;
    next[at] = heads[bucket] as number;
    heads[bucket] = at;
  });
  return {
    take(text, onFound) {
      eachRun(text, 0, text.length, width, (offset, hash, same) => {
        if (same >= width && same <= offset + width - 1) return;
        const bucket = spread(hash) >>> shift;
        let before = -1;
        for (let at = heads[bucket] as number; at !== -1; at = next[at] as number) {
          if (!isAt(bytes, at, text, offset, width)) {
            before = at;
            continue;
          }
          if (before === -1) heads[bucket] = next[at] as number;
          else next[before] = next[at] as number;
          onFound(at);
        }
      });
    },
  };
}

/**
 * Finds whole texts, which have few different lengths.
 *
 * @param onFound called with the start and length of each
 */
export function findTexts(
  bytes: Uint8Array,
  bounds: readonly number[],
  texts: Iterable<Uint8Array>,
  onFound: (at: number, length: number) => void,
): void {
  const byLength = new Map<number, Map<number, Uint8Array[]>>();
  for (const text of texts) {
    const byGram = byLength.get(text.length) ?? new Map<number, Uint8Array[]>();
    byLength.set(text.length, byGram);
    eachRun(text, 0, text.length, text.length, (_, hash) => {
      const same = byGram.get(hash);
      if (same === undefined) byGram.set(hash, [text]);
      else if (!same.some(other => isAt(other, 0, text, 0, text.length))) same.push(text);
    });
  }
  for (const [length, grams] of byLength) {
    const filter = new Uint8Array(2 ** 16);
    for (const hash of grams.keys()) filter[spread(hash) >>> 16] = 1;
    eachRunWithin(bytes, bounds, length, (at, hash) => {
      if (filter[spread(hash) >>> 16] === 0) return;
      if (grams.get(hash)?.some(text => isAt(bytes, at, text, 0, length))) onFound(at, length);
    });
  }
}

function isAt(bytes: Uint8Array, at: number, text: Uint8Array, offset: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[at + index] !== text[offset + index]) return false;
  return true;
}

function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), SPREAD);
}

function eachRunWithin(
  bytes: Uint8Array,
  bounds: readonly number[],
  width: number,
  visit: (at: number, hash: number) => void,
): void {
  let from = 0;
  for (const to of bounds) {
    eachRun(bytes, from, to, width, visit);
    from = to;
  }
}

/**
 * Visits the substrings of a text.
 *
 * @param visit called with the start of a substring, its hash, and the number of equal bytes at its end
 */
function eachRun(
  bytes: Uint8Array,
  from: number,
  to: number,
  width: number,
  visit: (at: number, hash: number, same: number) => void,
): void {
  let leaving = 1;
  for (let index = 0; index < width; index++) leaving = Math.imul(leaving, BASE);
  let [hash, same] = [0, 0];
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    same = at > from && byte === bytes[at - 1] ? same + 1 : 1;
    hash = (Math.imul(hash, BASE) + byte + 1) | 0;
    if (at - from >= width) hash = (hash - Math.imul(leaving, (bytes[at - width] as number) + 1)) | 0;
    if (at - from >= width - 1) visit(at - width + 1, hash, same);
  }
}
