/**
 * What rules compute from a fleet before they look for anything: indexes and the like, computed when first asked for
 * and kept for as long as what they were made of is the same.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { type Database, type Query, query } from '../../query/database.ts';
import { sameItems } from '../../std.ts';
import { currentRun, runOf } from './memory.ts';

/**
 * Returns a function of the fleet that is computed once, and again only if something that it reads has changed.
 * @param compute is given what it was the last time, if anything: given again, all that was made of it is still valid
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

export type Index<T> = ReadonlyMap<string, readonly T[]>;

/**
 * Returns a function like those of `derived`, for an index of lists by names: a caller that asks for one name depends
 * on that list alone.
 */
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

/** Returns the index with the lists from before where they hold the same. */
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
