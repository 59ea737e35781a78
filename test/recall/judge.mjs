// Whether new findings are about the mistake that was planted.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isFile } from './fleet.mjs';
import { lineOf } from './nix-scan.mjs';

/**
 * How a finding hits: at the place (within three lines of it, or of a place that the mistake breaks), by the name, in the same
 * generator, or by its rule where it may stand anywhere. Null where it does not.
 * @typedef {'place' | 'name' | 'body' | 'rule' | null} Hit
 *
 * @typedef {{ rule: string, severity: string, file: string, line: number, message: string, hit: Hit }} Judged
 */

const NEAR_LINES = 3;
/** Shorter names are in many words. */
const SHORTEST_UNQUOTED = 5;

/** Rules that speak of something else than the mistake, even at its place. */
const COSMETIC = new Set([
  'generator/unquoted-path',
  'generator/trailing-newline',
  'generator/unused-tool',
  'generator/persist-redundant-copy',
  'option/no-effect',
]);

/** Where only these rules have understood the mistake: a cycle told as an unused dependency is a miss. */
const APT = {
  'dependency-cycle': /dependency-cycle|shared-depends-on-machine/,
  'shared-depends-on-machine': /shared-depends|shared-and-machine|not-generated/,
  'machine-folder-renamed': /orphan-machine|inventory\/|host\//,
  'dependency-typo': /unknown-dependency|undeclared-dependency/,
  'generator-renamed': /undefined-generator|unknown-dependency|undefined-file/,
  'file-removed': /undefined-file|unknown-dependency-file|undeclared-output/,
  'persist-removed':
    /output-never-written|no-output|prompt-unused|undefined-file|unknown-dependency-file|no-script/,
  'secret-made-public': /kind-changed|(hash|random|private-key)-public|option\/no-effect/,
  'stored-value-removed': /not-generated|store\/missing/,
  'secret-false-removed': /value-of-secret|exists-of-secret|read-secret|plaintext-left/,
  'users-with-owner': /users-owner/,
  'needed-for-users-removed': /password-needs-users/,
  'random-forgotten': /weak-random/,
  'type-share-as-list': /option\/type/,
};

/** Whether a finding that hits shows that the mistake was understood. */
export function isApt(operator, { rule, hit }) {
  return hit !== null && !COSMETIC.has(rule) && (APT[operator]?.test(rule) ?? true);
}

/** The findings that were not there before: the same rule, file and message, numbers aside, is the same. */
export function newFindings(before, after) {
  const keyOf = ({ rule, file, message }) => `${rule}|${file}|${message.replace(/\d+/g, '#')}`;
  const left = new Map();
  for (const finding of before) left.set(keyOf(finding), (left.get(keyOf(finding)) ?? 0) + 1);
  return after.filter(finding => {
    const count = left.get(keyOf(finding)) ?? 0;
    left.set(keyOf(finding), count - 1);
    return count <= 0;
  });
}

/**
 * @param {import('./fleet.mjs').Fleet} fleet
 * @param {import('./mutant.mjs').Mutant} mutant
 * @param {readonly any[]} findings new ones
 * @returns {{ line: number, findings: readonly Judged[] }} the line of the mistake, and how each finding hits
 */
export function judged(fleet, mutant, findings) {
  const lineAfter = linesAfter(fleet, mutant);
  const isEdit = mutant.edits.length > 0;
  const spots = [
    { file: mutant.file, line: isEdit ? lineAfter(mutant.file, mutant.at) : 1 },
    ...(mutant.also ?? []).map(({ file, at, line }) => ({ file, line: line ?? lineAfter(file, at) })),
  ];
  const isNear = ({ file, line }) =>
    spots.some(spot =>
      isEdit
        ? spot.file === file && Math.abs(spot.line - line) <= NEAR_LINES
        : spot.file === file || file.startsWith(`${spot.file}/`) || dirname(spot.file) === dirname(file),
    );
  const isInBody = bodyOf(mutant, lineAfter);
  const hitOf = finding => {
    const places = [finding, ...(finding.related ?? [])];
    if (places.some(isNear)) return 'place';
    if (mutant.names.some(name => name && names(finding.message, name))) return 'name';
    if (places.some(isInBody)) return 'body';
    return mutant.anywhere?.test(finding.rule) ? 'rule' : null;
  };
  return {
    line: spots[0].line,
    findings: findings.map(finding => {
      const { rule, severity, file, line, message } = finding;
      return { rule, severity, file, line, message, hit: hitOf(finding) };
    }),
  };
}

/** Turns an offset of the text before into a line of the text after. */
function linesAfter(fleet, { edits }) {
  return (file, at) => {
    const text =
      fleet.documents.get(file)?.text ??
      (isFile(fleet, file) ? readFileSync(join(fleet.root, file), 'utf8') : '');
    const newlines = part => part.split('\n').length - 1;
    const moved = edits
      .filter(edit => edit.file === file && edit.start < at)
      .map(({ text: put, start, end }) => newlines(put) - newlines(text.slice(start, Math.min(end, at))));
    return moved.reduce((line, more) => line + more, lineOf(text, at));
  };
}

/** Whether a place lies in the generator that was changed. */
function bodyOf({ generator }, lineAfter) {
  if (generator === undefined) return () => false;
  const from = lineAfter(generator.file, generator.start) - 1;
  const to = lineAfter(generator.file, generator.close) + 1;
  return ({ file, line }) => file === generator.file && line >= from && line <= to;
}

/** Whether a message has a name in quotes or as the end or beginning of a path, or anywhere where it is long. */
function names(message, name) {
  const quoted = [`"${name}"`, `\`${name}\``, `/${name}"`, `/${name}\``, `"${name}/`];
  return (
    quoted.some(text => message.includes(text)) || (name.length > SHORTEST_UNQUOTED && message.includes(name))
  );
}
