/** Advice where a name was typed in the place of the fleet's folder: `list tove`. */

import type { Io } from './io.ts';
import { type NoSuchFolder, nearestRoot, openWorkspace } from './load.ts';
import { commandsOf } from './table/command-table.ts';

/**
 * Returns the option that takes the name, as a sentence with a space before it; empty where the fleet around has no
 * machine or generator of that name, or the command takes none.
 * @param command its name
 */
export async function optionMeant(command: string, { folder }: NoSuchFolder, io: Io): Promise<string> {
  const options = new Set(commandsOf(command).flatMap(spec => spec.options.map(({ name }) => name)));
  const kinds = (['machine', 'generator'] as const).filter(kind => options.has(kind));
  if (nearestRoot(io.cwd) === null || kinds.length === 0) return '';
  const { machines, generators } = (await openWorkspace(undefined, io)).fleet();
  const named = { machine: machines, generator: generators };
  const option = kinds.find(kind => named[kind].some(({ name }) => name === folder));
  return option === undefined ? '' : ` Did you mean \`--${option} ${folder}\`?`;
}
