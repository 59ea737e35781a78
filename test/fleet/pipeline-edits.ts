/** Random edits of the files through which entries of a registry become generators, as people type. */
import fc from 'fast-check';

/** The files through which entries of the registry become generators; the registry and the matrix more often. */
const EDITED: readonly string[] = [
  'lib/secret-registry.nix',
  'lib/secret-registry.nix',
  'lib/machine-env-matrix.nix',
  'lib/machine-env-matrix.nix',
  'lib/vars-generators.nix',
  'lib/secrets.nix',
  'lib/derived.nix',
  'lib/single.nix',
  'lib/made.nix',
];

/** A change of a text. Both numbers are between 0 and 1, and choose what is changed. */
type Change = (text: string, which: number, detail: number) => string;

const at = (list: readonly number[], which: number) => list[Math.floor(which * list.length)] ?? 0;
const lineStarts = (text: string) => [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
const insertAt = (offset: number, part: string, text: string) =>
  text.slice(0, offset) + part + text.slice(offset);

const CHANGES: readonly Change[] = [
  // A letter in a string.
  (text, which, detail) => {
    const strings = [...text.matchAll(/"[^"\n$]+"/g)].map(({ index }) => index + 1);
    return insertAt(at(strings, which), detail < 0.5 ? 'x' : '-', text);
  },
  // A letter less.
  (text, which) => {
    const strings = [...text.matchAll(/"[^"\n$]{2,}"/g)].map(({ index }) => index + 1);
    const start = at(strings, which);
    return text.slice(0, start) + text.slice(start + 1);
  },
  (text, which) => insertAt(at(lineStarts(text), which), '  # A comment.\n', text),
  (text, which) => insertAt(at(lineStarts(text), which), '\n', text),
  // A line less, or twice, or elsewhere.
  (text, which) => {
    const lines = text.split('\n');
    return lines.toSpliced(Math.floor(which * lines.length), 1).join('\n');
  },
  (text, which) => {
    const lines = text.split('\n');
    const line = Math.floor(which * lines.length);
    return lines.toSpliced(line, 0, lines[line] ?? '').join('\n');
  },
  (text, which, detail) => {
    const lines = text.split('\n');
    const [moved = ''] = lines.splice(Math.floor(which * lines.length), 1);
    return lines.toSpliced(Math.floor(detail * lines.length), 0, moved).join('\n');
  },
  // A word elsewhere.
  (text, which, detail) => {
    const words = [...text.matchAll(/[a-z-]{3,}/g)];
    const [from, to] = [words[Math.floor(which * words.length)], words[Math.floor(detail * words.length)]];
    if (from === undefined || to === undefined) return text;
    return text.slice(0, from.index) + to[0] + text.slice(from.index + from[0].length);
  },
  // Anything.
  (text, which, detail) =>
    insertAt(Math.floor(which * text.length), textAt(['"', '}', ';', ' x ', '{ '], detail), text),
];

function textAt(list: readonly string[], which: number): string {
  return list[Math.floor(which * list.length)] ?? '';
}

const fraction = fc.double({ min: 0, max: 0.999, noNaN: true });
export const pipelineEdits = fc.array(
  fc.record({
    path: fc.constantFrom(...EDITED),
    change: fc.nat(CHANGES.length - 1),
    which: fraction,
    detail: fraction,
    /** Back to the text before the last edit of the file, as undoing does. */
    isUndone: fc.boolean(),
    /** Whether anybody looks at the fleet in between. What nobody has asked for has not been computed. */
    isAsked: fc.boolean(),
  }),
  { minLength: 2, maxLength: 6 },
);

/** Applies a change of `pipelineEdits` to a text. */
export function changed(
  text: string,
  { change, which, detail }: { readonly change: number; readonly which: number; readonly detail: number },
): string {
  return (CHANGES[change] as Change)(text, which, detail);
}
