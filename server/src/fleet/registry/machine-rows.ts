/** Selects the rows of a matrix that belong to machines, and not to shared lists or other things. */

import type { Fleet } from '../model/fleet.ts';
import type { Matrix, MatrixRow } from '../model/registries.ts';

/** Returns the rows of machines in their order; all rows that are not shared if there may be unlisted machines. */
export function machineRows(
  { machines, machinesComplete, homes }: Fleet,
  matrix: Matrix,
): readonly MatrixRow[] {
  const rows = matrix.rows.filter(({ shared }) => !shared);
  const names = new Set([...machines.map(({ name }) => name), ...homes]);
  // A matrix without any known machine lists something else.
  if (!machinesComplete || !rows.some(({ machine }) => names.has(machine))) return rows;
  return rows.filter(({ machine }) => names.has(machine));
}
