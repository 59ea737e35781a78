/** Notes, as units are read, which rows of matrices each of them reads, and how. */

import { isSameData } from '../../nix/same-data.ts';
import { type Database, input, isKnown, query, set } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import { sameItems } from '../../std.ts';
import type { MatrixLink } from '../model/registries.ts';
import type { Unit } from '../model/uses.ts';
import { type RowReader, readersIn } from './row-readers.ts';

interface UnitRows {
  /** Machines whose rows the unit reads, if it gives them modules. */
  readonly readers: readonly RowReader[];
  /** Names of rows that are used together. */
  readonly joined: readonly (readonly string[])[];
  readonly links: readonly MatrixLink[];
}

/** Null for a file without a unit, and for a unit that says nothing of rows. */
const ROWS = input<string, UnitRows | null>('rows in unit', () => null, { equals: isSameData });

/** The files that have units, in the order of the workspace. */
export const UNIT_FILES = input<null, readonly string[]>('files of units', () => [], { equals: sameItems });

const ALL_ROWS = forAll(UNIT_FILES, ROWS);

/** The rows that each unit reads; units that read none are left out. */
export const ROWS_IN_UNITS = query<null, readonly UnitRows[]>('rows in units', database =>
  ALL_ROWS(database, null).flatMap(rows => rows ?? []),
);

/** Handles that the unit of a file is another one, or that it has none. */
export function noteRows(database: Database, path: string, unit: Unit | null, text: string): void {
  const rows = unit === null ? null : rowsIn(unit, text);
  if (rows !== null || isKnown(database, ROWS, path)) set(database, ROWS, path, rows);
}

function rowsIn(unit: Unit, text: string): UnitRows | null {
  const readers = readersIn(unit, text);
  const joined = unit.assignments.flatMap(({ machines }) => (machines.length > 1 ? [machines] : []));
  const links = unit.matrixLinks;
  return readers.length + joined.length + links.length === 0 ? null : { readers, joined, links };
}
