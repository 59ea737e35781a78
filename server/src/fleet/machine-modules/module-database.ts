/**
 * Inputs of what is read from modules and follows for machines, beside their files. They are set between builds and at the
 * beginning of one.
 */

import type { AttrsValue } from '../../nix/eval/value.ts';
import { type Database, input, isKnown, set } from '../../query/database.ts';
import { sameItems } from '../../std.ts';

/** The number of changes of definitions of a file by which nothing else that is known about the file has changed. */
const DEFINITIONS = input<string, number>('definitions', () => 0);

/** The arguments that a machine passes to its modules; the same object while they are unchanged. */
const ARGUMENTS = input<string, AttrsValue | null>('arguments', () => null);

/** The names of arguments whose values differ by machine. */
export const DIFFERING_ARGUMENTS = input<null, readonly string[]>('differing arguments', () => [], {
  equals: sameItems,
});

/** Handles that definitions of a file are outdated, and nothing else is. */
export function definitionsChanged(database: Database, path: string): void {
  if (isKnown(database, DEFINITIONS, path)) set(database, DEFINITIONS, path, database.cells.revision);
}

/** Records that the current computation depends on the contents of a file's definitions. */
export function noteDefinitions(database: Database, path: string): void {
  DEFINITIONS(database, path);
}

/**
 * Sets the arguments that machines pass to their modules.
 * @param differing the names of those whose values differ by machine
 */
export function setArguments(
  database: Database,
  args: ReadonlyMap<string, AttrsValue>,
  differing: readonly string[],
): void {
  for (const [machine, given] of args) set(database, ARGUMENTS, machine, given);
  set(database, DIFFERING_ARGUMENTS, null, differing);
}

/** Returns the arguments that a machine passes to its modules, or null if it passes none. */
export function argumentsOf(database: Database, machine: string): AttrsValue | null {
  return ARGUMENTS(database, machine);
}
