/**
 * Links matrices with what other files show of them: the registries in which their keys are looked up, and the rows that
 * are lists and not machines.
 */

import { isSameData } from '../../nix/same-data.ts';
import { query } from '../../query/database.ts';
import { addToSet, sameItems } from '../../std.ts';
import { JOINED_FLEET, LISTS } from '../machines/joined-fleet.ts';
import { ROWS_IN_UNITS } from '../machines/unit-rows.ts';
import type { Matrix, MatrixRow, Registry } from '../model/registries.ts';
import { MATRICES, REGISTRIES } from './registered-files.ts';

/** The registries in which units look up the keys of each matrix. */
const LOOKED_UP = query<null, ReadonlyMap<string, ReadonlySet<string>>>(
  'registries by matrix',
  database => {
    const registries = new Map<string, Set<string>>();
    for (const { links } of ROWS_IN_UNITS(database, null))
      for (const { matrix, registry } of links) addToSet(registries, matrix, registry);
    return registries;
  },
  { equals: isSameData },
);

/** Names of all machines, as they were last joined. */
const MACHINES = query<null, ReadonlySet<string>>(
  'machines beside rows',
  database => new Set(JOINED_FLEET(database, null).machines.map(({ name }) => name)),
);

/** A matrix as it is written, and with what it is linked to. */
interface LinkedMatrix {
  readonly written: Matrix;
  readonly linked: Matrix;
}

const LINKED = query<string, LinkedMatrix | null>('linked matrix', (database, file, before) => {
  const written = MATRICES(database, null).find(matrix => matrix.file === file);
  if (written === undefined) return null;
  const registry = registryOf(
    written,
    REGISTRIES(database, null),
    LOOKED_UP(database, null).get(file) ?? NO_REGISTRIES,
  );
  const linked = withLists({ ...written, registry }, MACHINES(database, null), LISTS(database, null));
  if (before?.written === written && isSameLink(before.linked, linked)) return before;
  return { written, linked: isSameLink(written, linked) ? written : linked };
});

const NO_REGISTRIES: ReadonlySet<string> = new Set();

/**
 * All matrices, sorted by file, each the same object while it is linked to the same. Linked by what is known of units and
 * machines when it is asked for.
 */
export const LINKED_MATRICES = query<null, readonly Matrix[]>(
  'linked matrices',
  database => MATRICES(database, null).flatMap(({ file }) => LINKED(database, file)?.linked ?? []),
  { equals: sameItems },
);

/** Compares what one matrix was linked to. */
function isSameLink(left: Matrix, right: Matrix): boolean {
  return (
    left.registry === right.registry &&
    left.rows.every(({ shared }, index) => shared === right.rows[index]?.shared)
  );
}

/**
 * Returns the registry in which the readers of a matrix look up its keys. A link found by evaluation takes precedence
 * over the one that the keys suggest.
 */
function registryOf(
  matrix: Matrix,
  registries: readonly Registry[],
  lookedUp: ReadonlySet<string>,
): string | null {
  const [only, ...others] = lookedUp;
  if (only !== undefined && others.length === 0) return only;
  if (matrix.registry !== null || registries.length !== 1) return matrix.registry;
  return registries[0]?.file ?? null;
}

/**
 * Marks the rows that are shared lists. A row whose keys others reuse is not shared if a machine has its name; a row
 * that modules add to a machine's row is.
 */
function withLists(matrix: Matrix, machines: ReadonlySet<string>, lists: ReadonlySet<string>): Matrix {
  if (lists.size === 0 && !matrix.rows.some(row => row.shared)) return matrix;
  const isShared = ({ machine, shared }: MatrixRow) =>
    (shared || lists.has(machine)) && !machines.has(machine);
  if (matrix.rows.every(row => row.shared === isShared(row))) return matrix;
  return { ...matrix, rows: matrix.rows.map(row => ({ ...row, shared: isShared(row) })) };
}
