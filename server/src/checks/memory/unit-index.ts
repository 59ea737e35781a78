/**
 * An index by name of values that depend on single units. An edit affects the names of one or two units; the
 * entries of other names stay, and a list is assembled only on request.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import type { UnitOutline } from '../../fleet/model/uses.ts';
import { byName, type Named, reusing } from '../../query/by-name.ts';
import { query } from '../../query/database.ts';
import { addToList, sameItems } from '../../std.ts';
import { runOf } from './memory.ts';
import { UNIT, UNIT_FILES } from './watched.ts';

/** The values of all units by name. */
export interface UnitIndex<T> {
  /** Returns the values of a name, in file order. */
  get(name: string): readonly T[];
  some(name: string, holds: (item: T) => boolean): boolean;
}

/**
 * Returns an index of values that depend on single units. A caller that looks up one name depends only on that
 * list.
 */
export function unitIndex<T>(
  look: (unit: UnitOutline) => Iterable<readonly [name: string, item: T]>,
): (fleet: Fleet) => UnitIndex<T> {
  const none: Named<readonly T[]> = new Map();
  const namesIn = query<string, Named<readonly T[]>>('names in unit', (database, file, before) => {
    const unit = UNIT(database, file);
    return reusing(before, unit === null ? none : grouped(look(unit)), sameItems);
  });
  const { holders } = byName(UNIT_FILES, namesIn);
  const items = query<string, readonly T[]>('name in units', (database, name) =>
    holders(database, name)
      .list()
      .flatMap(({ value }) => value),
  );
  const others = new WeakMap<Fleet, ReadonlyMap<string, readonly T[]>>();
  return fleet => {
    const run = runOf(fleet);
    if (run !== null) {
      const { database } = run.memory;
      return {
        get: name => items(database, name),
        some(name, holds) {
          for (const inUnit of holders(database, name).values()) if (inUnit.some(holds)) return true;
          return false;
        },
      };
    }
    let lists = others.get(fleet);
    if (lists === undefined) {
      lists = grouped([...fleet.units.values()].flatMap(unit => [...look(unit)]));
      others.set(fleet, lists);
    }
    const all = lists;
    return {
      get: name => all.get(name) ?? NONE,
      some: (name, holds) => all.get(name)?.some(holds) === true,
    };
  };
}

const NONE: readonly never[] = [];

function grouped<T>(items: Iterable<readonly [string, T]>): Map<string, T[]> {
  const lists = new Map<string, T[]>();
  for (const [name, item] of items) addToList(lists, name, item);
  return lists;
}
