/** `varsmith add`: an entry of the registry with its key in the rows of machines, or a secret of sops-nix. */
import { SECRET_KINDS } from '../editor/scaffold-entry.ts';
import { addSecret } from '../editor/scaffold-secret.ts';
import { oneOf, readArguments } from './arguments.ts';
import { type Io, UsageError } from './io.ts';
import { openWorkspace } from './load.ts';
import { carryOut } from './scaffolded.ts';

export async function add(args: readonly string[], io: Io): Promise<number> {
  if (args[0] === 'sops') return (await import('./add-sops.ts')).addSops(args, io);
  if (args[0] === 'secret') return addToRegistry(args, io);
  throw new UsageError('Say what to add: varsmith add secret NAME, or varsmith add sops NAME.');
}

async function addToRegistry(args: readonly string[], io: Io): Promise<number> {
  const known = {
    kind: 'value',
    machines: 'value',
    // As it is called elsewhere.
    machine: 'value',
    description: 'value',
    registry: 'value',
    'dry-run': 'flag',
  } as const;
  const given = readArguments(args, known, 3, { m: 'machines' });
  const [, name, root] = given.positions;
  if (name === undefined) throw new UsageError('Say what to add: varsmith add secret NAME.');
  const kind = oneOf('--kind', given.option('kind'), SECRET_KINDS, 'prompt');
  const machines = [...given.options('machines'), ...given.options('machine')]
    .flatMap(list => list.split(','))
    .filter(each => each !== '');
  const workspace = await openWorkspace(root, io);
  const around = { fleet: workspace.fleet(), files: workspace.files };
  const wish = {
    key: name,
    kind,
    machines,
    description: given.option('description') ?? null,
    registry: given.option('registry') ?? null,
  };
  return carryOut(workspace, addSecret(around, wish), given.flag('dry-run'), io);
}
