/** Brace expansion (`{a,b}`, `{1..3}`) in the parts of a word. Nested braces and quoted commas are left as written. */
import type { BracePart, TextPart, WordPart } from '../syntax.ts';

/** Limit above any list written by hand. */
const MAX_CHOICES = 64;

/** A character of unquoted text, or another part as a whole. */
interface Atom {
  readonly part: WordPart;
  readonly char: string | null;
}

/** Returns the parts with every brace expression split into its choices. */
export function withBraces(parts: readonly WordPart[]): readonly WordPart[] {
  const hasBrace = parts.some(part => part.kind === 'text' && !part.quoted && part.text.includes('{'));
  if (!hasBrace) return parts;
  const atoms = parts.flatMap(atomsOf);
  const result: Atom[] = [];
  for (let at = 0; at < atoms.length; at++) {
    const brace = atoms[at]?.char === '{' ? braceAt(atoms, at) : null;
    if (brace === null) {
      result.push(atoms[at] as Atom);
      continue;
    }
    result.push({ part: brace.part, char: null });
    at = brace.end;
  }
  return joined(result);
}

function atomsOf(part: WordPart): Atom[] {
  if (part.kind !== 'text' || part.quoted || part.text.length !== part.end - part.start) {
    return [{ part, char: null }];
  }
  let { start } = part;
  return [...part.text].map(char => {
    const at = { start, end: start + char.length };
    start = at.end;
    return { part: { ...part, text: char, ...at }, char };
  });
}

function braceAt(atoms: readonly Atom[], open: number): { part: BracePart; end: number } | null {
  let close = open + 1;
  while (close < atoms.length && atoms[close]?.char !== '}' && atoms[close]?.char !== '{') close++;
  if (atoms[close]?.char !== '}') return null;
  const inside = atoms.slice(open + 1, close);
  const start = atoms[open]?.part.start ?? 0;
  const end = atoms[close]?.part.end ?? start;
  const choices = commaChoices(inside) ?? rangeChoices(inside, start, end);
  return choices === null ? null : { part: { kind: 'brace', start, end, choices }, end: close };
}

function commaChoices(inside: readonly Atom[]): WordPart[][] | null {
  if (!inside.some(atom => atom.char === ',')) return null;
  const choices: Atom[][] = [[]];
  for (const atom of inside) {
    if (atom.char === ',') choices.push([]);
    else choices[choices.length - 1]?.push(atom);
  }
  return choices.length > MAX_CHOICES ? null : choices.map(joined);
}

function rangeChoices(inside: readonly Atom[], start: number, end: number): WordPart[][] | null {
  const text = inside.map(atom => atom.char ?? '\0').join('');
  const match = /^(-?\d{1,6})\.\.(-?\d{1,6})$/.exec(text);
  if (!match) return null;
  const [first, last] = [Number(match[1]), Number(match[2])];
  const padded = /^-?0\d/.test(match[1] ?? '') || /^-?0\d/.test(match[2] ?? '');
  if (padded || Math.abs(last - first) >= MAX_CHOICES) return null;
  const choices: WordPart[][] = [];
  for (let at = first; first <= last ? at <= last : at >= last; at += first <= last ? 1 : -1) {
    choices.push([{ kind: 'text', text: String(at), quoted: true, start, end }]);
  }
  return choices;
}

/** Joins adjacent characters of the same text. */
function joined(atoms: readonly Atom[]): WordPart[] {
  const parts: WordPart[] = [];
  for (const { part, char } of atoms) {
    const last = parts[parts.length - 1];
    if (
      char !== null &&
      last?.kind === 'text' &&
      !last.quoted &&
      last.end === part.start &&
      part.kind === 'text'
    ) {
      parts[parts.length - 1] = { ...last, text: last.text + part.text, end: part.end } satisfies TextPart;
    } else parts.push(part);
  }
  return parts;
}
