/**
 * Values that are derived from a fleet by key, such as a file or a machine: each is computed on first use and kept while
 * what it was computed from is unchanged.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { byName, type Named, reusing } from '../../query/by-name.ts';
import { query } from '../../query/database.ts';
import { groupBy, sameItems } from '../../std.ts';
import type { CheckContext } from '../rule.ts';
import { currentRun, runOf } from './memory.ts';

/**
 * Returns a function of the fleet and a key that is recomputed only when something it reads has changed.
 *
 * @param name what it is, in traces
 * @param compute receives the previous value, if any; returning that keeps everything derived from it valid
 */
export function derivedBy<T>(
  name: string,
  compute: (fleet: Fleet, key: string, before: T | undefined) => T,
): (fleet: Fleet, key: string) => T {
  const answer = query<string, T>(name, (database, key, before) =>
    compute(currentRun(database).watched.fleet, key, before),
  );
  const others = new WeakMap<Fleet, Map<string, T>>();
  return (fleet, key) => {
    const run = runOf(fleet);
    if (run !== null) return answer(run.memory.database, key);
    const values = others.get(fleet) ?? new Map<string, T>();
    others.set(fleet, values);
    let value = values.get(key);
    if (value === undefined) {
      value = compute(fleet, key, undefined);
      values.set(key, value);
    }
    return value;
  };
}

/** Like `derivedBy`, for what follows from files or from what is stored as well. */
export function derivedFromBy<T>(
  name: string,
  compute: (context: CheckContext, key: string) => T,
): (context: CheckContext, key: string) => T {
  const answer = query<string, T>(name, (database, key) => compute(currentRun(database).watched, key));
  return (context, key) => {
    const run = runOf(context.fleet);
    return run === null ? compute(context, key) : answer(run.memory.database, key);
  };
}

/**
 * Returns an index by name of what each key has, such as the targets of a file by their subjects. A change of one key
 * concerns only the names that are different there.
 *
 * @param what the items, in traces
 * @param keysOf the keys of a fleet
 * @param itemsOf the items of a key; as the same objects while they are the same
 */
export function indexedBy<T>(
  what: string,
  keysOf: (fleet: Fleet) => readonly string[],
  itemsOf: (fleet: Fleet, key: string) => readonly T[],
  nameOf: (item: T) => string,
): (fleet: Fleet, name: string) => readonly T[] {
  const keys = query<null, readonly string[]>(
    `keys of ${what}`,
    database => keysOf(currentRun(database).watched.fleet),
    { equals: sameItems },
  );
  const namedIn = query<string, Named<readonly T[]>>(`${what} by name`, (database, key, before) =>
    reusing(before, groupBy(itemsOf(currentRun(database).watched.fleet, key), nameOf), sameItems),
  );
  const { holders } = byName(keys, namedIn);
  const others = new WeakMap<Fleet, ReadonlyMap<string, readonly T[]>>();
  return (fleet, name) => {
    const run = runOf(fleet);
    if (run !== null)
      return holders(run.memory.database, name)
        .list()
        .flatMap(({ value }) => value);
    let index = others.get(fleet);
    if (index === undefined) {
      index = groupBy(
        keysOf(fleet).flatMap(key => itemsOf(fleet, key)),
        nameOf,
      );
      others.set(fleet, index);
    }
    return index.get(name) ?? [];
  };
}
