// Draws mutants of fleets, checks each, and notes what came of it.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { random, seedOf, shuffled } from './chance.mjs';
import { applied } from './change.mjs';
import { isApt, judged, newFindings } from './judge.mjs';
import { OPERATORS } from './operators/index.mjs';

/**
 * @typedef {object} Result what came of one mutant
 * @property {string} operator
 * @property {string} fleet
 * @property {string} file
 * @property {number} line
 * @property {string} before the line, as it was
 * @property {string} after
 * @property {readonly import('./judge.mjs').Judged[]} findings that are new
 * @property {boolean} isCaught
 * @property {string} [error] of the check itself
 *
 * @typedef {object} Limits
 * @property {number} seed
 * @property {number} perFleet most mutants of an operator in a fleet
 * @property {number} cap most of an operator in all
 * @property {readonly string[]} operators none for all
 *
 * @typedef {{ why: string, op?: string, fleet?: string, file?: string, before?: string }} Exclude a mutant that is no mistake where
 *   it is: expressions, all of which match
 */

/** So many more are drawn than wanted, since some turn out to be no mistake. */
const SPARE = 3;
const LONGEST_LINE = 240;

/** @type {readonly Exclude[]} */
const EXCLUDES = JSON.parse(readFileSync(join(import.meta.dirname, 'excludes.json'), 'utf8'));

const isExcluded = mutation =>
  EXCLUDES.some(exclude =>
    Object.entries(exclude).every(
      ([field, pattern]) => field === 'why' || new RegExp(pattern).test(mutation[field] ?? ''),
    ),
  );

/**
 * The mutants of each operator, in the order in which they are tried: fleets take turns.
 * @param {readonly import('./fleet.mjs').Fleet[]} fleets
 * @param {Limits} limits
 */
export function planned(fleets, { seed, perFleet, operators }) {
  return Object.entries(OPERATORS)
    .filter(([operator]) => operators.length === 0 || operators.includes(operator))
    .map(([operator, make]) => {
      const drawn = fleets.map(fleet => {
        const chance = random(seedOf(`${seed}/${operator}/${fleet.name}`));
        const mutants = make(fleet, chance);
        return {
          fleet,
          sites: mutants.length,
          mutants: shuffled(mutants, chance).slice(0, perFleet * SPARE),
        };
      });
      const turns = shuffled(drawn, random(seedOf(`${seed}/${operator}`)));
      const order = Array.from({ length: perFleet * SPARE }, (_, turn) =>
        turns.flatMap(({ fleet, mutants }) => (mutants[turn] ? [{ fleet, mutant: mutants[turn] }] : [])),
      ).flat();
      return { operator, order, sites: drawn.reduce((sum, { sites }) => sum + sites, 0) };
    });
}

/**
 * Tries the mutants of a plan.
 * @param {readonly import('./fleet.mjs').Fleet[]} fleets changed in place, and put back after each mutant
 * @param {Limits} limits
 * @param {(root: string) => Promise<readonly any[]>} check
 * @returns {AsyncGenerator<Result>}
 */
export async function* tried(fleets, limits, check) {
  const before = new Map();
  for (const fleet of fleets) before.set(fleet, await check(fleet.root));
  for (const { operator, order } of planned(fleets, limits)) {
    const perFleet = new Map();
    let count = 0;
    for (const { fleet, mutant } of order) {
      const already = perFleet.get(fleet) ?? 0;
      if (count >= limits.cap) break;
      if (already >= limits.perFleet) continue;
      const result = await attempt(operator, fleet, mutant, before.get(fleet), check);
      if (result === null) continue;
      perFleet.set(fleet, already + 1);
      count++;
      yield result;
    }
  }
}

/** Null for what is no mistake after all. @returns {Promise<Result | null>} */
async function attempt(operator, fleet, mutant, findings, check) {
  const what = { fleet: fleet.name, file: mutant.file, ...changedLines(fleet, mutant) };
  if (isExcluded({ ...what, op: operator }) || mutant.isMistake?.() === false) return null;
  const isNix = mutant.edits.length > 0 && mutant.file.endsWith('.nix');
  const path = join(fleet.root, mutant.file);
  const couldParse = isNix && !mutant.mayNotParse && parses(path);
  const undo = applied(fleet.root, mutant);
  try {
    if (couldParse && parses(path) === Boolean(mutant.breaksNix)) return null;
    const news = newFindings(findings, await check(fleet.root));
    const judgement = judged(fleet, mutant, news);
    const isCaught = judgement.findings.some(finding => isApt(operator, finding));
    return { operator, ...what, ...judgement, isCaught };
  } catch (error) {
    return { operator, ...what, line: 1, findings: [], isCaught: false, error: String(error) };
  } finally {
    undo();
  }
}

/** Whether Nix reads a file. */
function parses(path) {
  const { status, error } = spawnSync('nix-instantiate', ['--parse', path], { maxBuffer: 2 ** 28 });
  if (error !== undefined) throw new Error('nix-instantiate is needed, to leave out what is no Nix.');
  return status === 0;
}

/** The lines that a mutant changes, as they were and as they are. */
function changedLines({ root, documents }, { edits, file, changes }) {
  const [edit] = edits;
  if (edit === undefined) return { before: JSON.stringify(changes), after: '' };
  const text = documents.get(file)?.text ?? readFileSync(join(root, file), 'utf8');
  const end = text.indexOf('\n', edit.end);
  const [from, to] = [text.lastIndexOf('\n', edit.start - 1) + 1, end < 0 ? text.length : end];
  const cut = line => line.trim().slice(0, LONGEST_LINE);
  return {
    before: cut(text.slice(from, to)),
    after: cut(text.slice(from, edit.start) + edit.text + text.slice(edit.end, to)),
  };
}
