// What an operator makes: one change of a fleet that is a mistake.

import { typo } from './chance.mjs';

/**
 * @typedef {{ file: string, start: number, end: number, text: string }} Edit
 * @typedef {{ rename: string, to: string } | { write: string, text: string } | { remove: string } | { link: string, to: string }} Change
 *   of a file as a whole
 * @typedef {{ file: string, at?: number, line?: number }} Spot
 *
 * @typedef {object} Mutant
 * @property {string} file where the mistake is
 * @property {number} at
 * @property {readonly Edit[]} edits
 * @property {readonly Change[]} [changes]
 * @property {readonly (string | undefined)[]} names what a finding about the mistake may name
 * @property {import('./generator.mjs').Generator} [generator] whose body counts as near
 * @property {readonly Spot[]} [also] places that the mistake breaks
 * @property {RegExp} [anywhere] rules that count wherever they stand
 * @property {boolean} [breaksNix] it must not parse afterwards
 * @property {boolean} [mayNotParse] it may
 * @property {() => boolean} [isMistake] asked only when the mutant is wanted, since it takes long
 *
 * @typedef {(fleet: import('./fleet.mjs').Fleet, chance: () => number) => Mutant[]} Operator
 */

/** Another text in the place of one. @returns {Mutant} */
export function replaced(file, { start, end }, text, more = {}) {
  return { file, at: start, edits: [{ file, start, end, text }], names: [], ...more };
}

/** A text put in. @returns {Mutant} */
export const inserted = (file, at, text, more) => replaced(file, { start: at, end: at }, text, more);

/** A change of a whole file. @returns {Mutant} */
export const changed = (file, change, more = {}) => ({
  ...{ file, at: 0, edits: [], changes: [change], names: [] },
  ...more,
});

/** A name, in quotes where the one before it had some or where it needs them. */
export function quotedLike(before, name) {
  return before.startsWith('"') || !/^[a-zA-Z_][\w'-]*$/.test(name) ? `"${name}"` : name;
}

/** A part of a path by another name. */
export function renamed(file, part, name, more) {
  return replaced(file, part, quotedLike(part.quoted ? '"' : '', name), more);
}

/** A word, perhaps in quotes, with a slip in it. */
export function misspelt(file, word, chance, { taken, ...more } = {}) {
  const slip = typo(word.text.replace(/"/g, ''), chance, taken);
  return replaced(file, word, quotedLike(word.text, slip), { names: [slip], ...more });
}

/** A part of a match, by its group. @returns {import('./fleet.mjs').Word} */
export function wordIn(match, group = 1) {
  const start = match.index + match[0].lastIndexOf(match[group]);
  return { text: match[group], start, end: start + match[group].length };
}

/** A binding with the line that it fills, or the binding alone. */
export function wholeLine({ text }, { start, end }) {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  const fillsLine =
    /^\s*$/.test(text.slice(lineStart, start)) &&
    lineEnd >= 0 &&
    /^\s*(#.*)?$/.test(text.slice(end, lineEnd));
  return fillsLine ? { start: lineStart, end: lineEnd + 1 } : { start, end };
}

/** A binding of a generator taken away. */
export function removed(generator, binding, more) {
  return replaced(generator.file, wholeLine(generator.document, binding), '', more);
}

/** The uses of a generator, or of one of its files. */
export function usesOf({ uses }, { name }, file) {
  return uses.filter(use => use.generator === name && (file === undefined || use.fileName === file));
}

export const spotsOf = uses => uses.map(({ file, start }) => ({ file, at: start }));

/** Whether no other declaration has the generator's name. */
export const isOnlyOne = ({ byName }, { name }) => byName.get(name)?.length === 1;

/** Whether the answer to a prompt is kept as a file of its name. */
export const isPersisted = ({ prompts }, name) => prompts.get(name)?.options.get('persist')?.value === 'true';
