/** What somebody meant who typed a name where a command takes the folder of the fleet: `list tove`. */
import { helpOf } from './help.ts';
import type { Io } from './io.ts';
import { type NoSuchFolder, nearestRoot, openWorkspace } from './load.ts';

/**
 * Returns the option that takes the name, as a sentence with a space before it; empty where the fleet around has no
 * machine or generator of that name, or the command takes none.
 * @param command its name
 */
export async function optionMeant(command: string, { given }: NoSuchFolder, io: Io): Promise<string> {
  const help = helpOf(command);
  if (nearestRoot(io.cwd) === null || !/--(machine|generator)\b/.test(help)) return '';
  const { machines, generators } = (await openWorkspace(undefined, io)).fleet();
  const takes = (option: string, named: readonly { readonly name: string }[]) =>
    help.includes(`--${option} `) && named.some(({ name }) => name === given);
  const option = takes('machine', machines) ? 'machine' : takes('generator', generators) ? 'generator' : null;
  return option === null ? '' : ` Did you mean \`--${option} ${given}\`?`;
}
