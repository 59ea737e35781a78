/** Finds texts and parts of texts in others, in a time that does not depend on how much is found or how often. */

/** All runs of so many bytes. */
export interface Grams {
  /**
   * Finds each run of the text that is in the index, and takes it out. Runs of one and the same byte count only where
   * the whole text is one.
   *
   * @param onFound called with where each begins
   */
  take(text: Uint8Array, onFound: (at: number) => void): void;
}

/** Odd, and another one in each process: no one can prepare texts that fall together. */
const BASE = (Math.floor(Math.random() * 0x7fffffff) * 2 + 1) | 0;
const SPREAD = 0x9e3779b1 | 0;

/** @param bounds runs do not reach across them; the last one is the end */
export function indexGrams(bytes: Uint8Array, bounds: readonly number[], width: number): Grams {
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
 * Finds whole texts, of which few lengths are different.
 *
 * @param onFound called with where one begins, and its length
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

/** @param visit called with where a run begins, its hash, and how many bytes up to its end are the same */
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
