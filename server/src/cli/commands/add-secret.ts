/**
 * `varsmith add secret`: an entry of the registry, and its key in the rows of machines. On a terminal it asks for what
 * the options leave open, with what the registry's other entries suggest.
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
import { carryOut } from '../output/scaffolded.ts';
import { terminalOf } from '../reporter/ask.ts';
import { askFor, type Terminal } from '../reporter/terminal.ts';
import { readCommand } from '../table/read-command.ts';

export async function addSecretCommand(args: readonly string[], io: Io): Promise<number> {
  const given = readCommand('add secret', args);
  const [what, name, root] = given.positions;
  if (what !== 'secret' || name === undefined)
    throw new UsageError('Say what to add: varsmith add secret NAME.');
  if (given.flag('no-env') && given.option('env') !== undefined)
    throw new UsageError('--env and --no-env exclude each other.');
  const kind = given.option('kind');
  const machines = [...given.options('machines'), ...given.options('machine')]
    .flatMap(list => list.split(','))
    .filter(each => each !== '');
  const stated = {
    key: name,
    kind: kind === undefined ? null : oneOf('--kind', kind, SECRET_KINDS, 'prompt'),
    category: given.option('category') ?? null,
    machines,
    description: given.option('description') ?? null,
    domain: given.option('domain') ?? null,
    generator: given.option('generator') ?? null,
    envVar: given.flag('no-env') ? '' : (given.option('env') ?? null),
    registry: given.option('registry') ?? null,
  };
  const workspace = await openWorkspace(root, io);
  const around = { fleet: workspace.fleet(), files: workspace.files };
  const registry = stated.registry ?? around.fleet.registries[0]?.file ?? '';
  const fitting = secretProposals(around, registry, name).filter(
    proposal =>
      (stated.kind === null || proposal.kind === stated.kind) &&
      (stated.category === null || proposal.category === stated.category),
  );
  // Without a word about it, somebody types it in.
  const usual = fitting.find(proposal => stated.kind !== null || proposal.kind === 'prompt') ?? fitting[0];
  const wish: SecretWish = {
    ...stated,
    kind: stated.kind ?? usual?.kind ?? 'prompt',
    category: stated.category ?? usual?.category ?? null,
  };
  const terminal = given.flag('yes') || given.flag('dry-run') ? null : terminalOf(io);
  const complete = terminal === null || usual === undefined ? wish : await asked(terminal, wish, usual);
  return carryOut(workspace, addSecret(around, complete), given.flag('dry-run'), io);
}

/** Asks for what no option says; Enter takes what is shown. @throws Cancelled */
async function asked(terminal: Terminal, wish: SecretWish, usual: SecretProposal): Promise<SecretWish> {
  const ask = (label: string, previous: string | null) =>
    askFor(terminal, { label, hidden: false, multiline: false, previous });
  const description = wish.description ?? (await ask('Description', usual.description));
  const domain = wish.domain ?? (usual.domain === null ? null : await ask('Domain', usual.domain));
  const envVar =
    wish.envVar ?? (await ask('Environment variable (empty for none)', usual.envVar ?? '')).trim();
  return { ...wish, description, domain, envVar };
}
