/**
 * Validates the names of new machines.
 *
 * Source: clan-core d7c35d912, clan_lib/machines/machine_name.py.
 */

const MACHINE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Returns what is wrong with a machine's name, or null. */
export function machineNameProblem(name: string): string | null {
  if (MACHINE.test(name)) return null;
  return `"${name}" cannot be the name of a machine: it takes letters, digits and dashes, 63 at most.`;
}
