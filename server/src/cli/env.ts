/** `varsmith env`: the session variables of a machine, as text for a shell or as data. */
import { environmentOf } from '../editor/environment.ts';
import { environmentMachines } from '../editor/environment-keys.ts';
import { environmentText } from '../editor/environment-text.ts';
import type { Fleet } from '../fleet/model.ts';
import { oneOf, readArguments } from './arguments.ts';
import { EXIT, type Io, UsageError } from './io.ts';
import { openWorkspace } from './load.ts';
import { otherNames } from './names.ts';

const SHELLS = ['bash', 'nushell', 'json'] as const;

export async function env(args: readonly string[], io: Io): Promise<number> {
  const given = readArguments(args, { machine: 'value', shell: 'value' }, 2, { m: 'machine' });
  const shell = oneOf('--shell', given.option('shell'), SHELLS, 'bash');
  const { machine: named, root } = positionsOf(given.positions, given.option('machine'));
  const workspace = await openWorkspace(root, io);
  const fleet = workspace.fleet();
  const machine = machineOf(fleet, named);
  const { files, settings } = workspace;
  const environment = environmentOf({ fleet, files, elsewhere: settings.store?.command != null }, machine);
  if (shell !== 'json') {
    io.stdout.write(environmentText(environment, shell));
    return EXIT.ok;
  }
  io.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...environment }, null, 2)}\n`);
  return EXIT.ok;
}

/** `env MACHINE [ROOT]`, or `env [ROOT] --machine M`. Alone, what is written like a path is the root. */
function positionsOf(
  positions: readonly string[],
  option: string | undefined,
): { readonly machine: string | undefined; readonly root: string | undefined } {
  const [first, second] = positions;
  if (option === undefined && second === undefined && first !== undefined && /[/\\]|^\.+$/.test(first)) {
    return { machine: undefined, root: first };
  }
  if (option === undefined) return { machine: first, root: second };
  if (second !== undefined) throw new UsageError(`"${second}" is one argument too many.`);
  return { machine: option, root: first };
}

/** The machine that is meant; without a name, the only one there is. */
function machineOf(fleet: Fleet, named: string | undefined): string {
  const machines = environmentMachines(fleet);
  if (named !== undefined && machines.includes(named)) return named;
  if (named !== undefined)
    throw new UsageError(`There is no machine "${named}".${otherNames(named, machines)}`);
  const [only] = machines;
  if (machines.length === 1 && only !== undefined) return only;
  if (only === undefined)
    throw new UsageError('No machine is declared here. `varsmith init` lays an example down.');
  throw new UsageError(`Which machine? Name one: ${machines.join(', ')}.`);
}
