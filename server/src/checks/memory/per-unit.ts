/**
 * Inspects the units of a fleet one by one. In a large fleet all but one or two are the same after an edit, and what
 * was found in those is kept.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Unit } from '../../fleet/model/uses.ts';
import { addToSet, sameItems } from '../../std.ts';
import type { CheckContext } from '../rule.ts';
import { ask, hasChanged, type Input, noting, type Reads, type Run, runOf } from './memory.ts';
import { UNITS } from './watched.ts';

export type Units = ReadonlyMap<string, Unit>;
type Found = ReadonlyMap<string, readonly unknown[]>;
type Look = (unit: Unit, context: CheckContext) => Iterable<unknown>;

interface UnitAnswers {
  /** As they were looked at last. */
  units: Units;
  validIn: number;
  /** By file, where anything was found; another object as soon as it is something else. */
  found: Found;
  /** What was read beside the unit itself, and by which files' units. */
  readonly inputs: Map<Input, { readonly value: unknown; readonly files: Set<string> }>;
  readonly sources: Map<string, Set<string>>;
}

/**
 * Looks into each unit, and again only into those that are others now, or that read something which has changed.
 * @param look what is found there
 */
export function perUnit<T>(
  look: (unit: Unit, context: CheckContext) => Iterable<T>,
): (context: CheckContext) => Iterable<T> {
  const self: Input = { valueIn: run => answersOf(run, self, look).found };
  return function* (context) {
    const run = runOf(context.fleet);
    if (run === null) for (const unit of context.fleet.units.values()) yield* look(unit, context);
    else for (const found of (ask(run, self) as Found).values()) yield* found as readonly T[];
  };
}

/** Looks into each unit as `perUnit` does, for what a unit shows by itself. */
export function inUnits<T>(look: (unit: Unit) => Iterable<T>): (fleet: Fleet) => Iterable<T> {
  const self: Input = { valueIn: run => answersOf(run, self, look).found };
  return function* (fleet) {
    const run = runOf(fleet);
    if (run === null) for (const unit of fleet.units.values()) yield* look(unit);
    else for (const found of (ask(run, self) as Found).values()) yield* found as readonly T[];
  };
}

function answersOf(run: Run, self: Input, look: Look): UnitAnswers {
  const { others } = run.memory;
  const answers = (others.get(self) as UnitAnswers | undefined) ?? {
    units: new Map(),
    validIn: 0,
    found: new Map(),
    inputs: new Map(),
    sources: new Map(),
  };
  if (answers.validIn === run.number) return answers;
  // If looking fails, nothing half-done is kept.
  others.delete(self);
  const units = UNITS.valueIn(run) as Units;
  const found = new Map(answers.found);
  let isOther = false;
  for (const file of staleIn(run, answers, units)) {
    const unit = units.get(file);
    const looked = unit === undefined ? null : noting(() => [...look(unit, run.watched)]);
    if (looked !== null) noteReads(answers, file, looked.reads);
    const now = looked?.value ?? [];
    if (sameItems(found.get(file) ?? [], now)) continue;
    isOther = true;
    if (now.length > 0) found.set(file, now);
    else found.delete(file);
  }
  if (isOther) answers.found = found;
  answers.units = units;
  answers.validIn = run.number;
  others.set(self, answers);
  return answers;
}

/** Returns the files of the units that are to be inspected. */
function staleIn(run: Run, answers: UnitAnswers, units: Units): Set<string> {
  const stale = new Set(changedUnits(run, answers.units, units));
  for (const [source, files] of answers.sources) {
    if (!hasChanged(run, source, answers.validIn)) continue;
    for (const file of files) stale.add(file);
    answers.sources.delete(source);
  }
  for (const [input, { value, files }] of answers.inputs) {
    if (input.valueIn(run) === value) continue;
    for (const file of files) stale.add(file);
    answers.inputs.delete(input);
  }
  return stale;
}

function noteReads({ inputs, sources }: UnitAnswers, file: string, reads: Reads): void {
  for (const [input, value] of reads.values) {
    const known = inputs.get(input);
    if (known === undefined) inputs.set(input, { value, files: new Set([file]) });
    else known.files.add(file);
  }
  for (const source of reads.files) addToSet(sources, source, file);
}

/**
 * Returns the files of which the unit is another one, is new or is gone. Most callers have seen the same state before.
 */
export function changedUnits(run: Run, before: Units, now: Units): readonly string[] {
  if (run.units?.since === before) return run.units.changed;
  const changed: string[] = [];
  for (const [file, unit] of now) if (before.get(file) !== unit) changed.push(file);
  for (const file of before.keys()) if (!now.has(file)) changed.push(file);
  run.units = { since: before, changed };
  return changed;
}
