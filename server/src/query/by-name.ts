/**
 * An index by name of values that many keys have, such as what files say of a generator. A change of one key affects
 * only the names that are different there, and the values of a name are listed on request.
 */

import { addToSet, sameItems } from '../std.ts';
import {
  type Database,
  input,
  isKnown,
  lastAnswer,
  type Query,
  query,
  set,
  touch,
  untracked,
} from './database.ts';
import { forAll } from './groups.ts';

/** The values of one key by name; equal values are the same objects as before. See `reusing`. */
export type Named<T> = ReadonlyMap<string, T>;

/** The values of one name; another object as soon as they may differ. */
export interface Holders<T> {
  /** Returns the keys that have the name, each with its value, in the order of the keys. */
  list(): readonly Holding<T>[];
  /** Returns the values in no order, which takes less time if not all of them are needed. */
  values(): Iterable<T>;
}

export interface Holding<T> {
  readonly key: string;
  readonly value: T;
}

export interface ByName<T> {
  /** All names, sorted. */
  readonly names: Query<null, readonly string[]>;
  readonly holders: Query<string, Holders<T>>;
}

/** An index that is brought up to date at certain times. */
export interface SettledByName<T> extends ByName<T> {
  /** Brings the index up to date. To be done after changes, before anything is asked that depends on it. */
  settle(database: Database): void;
}

/** Updated in place from one state to the next; readers go through the holders of a name. */
interface Index<T> {
  readonly byKey: Map<string, Named<T>>;
  /** The keys that have a name. */
  readonly keys: Map<string, Set<string>>;
  readonly holders: Map<string, Holders<T>>;
  /** The names whose holders are different since the index was last settled; null for one that is not settled. */
  readonly changed: Set<string> | null;
  all: readonly string[];
  /** The place of each key among all of them. */
  order: ReadonlyMap<string, number>;
}

/**
 * @param keys a query for the list of the keys
 * @param namedIn a query for the values of a key; maps that are the same object are taken to be unchanged
 */
export function byName<T>(keys: Query<null, readonly string[]>, namedIn: Query<string, Named<T>>): ByName<T> {
  const index = indexOf(keys, namedIn, false);
  const { name } = namedIn.kind;
  return {
    names: query(`names in ${name}`, database => sortedNames(index(database, null)), { equals: sameItems }),
    holders: query(`holders in ${name}`, (database, held) => holdersOf(index(database, null), held)),
  };
}

/**
 * Returns an index on which very many answers depend. Without settling, a change of any key would have all of them looked
 * at, to see that they hold.
 * @param keys as for `byName`
 * @param namedIn as for `byName`
 */
export function settledByName<T>(
  keys: Query<null, readonly string[]>,
  namedIn: Query<string, Named<T>>,
): SettledByName<T> {
  const index = indexOf(keys, namedIn, true);
  const { name } = namedIn.kind;
  const lastIndex = (database: Database) =>
    lastAnswer(database, index, null) ?? untracked(database, () => index(database, null));
  const names = input<null, readonly string[]>(
    `names in ${name}`,
    database => sortedNames(lastIndex(database)),
    { equals: sameItems },
  );
  const holders = input<string, Holders<T>>(`holders in ${name}`, (database, held) =>
    holdersOf(lastIndex(database), held),
  );
  return {
    names,
    holders,
    settle(database) {
      const now = untracked(database, () => index(database, null));
      const { changed } = now;
      if (changed === null || changed.size === 0) return;
      if (isKnown(database, names, null)) set(database, names, null, sortedNames(now));
      for (const held of changed) if (isKnown(database, holders, held)) touch(database, holders, held);
      changed.clear();
    },
  };
}

function indexOf<T>(
  keys: Query<null, readonly string[]>,
  namedIn: Query<string, Named<T>>,
  isSettled: boolean,
): Query<null, Index<T>> {
  const { name } = namedIn.kind;
  const everywhere = forAll(keys, namedIn);
  return query<null, Index<T>>(
    `index of ${name}`,
    (database, _, before = emptyIndex(isSettled)) => {
      const all = keys(database, null);
      const named = everywhere(database, null);
      if (before.all !== all) reorder(before, all);
      for (const [place, key] of all.entries()) {
        const now = named[place] as Named<T>;
        if ((before.byKey.get(key)?.size ?? 0) + now.size > 0 && before.byKey.get(key) !== now)
          replace(before, key, now);
      }
      return { ...before };
    },
    { isKept: isSettled },
  );
}

function sortedNames<T>({ keys }: Index<T>): readonly string[] {
  return [...keys.keys()].sort();
}

function emptyIndex<T>(isSettled: boolean): Index<T> {
  return {
    byKey: new Map(),
    keys: new Map(),
    holders: new Map(),
    changed: isSettled ? new Set() : null,
    all: [],
    order: new Map(),
  };
}

function reorder<T>(index: Index<T>, all: readonly string[]): void {
  const before = index.order;
  index.all = all;
  index.order = new Map(all.map((key, place) => [key, place]));
  for (const key of index.byKey.keys()) if (!index.order.has(key)) replace(index, key, new Map());
  const places = all.flatMap(key => before.get(key) ?? []);
  if (!places.some((place, at) => place < (places[at - 1] ?? 0))) return;
  for (const name of index.holders.keys()) index.changed?.add(name);
  index.holders.clear();
}

function replace<T>({ byKey, keys, holders, changed }: Index<T>, key: string, now: Named<T>): void {
  const before = byKey.get(key);
  for (const [name, value] of before ?? []) {
    if (now.get(name) !== value) {
      holders.delete(name);
      changed?.add(name);
    }
    if (now.has(name)) continue;
    const having = keys.get(name);
    having?.delete(key);
    if (having?.size === 0) keys.delete(name);
  }
  for (const [name, value] of now) {
    if (before?.get(name) !== value) {
      holders.delete(name);
      changed?.add(name);
    }
    addToSet(keys, name, key);
  }
  if (now.size > 0) byKey.set(key, now);
  else byKey.delete(key);
}

const NO_KEYS: ReadonlySet<string> = new Set();

function holdersOf<T>(index: Index<T>, name: string): Holders<T> {
  const before = index.holders.get(name);
  if (before !== undefined) return before;
  const { byKey, keys, order } = index;
  const having = () => keys.get(name) ?? NO_KEYS;
  const valueIn = (key: string) => byKey.get(key)?.get(name) as T;
  let list: readonly Holding<T>[] | null = null;
  const holders: Holders<T> = {
    list() {
      list ??= [...having()]
        .sort((left, right) => (order.get(left) ?? 0) - (order.get(right) ?? 0))
        .map(key => ({ key, value: valueIn(key) }));
      return list;
    },
    *values() {
      for (const key of having()) yield valueIn(key);
    },
  };
  index.holders.set(name, holders);
  return holders;
}

/** Returns the values of a key with equal ones replaced by the previous objects; the previous map if all are equal. */
export function reusing<T>(
  before: Named<T> | undefined,
  now: Named<T>,
  areEqual: (left: T, right: T) => boolean,
): Named<T> {
  if (before === undefined) return now;
  let isSame = before.size === now.size;
  const named = new Map<string, T>();
  for (const [name, value] of now) {
    const earlier = before.get(name);
    const isKept = earlier !== undefined && areEqual(earlier, value);
    if (!isKept) isSame = false;
    named.set(name, isKept ? earlier : value);
  }
  return isSame ? before : named;
}
