/**
 * Inspects the units of a fleet one by one. An edit changes only one or two units of a large fleet; the results
 * for the others are kept.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import type { UnitOutline } from '../../fleet/model/uses.ts';
import { type Query, query } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import { sameItems } from '../../std.ts';
import type { CheckContext } from '../rule.ts';
import { currentRun, runOf } from './memory.ts';
import { UNIT, UNIT_FILES } from './watched.ts';

const NONE: readonly never[] = [];

/**
 * Inspects each unit, and again only if the unit or something read for it has changed.
 *
 * @param look returns the results for a unit
 */
export function perUnit<T>(
  look: (unit: UnitOutline, context: CheckContext) => Iterable<T>,
): (context: CheckContext) => Iterable<T> {
  const all = inEachUnit(look);
  return context => {
    const run = runOf(context.fleet);
    return run === null
      ? withoutMemory(context.fleet, unit => look(unit, context))
      : all(run.memory.database, null);
  };
}

/** Like `perUnit`, for results that depend on the unit alone. */
export function inUnits<T>(look: (unit: UnitOutline) => Iterable<T>): (fleet: Fleet) => Iterable<T> {
  const all = inEachUnit(look);
  return fleet => {
    const run = runOf(fleet);
    return run === null ? withoutMemory(fleet, look) : all(run.memory.database, null);
  };
}

/** Returns the unit of a file; a caller depends on that unit alone. */
export function unitIn(fleet: Fleet, file: string): UnitOutline | null {
  const run = runOf(fleet);
  return run === null ? (fleet.units.get(file) ?? null) : UNIT(run.memory.database, file);
}

/** Returns the files that have units, in fleet order. */
export function unitFiles(fleet: Fleet): readonly string[] {
  const run = runOf(fleet);
  return run === null ? [...fleet.units.keys()] : UNIT_FILES(run.memory.database, null);
}

function* withoutMemory<T>({ units }: Fleet, look: (unit: UnitOutline) => Iterable<T>): Iterable<T> {
  for (const unit of units.values()) yield* look(unit);
}

function inEachUnit<T>(
  look: (unit: UnitOutline, context: CheckContext) => Iterable<T>,
): Query<null, readonly T[]> {
  const answerOf = query<string, readonly T[]>('in unit', (database, file, before) => {
    const unit = UNIT(database, file);
    const now = unit === null ? NONE : [...look(unit, currentRun(database).watched)];
    return reusing(before, now);
  });
  const all = forAll(UNIT_FILES, answerOf);
  return query<null, readonly T[]>('in units', (database, _, before) =>
    reusing(before, all(database, null).flat()),
  );
}

function reusing<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before !== undefined && sameItems(before, now) ? before : now;
}
