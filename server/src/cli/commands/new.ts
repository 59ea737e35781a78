/** `varsmith new`: creates a generator, or a service module with one, from a template. */
import { newGenerator, newService } from '../../editor/scaffold/scaffold-generator.ts';
import { TEMPLATE_CHOICES } from '../../editor/scaffold/scaffold-templates.ts';
import { oneOf } from '../arguments.ts';
import { type Io, UsageError } from '../io.ts';
import { openWorkspace } from '../load.ts';
import { applyScaffolded } from '../output/scaffolded.ts';
import { readCommand } from '../table/read-command.ts';

const WHAT = 'Specify what to write: varsmith new generator NAME, or varsmith new service NAME.';

export async function create(args: readonly string[], io: Io): Promise<number> {
  const what = args.find(arg => arg === 'generator' || arg === 'service');
  if (what === undefined) throw new UsageError(WHAT);
  const parsed = readCommand(`new ${what}`, args);
  const [first, name, root] = parsed.positions;
  if (first !== what || name === undefined) throw new UsageError(WHAT);
  const ids = TEMPLATE_CHOICES.map(({ id }) => id);
  const template = oneOf('--template', parsed.option('template'), ids, 'random-password');
  const per = oneOf('--per', parsed.option('per'), ['instance', 'machine'] as const, 'instance');
  const file = parsed.option('file') ?? `modules/${name}.nix`;
  const workspace = await openWorkspace(root, io);
  const around = { fleet: workspace.fleet(), files: workspace.files };
  const written =
    what === 'generator'
      ? newGenerator(around, { name, template, file, importedBy: parsed.options('machine') })
      : newService(around, { name, template, per });
  return applyScaffolded(workspace, written, parsed.flag('dry-run'), io);
}
