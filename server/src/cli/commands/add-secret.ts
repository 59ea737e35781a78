/**
 * `varsmith add secret`: adds an entry to the registry, and its key to the rows of machines. On a terminal it asks
 * for missing options, with suggestions from the other entries.
 */
import { SECRET_KINDS } from '../../checks/facts/registry/entry-families.ts';
import {
  addSecret,
  type SecretProposal,
  type SecretWish,
  secretProposals,
} from '../../editor/scaffold/scaffold-secret.ts';
import { oneOf } from '../arguments.ts';
import { type Io, UsageError } from '../io.ts';
import { openWorkspace } from '../load.ts';
import { applyScaffolded } from '../output/scaffolded.ts';
import { terminalOf } from '../reporter/ask.ts';
import { askFor, type Terminal } from '../reporter/terminal.ts';
import { readCommand } from '../table/read-command.ts';

export async function addSecretCommand(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('add secret', args);
  const [what, name, root] = parsed.positions;
  if (what !== 'secret' || name === undefined)
    throw new UsageError('Specify what to add: varsmith add secret NAME.');
  if (parsed.flag('no-env') && parsed.option('env') !== undefined)
    throw new UsageError('--env and --no-env cannot be combined.');
  const kind = parsed.option('kind');
  const machines = [...parsed.options('machines'), ...parsed.options('machine')]
    .flatMap(list => list.split(','))
    .filter(part => part !== '');
  const stated = {
    key: name,
    kind: kind === undefined ? null : oneOf('--kind', kind, SECRET_KINDS, 'prompt'),
    category: parsed.option('category') ?? null,
    machines,
    description: parsed.option('description') ?? null,
    domain: parsed.option('domain') ?? null,
    generator: parsed.option('generator') ?? null,
    envVar: parsed.flag('no-env') ? '' : (parsed.option('env') ?? null),
    registry: parsed.option('registry') ?? null,
  };
  const workspace = await openWorkspace(root, io);
  const around = { fleet: workspace.fleet(), files: workspace.files };
  const registry = stated.registry ?? around.fleet.registries[0]?.file ?? '';
  const fitting = secretProposals(around, registry, name).filter(
    proposal =>
      (stated.kind === null || proposal.kind === stated.kind) &&
      (stated.category === null || proposal.category === stated.category),
  );
  // By default a secret is a prompt.
  const usual = fitting.find(proposal => stated.kind !== null || proposal.kind === 'prompt') ?? fitting[0];
  const wish: SecretWish = {
    ...stated,
    kind: stated.kind ?? usual?.kind ?? 'prompt',
    category: stated.category ?? usual?.category ?? null,
  };
  const terminal = parsed.flag('yes') || parsed.flag('dry-run') ? null : terminalOf(io);
  const complete = terminal === null || usual === undefined ? wish : await asked(terminal, wish, usual);
  return applyScaffolded(workspace, addSecret(around, complete), parsed.flag('dry-run'), io);
}

/**
 * Asks for the missing options. Enter accepts the suggestion.
 * @throws Cancelled
 */
async function asked(terminal: Terminal, wish: SecretWish, usual: SecretProposal): Promise<SecretWish> {
  const ask = (label: string, previous: string | null) =>
    askFor(terminal, { label, hidden: false, multiline: false, previous });
  const description = wish.description ?? (await ask('Description', usual.description));
  const domain = wish.domain ?? (usual.domain === null ? null : await ask('Domain', usual.domain));
  const envVar =
    wish.envVar ?? (await ask('Environment variable (empty for none)', usual.envVar ?? '')).trim();
  return { ...wish, description, domain, envVar };
}
