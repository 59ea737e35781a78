/** Which rows of a matrix are those of machines: shared lists are none, nor is what certainly names no machine. */

import type { Fleet } from '../model/fleet.ts';
import type { Matrix, MatrixRow } from '../model/registries.ts';

/**
 * Returns the rows of machines in their order. Where there may be machines that are not listed, every row may be a
 * machine's.
 */
export function machineRows(
  { machines, machinesComplete, homes }: Fleet,
  matrix: Matrix,
): readonly MatrixRow[] {
  const rows = matrix.rows.filter(({ shared }) => !shared);
  const names = new Set([...machines.map(({ name }) => name), ...homes]);
  // A matrix that names no machine of ours lists something else.
  if (!machinesComplete || !rows.some(({ machine }) => names.has(machine))) return rows;
  return rows.filter(({ machine }) => names.has(machine));
}
