// Chance that can be repeated: the same seed draws the same.

/** Numbers from 0 to 1 (mulberry32). @param {number} seed @returns {() => number} */
export function random(seed) {
  let state = seed;
  return () => {
    state |= 0;
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed made of a text (FNV-1a). */
export function seedOf(text) {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  return hash >>> 0;
}

export const oneOf = (list, chance) => list[Math.floor(chance() * list.length)];

export function shuffled(list, chance) {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(chance() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}

const LETTER = /[a-zA-Z]/;
const ATTEMPTS = 40;

/** A slip of the fingers: two letters swapped, one left out, one doubled, one replaced. Never a name of `taken`. */
export function typo(name, chance, taken = new Set()) {
  const places = [...name].flatMap((letter, index) => (LETTER.test(letter) ? [index] : []));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = oneOf(places, chance);
    if (at === undefined) break;
    const slip = slipAt(name, at, Math.floor(chance() * 4));
    if (slip !== name && !taken.has(slip) && /^[a-zA-Z_@]/.test(slip)) return slip;
  }
  return `${name}x`;
}

function slipAt(name, at, kind) {
  const [before, letter, after] = [name.slice(0, at), name[at], name.slice(at + 1)];
  if (kind === 0 && LETTER.test(after[0] ?? '') && letter !== after[0])
    return before + after[0] + letter + after.slice(1);
  if (kind === 1 && name.length > 3 && at > 0) return before + after;
  if (kind === 2) return before + letter + letter + after;
  if (kind === 3 && at > 0) return before + (letter === 'e' ? 'r' : 'e') + after;
  return name;
}
