/**
 * An index of what units show by themselves, by names. An edit touches the names of one or two units; what is under the
 * others stays, and a list is put together only when it is asked for.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Unit } from '../../fleet/model/uses.ts';
import { addToList, addToSet } from '../../std.ts';
import { ask, type Input, type Run, runOf } from './memory.ts';
import { changedUnits, type Units } from './per-unit.ts';
import { UNITS } from './watched.ts';

/** What units have under names. */
export interface UnitIndex<T> {
  /** In the order of the files. */
  get(name: string): readonly T[];
  some(name: string, holds: (nullable: T) => boolean): boolean;
}

/** All that there is under one name; another object as soon as that may be something else. */
interface Entry {
  /** Null before it is asked for. */
  list: readonly unknown[] | null;
}

interface Lists {
  units: Units;
  validIn: number;
  /** By file, then by name. */
  readonly byFile: Map<string, ReadonlyMap<string, readonly unknown[]>>;
  /** By name: the files that have any. */
  readonly files: Map<string, Set<string>>;
  readonly entries: Map<string, Entry>;
}

/** Returns an index of what units show by themselves: a caller that asks for one name depends on that list alone. */
export function unitIndex<T>(
  look: (unit: Unit) => Iterable<readonly [name: string, found: T]>,
): (fleet: Fleet) => UnitIndex<T> {
  const self = {};
  const items = new Map<string, Input>();
  const itemOf = (name: string): Input => {
    let item = items.get(name);
    if (item === undefined) {
      item = { valueIn: run => entryOf(listsOf(run, self, look), name) };
      items.set(name, item);
    }
    return item;
  };
  const others = new WeakMap<Fleet, Lists>();
  return fleet => {
    const run = runOf(fleet);
    if (run !== null) {
      return indexOf<T>(name => {
        ask(run, itemOf(name));
        return listsOf(run, self, look);
      });
    }
    let lists = others.get(fleet);
    if (lists === undefined) {
      lists = noLists();
      for (const unit of fleet.units.values()) replace(lists, unit.file, grouped(look(unit)));
      others.set(fleet, lists);
    }
    const known = lists;
    return indexOf<T>(() => known);
  };
}

function noLists(): Lists {
  return { units: new Map(), validIn: 0, byFile: new Map(), files: new Map(), entries: new Map() };
}

function listsOf(run: Run, self: object, look: (unit: Unit) => Iterable<readonly [string, unknown]>): Lists {
  const { others } = run.memory;
  const lists = (others.get(self) as Lists | undefined) ?? noLists();
  if (lists.validIn === run.number) return lists;
  const units = UNITS.valueIn(run) as Units;
  for (const file of changedUnits(run, lists.units, units)) {
    const unit = units.get(file);
    replace(lists, file, unit === undefined ? new Map() : grouped(look(unit)));
  }
  lists.units = units;
  lists.validIn = run.number;
  others.set(self, lists);
  return lists;
}

function grouped(found: Iterable<readonly [string, unknown]>): Map<string, unknown[]> {
  const lists = new Map<string, unknown[]>();
  for (const [name, one] of found) addToList(lists, name, one);
  return lists;
}

function replace(
  { byFile, files, entries }: Lists,
  file: string,
  now: ReadonlyMap<string, readonly unknown[]>,
): void {
  for (const name of byFile.get(file)?.keys() ?? []) {
    entries.delete(name);
    if (!now.has(name)) files.get(name)?.delete(file);
  }
  for (const name of now.keys()) {
    entries.delete(name);
    addToSet(files, name, file);
  }
  byFile.set(file, now);
}

const NONE: readonly never[] = [];

function indexOf<T>(listsFor: (name: string) => Lists): UnitIndex<T> {
  return {
    get(name) {
      const lists = listsFor(name);
      const entry = entryOf(lists, name);
      entry.list ??= [...having(lists, name)]
        .sort()
        .flatMap(file => lists.byFile.get(file)?.get(name) ?? NONE);
      return entry.list as readonly T[];
    },
    some(name, holds) {
      const lists = listsFor(name);
      for (const file of having(lists, name))
        if ((lists.byFile.get(file)?.get(name) as readonly T[] | undefined)?.some(holds)) return true;
      return false;
    },
  };
}

function having({ files }: Lists, name: string): Iterable<string> {
  return files.get(name) ?? NONE;
}

function entryOf({ entries }: Lists, name: string): Entry {
  let entry = entries.get(name);
  if (entry === undefined) {
    entry = { list: null };
    entries.set(name, entry);
  }
  return entry;
}
