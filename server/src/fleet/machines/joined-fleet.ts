/**
 * Joins the declarations of all files to the fleet's machines and inventory. Does so again only when a file declares
 * something else, or when machines are found in other places.
 */

import { type Database, input, isKnown, query, set } from '../../query/database.ts';
import { settled } from '../../query/settled.ts';
import { finish } from '../../query/steps.ts';
import { sameItems } from '../../std.ts';
import { tableOf } from '../machine-modules/table-state.ts';
import type { Machine } from '../model/base.ts';
import type { DeclaredFleet } from './declared.ts';
import { type JoinedFleet, joinDeclared } from './join-declared.ts';
import { MACHINES_OF_FOLDERS, noteFolders } from './machine-folders.ts';
import { listsAmong, machinesAmong } from './row-readers.ts';
import { ROWS_IN_UNITS } from './unit-rows.ts';

/** The declarations of machines and of the inventory, one item for each file that declares anything. */
export const DECLARATIONS = input<null, readonly DeclaredFleet[]>('declarations', () => [], {
  equals: sameItems,
});

/** Names of rows that matrices themselves show to be shared lists. */
const SHARED_ROWS = input<null, readonly string[]>('shared rows', () => [], { equals: sameItems });

/** Names of all machines that are declared. */
const DECLARED_NAMES = query<null, ReadonlySet<string>>(
  'names of declared machines',
  database => new Set(DECLARATIONS(database, null).flatMap(({ machines }) => namesOf(machines))),
);

/** Rows that are lists and not machines, as modules use them. */
export const LISTS = query<null, ReadonlySet<string>>(
  'rows that are lists',
  database => {
    const joined = ROWS_IN_UNITS(database, null).flatMap(rows => rows.joined);
    const folders = namesOf(MACHINES_OF_FOLDERS(database, null));
    return listsAmong(joined, new Set([...DECLARED_NAMES(database, null), ...folders]));
  },
  { equals: (left, right) => sameItems([...left], [...right]) },
);

/** Machines that are found by their rows. */
const READERS = query<null, readonly Machine[]>(
  'machines with rows',
  database => {
    const lists = new Set([...LISTS(database, null), ...SHARED_ROWS(database, null)]);
    const readers = ROWS_IN_UNITS(database, null).flatMap(rows => rows.readers);
    return machinesAmong(readers, DECLARED_NAMES(database, null), lists);
  },
  { equals: sameItems },
);

const JOINED = settled(
  query<null, JoinedFleet>(
    'joined declarations',
    database =>
      joinDeclared(
        tableOf(database).cx,
        DECLARATIONS(database, null),
        MACHINES_OF_FOLDERS(database, null),
        READERS(database, null),
      ),
    { isKept: true },
  ),
);

/** The fleet as it was last joined. */
export const JOINED_FLEET = JOINED.answers;

/**
 * Joins the fleet. Called after all units are read.
 * @param shared names of rows that matrices themselves show to be shared lists
 */
export function joinFleet(
  database: Database,
  declared: readonly DeclaredFleet[],
  shared: readonly string[],
): JoinedFleet {
  noteFolders(database);
  set(database, DECLARATIONS, null, declared);
  set(database, SHARED_ROWS, null, shared);
  finish(JOINED.settling(database));
  return JOINED_FLEET(database, null);
}

/** Returns whether the fleet was ever joined. */
export function isJoined(database: Database): boolean {
  return isKnown(database, DECLARATIONS, null);
}

function namesOf(machines: readonly Machine[]): string[] {
  return machines.map(({ name }) => name);
}
