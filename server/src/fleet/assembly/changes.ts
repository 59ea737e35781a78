/** Drops what a change makes invalid, and nothing else. */
import { forgetAnswered } from '../../nix/eval/evaluation.ts';
import { fileChanged } from '../../nix/eval/file-changes.ts';
import type { TraceEvent } from '../../query/database.ts';
import { isStale, newReads, staleLeaf } from '../../query/reads.ts';
import { definitionsChanged } from '../machine-modules/module-database.ts';
import type { State } from './builder-state.ts';

/**
 * Drops what was computed from files that have changed. Where the value of such a file could be changed in place, that
 * is only what read something that is different now; otherwise all that was computed from the file, through any number
 * of imports.
 */
export function forgetChanged(state: State, trace: (event: TraceEvent) => void): void {
  const { imports, evaluation, changed } = state;
  if (changed.size === 0) return;
  const { recorder } = evaluation;
  const inPlace = [...changed].filter(path => evaluation.renewFile(path));
  // Nobody knows which of the answers that nobody owns are used where.
  const isUnclear = isStale(recorder, recorder.unowned);
  if (isUnclear) recorder.unowned = newReads();
  const stale = isUnclear ? [] : staleFiles(state, trace);
  const replaced = isUnclear ? changed : [...changed].filter(path => !inPlace.includes(path));
  const users = [...inPlace, ...stale].flatMap(path => [...imports.usersOf(path)]);
  const lost = imports.dependentsOf([...replaced, ...users]);
  for (const path of lost) trace({ name: `file(${path})`, outcome: 'changed', because: null });
  forget(state, lost, new Set([...changed].filter(path => !imports.importsAny(path, lost))));
  for (const path of [...inPlace, ...stale]) if (!lost.has(path)) forgetAnswers(state, path);
  for (const path of imports.dependentsOf(changed)) renewParts(state, path, trace);
  changed.clear();
}

/** Notes that contents of definitions of a file have changed, and that nothing else that is known about the file has. */
function renewParts({ evaluation, database }: State, path: string, trace: (event: TraceEvent) => void): void {
  const { recorder, promised } = evaluation;
  const leaf = staleLeaf(recorder, promised.get(path) ?? null);
  if (leaf === null) return;
  trace({ name: `definitions(${path})`, outcome: 'changed', because: leaf.name });
  promised.delete(path);
  definitionsChanged(database, path);
}

/** Returns the files about which an answer read something that has changed. */
function staleFiles({ imports, evaluation, changed }: State, trace: (event: TraceEvent) => void): string[] {
  const { recorder, answered } = evaluation;
  return [...imports.dependentsOf(changed)].filter(path => {
    const leaf = staleLeaf(recorder, answered.get(path) ?? null);
    if (leaf !== null) trace({ name: `file(${path})`, outcome: 'changed', because: leaf.name });
    return leaf !== null;
  });
}

/**
 * Drops everything that was computed from the files.
 * @param edited those of which nothing else has changed than their own texts
 */
export function forget(state: State, paths: Iterable<string>, edited: ReadonlySet<string> = new Set()): void {
  for (const path of paths) {
    forgetAnswers(state, path);
    state.evaluation.forgetFile(path, edited.has(path));
  }
}

/** Drops what was computed from a file, but not its value. */
function forgetAnswers(state: State, path: string): void {
  fileChanged(state.database, path);
  forgetAnswered(state.evaluation, path);
}
