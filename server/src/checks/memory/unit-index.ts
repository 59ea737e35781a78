/**
 * An index by name of values that depend on single units. An edit affects the names of one or two units; the
 * entries of other names stay, and a list is assembled only on request.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import type { UnitOutline } from '../../fleet/model/uses.ts';
import { query, untracked } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import { addToList, addToSet, sameItems } from '../../std.ts';
import { runOf } from './memory.ts';
import { UNIT, UNIT_FILES } from './watched.ts';

/** The values of all units by name. */
export interface UnitIndex<T> {
  /** Returns the values of a name, in file order. */
  get(name: string): readonly T[];
  some(name: string, holds: (item: T) => boolean): boolean;
}

/** All values of one name; replaced by a new object as soon as they may differ. */
interface Entry<T> {
  /** Null until it is requested. */
  list: readonly T[] | null;
}

type Names<T> = ReadonlyMap<string, readonly T[]>;

/** Updated in place from one state to the next; readers go through the entry of a name. */
interface Lists<T> {
  /** Values by file, then by name. */
  readonly byFile: Map<string, Names<T>>;
  /** The files with values, by name. */
  readonly files: Map<string, Set<string>>;
  readonly entries: Map<string, Entry<T>>;
}

/**
 * Returns an index of values that depend on single units. A caller that looks up one name depends only on that
 * list.
 */
export function unitIndex<T>(
  look: (unit: UnitOutline) => Iterable<readonly [name: string, item: T]>,
): (fleet: Fleet) => UnitIndex<T> {
  const none: Names<T> = new Map();
  const namesIn = query<string, Names<T>>('names in unit', (database, file, before = none) => {
    const unit = UNIT(database, file);
    return reusing(before, unit === null ? none : grouped(look(unit)));
  });
  const allNames = forAll(UNIT_FILES, namesIn);
  const whole = query<null, Lists<T>>('names in units', (database, _, before = noLists()) => {
    const files = UNIT_FILES(database, null);
    const now = allNames(database, null);
    for (const [index, file] of files.entries()) {
      const names = now[index] as Names<T>;
      if ((before.byFile.get(file) ?? none) !== names) replace(before, file, names);
    }
    const present = new Set(files);
    for (const file of before.byFile.keys()) if (!present.has(file)) replace(before, file, none);
    return { ...before };
  });
  const entry = query<string, Entry<T>>('name in units', (database, name) =>
    entryOf(whole(database, null), name),
  );
  const others = new WeakMap<Fleet, Lists<T>>();
  return fleet => {
    const run = runOf(fleet);
    if (run !== null) {
      const { database } = run.memory;
      return indexOf<T>(name => {
        entry(database, name);
        return untracked(database, () => whole(database, null));
      });
    }
    let lists = others.get(fleet);
    if (lists === undefined) {
      lists = noLists();
      for (const unit of fleet.units.values()) replace(lists, unit.file, grouped(look(unit)));
      others.set(fleet, lists);
    }
    const kept = lists;
    return indexOf<T>(() => kept);
  };
}

function noLists<T>(): Lists<T> {
  return { byFile: new Map(), files: new Map(), entries: new Map() };
}

function grouped<T>(items: Iterable<readonly [string, T]>): Map<string, T[]> {
  const lists = new Map<string, T[]>();
  for (const [name, item] of items) addToList(lists, name, item);
  return lists;
}

/** Returns the lists with equal ones replaced by the previous objects; the previous map if all are equal. */
function reusing<T>(before: Names<T>, now: Names<T>): Names<T> {
  const names = new Map<string, readonly T[]>();
  for (const [name, list] of now) {
    const earlier = before.get(name);
    names.set(name, earlier !== undefined && sameItems(earlier, list) ? earlier : list);
  }
  return names.size === before.size && [...names].every(([name, list]) => before.get(name) === list)
    ? before
    : names;
}

function replace<T>({ byFile, files, entries }: Lists<T>, file: string, now: Names<T>): void {
  const before = byFile.get(file);
  for (const [name, list] of before ?? []) {
    if (now.get(name) !== list) entries.delete(name);
    if (!now.has(name)) files.get(name)?.delete(file);
  }
  for (const [name, list] of now) {
    if (before?.get(name) !== list) entries.delete(name);
    addToSet(files, name, file);
  }
  if (now.size > 0) byFile.set(file, now);
  else byFile.delete(file);
}

const NONE: readonly never[] = [];

function indexOf<T>(listsFor: (name: string) => Lists<T>): UnitIndex<T> {
  return {
    get(name) {
      const lists = listsFor(name);
      const entry = entryOf(lists, name);
      entry.list ??= [...having(lists, name)]
        .sort()
        .flatMap(file => lists.byFile.get(file)?.get(name) ?? NONE);
      return entry.list;
    },
    some(name, holds) {
      const lists = listsFor(name);
      for (const file of having(lists, name)) if (lists.byFile.get(file)?.get(name)?.some(holds)) return true;
      return false;
    },
  };
}

function having({ files }: Lists<unknown>, name: string): Iterable<string> {
  return files.get(name) ?? NONE;
}

function entryOf<T>({ entries }: Lists<T>, name: string): Entry<T> {
  let entry = entries.get(name);
  if (entry === undefined) {
    entry = { list: null };
    entries.set(name, entry);
  }
  return entry;
}
