/**
 * Evaluates questions while a file is read, each with its own budget and trace, and interprets the selections of a
 * trace: lookups of keys, reads of rows, and uses of generators' files.
 */
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { withBudget } from '../../nix/eval/evaluation.ts';
import type { Selection } from '../../nix/eval/selection.ts';
import { newTrace, recorded } from '../../nix/eval/trace.ts';
import type { Origin } from '../../nix/eval/value.ts';
import { outermostIn, placeIn, placeOf } from '../../nix/places.ts';
import type { Range } from '../../nix/syntax.ts';
import type { KeyLookup, RowRead } from '../model/registries.ts';
import { matrixOf, type Question, type Reading, registryOf, type Shown } from './unit-state.ts';
import { type Lookup, noteSelection } from './uses.ts';

/** The evaluation steps allowed for one question: a selection, a call, a collection. */
const QUESTION_STEPS = 200_000;

/** The answer, which is null if the budget was exceeded, with the lookups that the evaluation made. */
export interface Answer<T> extends Shown {
  readonly value: T | null;
}

/**
 * Evaluates one question. If that takes too long, notes it at the place.
 * @param at the place that the question is about
 */
export function ask<T>(reading: Reading, at: Range, question: (asked: Question) => T): Answer<T> {
  const { uses, place } = reading;
  const before = uses.asking;
  uses.asking = { range: { start: at.start, end: at.end }, place };
  const answer = answerTo(reading, at, question);
  uses.asking = before;
  return answer;
}

function answerTo<T>(reading: Reading, at: Range, question: (asked: Question) => T): Answer<T> {
  const { cx, file, context } = reading;
  const trace = newTrace(
    target =>
      target.kind === 'unknown' || registryOf(target, context) !== null || matrixOf(target, context) !== null,
  );
  const asked: Question = { at, trace, read: 0, rows: [], lookups: [] };
  const answer = withBudget(cx, QUESTION_STEPS, () =>
    recorded(cx, trace, () => {
      const value = question(asked);
      readTrace(reading, asked);
      return value;
    }),
  );
  const { rows, lookups } = asked;
  if (!(answer instanceof BudgetExceeded)) return { value: answer, rows, lookups };
  // Selections that were made before the budget ran out are valid.
  withBudget(cx, QUESTION_STEPS, () => recorded(cx, trace, () => readTrace(reading, asked)));
  reading.notAnalysable.push({
    at: placeIn(file, at),
    what: 'effort',
    reason: answer.message,
  });
  return { value: null, rows, lookups };
}

/** Returns the last key that the question has looked up so far. */
export function lastLookup({ lookups }: Question): Lookup | null {
  return lookups.at(-1)?.lookup ?? null;
}

/**
 * Reads the selections that were added since the last call. May evaluate a fallback behind `or`, which adds further
 * ones.
 */
export function readTrace(reading: Reading, asked: Question): void {
  const { selections } = asked.trace;
  for (; asked.read < selections.length; asked.read++)
    readSelection(reading, asked, selections[asked.read] as Selection);
}

function readSelection(reading: Reading, asked: Question, selection: Selection): void {
  const { target, name } = selection;
  noteSelection(reading.cx, reading.uses, selection, lastLookup(asked));
  if (target.kind !== 'attrs' || name.text === null) return;
  const registry = registryOf(target, reading.context);
  if (registry !== null) {
    noteLookup(reading, asked, selection, registry);
    return;
  }
  const matrix = matrixOf(target, reading.context);
  if (matrix !== null) noteRow(reading, asked, selection, matrix);
}

function noteLookup(reading: Reading, asked: Question, selection: Selection, registry: string): void {
  const { file, context, keyLookups, matrixLinks } = reading;
  const written = selection.name.origin ?? selection.at;
  if (context.matrices.has(written.file.path))
    matrixLinks.set(`${written.file.path}\0${registry}`, { matrix: written.file.path, registry });
  const at = outermostIn(written, file.path) ?? written;
  const lookup = () => lookupOf(reading, selection, registry, at);
  asked.lookups.push({ lookup, entry: selection.result });
  if (at.file.path !== file.path) return;
  // The value may have been read in an earlier revision of the file.
  const { start, end } = placeOf(at);
  const id = `${start}:${end}:${registry}:${selection.name.text}`;
  const earlier = keyLookups.get(id);
  if (earlier?.required === true) return;
  const keyLookup = lookup();
  if (earlier === undefined || keyLookup.required) keyLookups.set(id, keyLookup);
}

function lookupOf(
  { cx }: Reading,
  { name, found, guarded, fallback }: Selection,
  registry: string,
  at: Origin,
): KeyLookup {
  const required = !guarded || (fallback !== null && cx.resolve(fallback).kind === 'failure');
  return { registry, key: name.text as string, at: placeOf(at), found: found !== false, required };
}

function noteRow({ file, rowReads }: Reading, asked: Question, selection: Selection, matrix: string): void {
  const written = selection.name.origin ?? selection.at;
  const at = outermostIn(written, file.path) ?? outermostIn(selection.at, file.path);
  if (at === null || selection.guarded) return;
  const machine = selection.name.text as string;
  const read: RowRead = { matrix, machine, at: placeOf(at), found: selection.found !== false };
  asked.rows.push(read);
  rowReads.set(`${read.at.start}:${machine}:${matrix}`, read);
}
