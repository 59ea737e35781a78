/** `varsmith new`: a generator, or a service module with one, from a template. */
import { newGenerator, newService } from '../editor/scaffold-generator.ts';
import { TEMPLATE_CHOICES } from '../editor/scaffold-templates.ts';
import { oneOf, readArguments } from './arguments.ts';
import { type Io, UsageError } from './io.ts';
import { openWorkspace } from './load.ts';
import { carryOut } from './scaffolded.ts';

export async function create(args: readonly string[], io: Io): Promise<number> {
  const known = { template: 'value', file: 'value', per: 'value', 'dry-run': 'flag' } as const;
  const given = readArguments(args, known, 3);
  const [what, name, root] = given.positions;
  if ((what !== 'generator' && what !== 'service') || name === undefined) {
    throw new UsageError('Say what to write: varsmith new generator NAME, or varsmith new service NAME.');
  }
  const unfit = what === 'generator' ? 'per' : 'file';
  if (given.option(unfit) !== undefined) throw new UsageError(`--${unfit} is no option of "new ${what}".`);
  const ids = TEMPLATE_CHOICES.map(({ id }) => id);
  const template = oneOf('--template', given.option('template'), ids, 'random-password');
  const per = oneOf('--per', given.option('per'), ['instance', 'machine'] as const, 'instance');
  const file = given.option('file') ?? `modules/${name}.nix`;
  const workspace = await openWorkspace(root, io);
  const around = { fleet: workspace.fleet(), files: workspace.files };
  const written =
    what === 'generator'
      ? newGenerator(around, { name, template, file })
      : newService(around, { name, template, per });
  return carryOut(workspace, written, given.flag('dry-run'), io);
}
