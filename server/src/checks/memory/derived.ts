/**
 * Values that rules derive from a fleet, such as indexes: computed on first use and kept while their inputs are
 * unchanged.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { type Database, type Query, query } from '../../query/database.ts';
import { sameItems } from '../../std.ts';
import type { CheckContext } from '../rule.ts';
import { currentRun, runOf } from './memory.ts';

/**
 * Returns a function of the fleet that is recomputed only when something it reads has changed.
 *
 * @param compute receives the previous value, if any; returning that keeps everything derived from it valid
 */
export function derived<T>(compute: (fleet: Fleet, before: T | undefined) => T): (fleet: Fleet) => T {
  const answer = derivedQuery(compute);
  const others = new WeakMap<Fleet, { readonly value: T }>();
  return fleet => {
    const run = runOf(fleet);
    if (run !== null) return answer(run.memory.database, null);
    let other = others.get(fleet);
    if (other === undefined) {
      other = { value: compute(fleet, undefined) };
      others.set(fleet, other);
    }
    return other.value;
  };
}

function derivedQuery<T>(compute: (fleet: Fleet, before: T | undefined) => T): Query<null, T> {
  return query('derived', (database, _, before) => compute(currentRun(database).watched.fleet, before));
}

/** Like `derived`, for what follows from files or from what is stored as well. */
export function derivedFrom<T>(
  compute: (context: CheckContext, before: T | undefined) => T,
): (context: CheckContext) => T {
  const answer = query<null, T>('derived', (database, _, before) =>
    compute(currentRun(database).watched, before),
  );
  return context => {
    const run = runOf(context.fleet);
    return run === null ? compute(context, undefined) : answer(run.memory.database, null);
  };
}

export type Index<T> = ReadonlyMap<string, readonly T[]>;

/** Like `derived`, for an index of lists by name: a caller that looks up one name depends only on that list. */
export function derivedIndex<T>(compute: (fleet: Fleet) => Index<T>): (fleet: Fleet) => Index<T> {
  const whole = derivedQuery<Index<T>>((fleet, before) => withListsFrom(before, compute(fleet)));
  const list = query<string, readonly T[] | undefined>('list', (database, name) =>
    whole(database, null).get(name),
  );
  const views = new WeakMap<Database, Index<T>>();
  const others = new WeakMap<Fleet, Index<T>>();
  return fleet => {
    const run = runOf(fleet);
    let index = run === null ? others.get(fleet) : views.get(run.memory.database);
    if (index !== undefined) return index;
    index = run === null ? compute(fleet) : viewOf(run.memory.database, whole, list);
    if (run === null) others.set(fleet, index);
    else views.set(run.memory.database, index);
    return index;
  };
}

/** Returns the index with lists reused from the previous one where they are equal. */
function withListsFrom<T>(before: Index<T> | undefined, now: Index<T>): Index<T> {
  if (before === undefined) return now;
  return new Map(
    [...now].map(([name, list]): [string, readonly T[]] => {
      const earlier = before.get(name);
      return [name, earlier !== undefined && sameItems(earlier, list) ? earlier : list];
    }),
  );
}

function viewOf<T>(
  database: Database,
  whole: Query<null, Index<T>>,
  list: Query<string, readonly T[] | undefined>,
): Index<T> {
  const index = () => whole(database, null);
  return {
    get: name => list(database, name),
    has: name => list(database, name) !== undefined,
    get size() {
      return index().size;
    },
    keys: () => index().keys(),
    values: () => index().values(),
    entries: () => index().entries(),
    forEach: callback => index().forEach(callback),
    [Symbol.iterator]: () => index()[Symbol.iterator](),
  };
}
