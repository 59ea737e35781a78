/** Gives advice if a name was typed in place of the fleet's folder: `list tove`. */

import type { Io } from './io.ts';
import { type NoSuchFolder, nearestRoot, openWorkspace } from './load.ts';
import { commandsOf } from './table/command-table.ts';

/**
 * Returns a sentence, with a leading space, about the option that takes the name. Empty if the surrounding fleet has
 * no machine or generator of that name, or the command has no such option.
 * @param command the name of the command
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
