/** Finds machines by the modules that read their rows of a matrix, with the platform that such a module states. */

import type { Machine } from '../model/base.ts';
import type { Unit } from '../model/uses.ts';
import { platformIn } from './machine-facts.ts';

/** A machine whose row a module reads. */
export interface RowReader {
  readonly machine: Machine;
  /** False if the matrix has no such row. */
  readonly found: boolean;
}

const NONE: readonly RowReader[] = [];

/**
 * Returns the machines whose rows a unit reads, if it gives them modules.
 * @param text the text of the file, which may state the platform
 */
export function readersIn(
  { rowReads, assignments, appliedImports }: Unit,
  text: string,
): readonly RowReader[] {
  if (rowReads.length === 0 || assignments.length + appliedImports.length === 0) return NONE;
  const system = platformIn(text);
  const machineClass = system === null ? null : system.endsWith('-darwin') ? 'darwin' : 'nixos';
  return rowReads.map(({ machine: name, at, found }) => ({
    machine: { name, class: machineClass, system, tags: [], at, source: 'reader' },
    found,
  }));
}

/**
 * Returns those readers that are machines.
 * @param declared names of machines that are declared
 * @param lists rows that are shared lists, so that their readers are not named after them
 */
export function machinesAmong(
  readers: readonly RowReader[],
  declared: ReadonlySet<string>,
  lists: ReadonlySet<string>,
): readonly Machine[] {
  return readers.flatMap(({ machine, found }) =>
    (found && !lists.has(machine.name)) || declared.has(machine.name) ? [machine] : [],
  );
}

/**
 * Returns rows that modules add to that of a machine (`envMatrix.work ++ envMatrix.lea`), which are lists and not
 * machines.
 * @param joined names of rows that are used together
 * @param machines names of machines that are declared or have folders
 */
export function listsAmong(
  joined: readonly (readonly string[])[],
  machines: ReadonlySet<string>,
): ReadonlySet<string> {
  const lists = new Set<string>();
  for (const names of joined) {
    if (!names.some(name => machines.has(name))) continue;
    for (const name of names) if (!machines.has(name)) lists.add(name);
  }
  return lists;
}
