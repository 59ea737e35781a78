/**
 * `varsmith access`: shows who can read which secrets, and how a change of the repository affects that. Decrypts
 * nothing.
 */

import { readerData } from '../../generate/backends/access-change.ts';
import {
  type AccessDifference,
  accessDifference,
  type Loss,
  type SecretAccess,
  type SecretReader,
} from '../../generate/backends/access-matrix.ts';
import { accessIn, type WorkspaceAccess } from '../../workspace/access.ts';
import { type AccessAtRevision, accessAt } from '../../workspace/access-at-revision.ts';
import { loadEngine } from '../../workspace/engine.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { oneOf } from '../arguments.ts';
import { EXIT, type Io, painter, say, UsageError } from '../io.ts';
import { openConfigured } from '../load.ts';
import { mustBeMachine } from '../names.ts';
import { differenceMarkdown, differenceText, matrixText } from '../output/access-text.ts';
import { jsonText } from '../output/json-text.ts';
import { readCommand } from '../table/read-command.ts';

const FORMATS = ['text', 'json', 'markdown'] as const;

export async function access(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('access', args);
  const format = oneOf('--format', parsed.option('format'), FORMATS, 'text');
  const revision = parsed.option('diff');
  if (format === 'markdown' && revision === undefined)
    throw new UsageError('--format markdown is for what changes: name a revision with --diff.');
  const workspace = await openConfigured(parsed.positions[0], io);
  const choice = {
    machines: parsed.options('machine'),
    users: parsed.options('user'),
    generators: parsed.options('generator'),
  };
  const now = accessIn(workspace);
  mustBeThere(choice, workspace, now);
  if (revision === undefined) writeMatrix(now, choice, workspace, format, io);
  else {
    const then = await accessAt(workspace.root, revision, await loadEngine(), io.env);
    writeDifference(now, then, { choice, revision, format }, workspace, io);
  }
  return EXIT.ok;
}

interface Choice {
  readonly machines: readonly string[];
  readonly users: readonly string[];
  readonly generators: readonly string[];
}

type Format = (typeof FORMATS)[number];

/**
 * Rejects unknown names, since an unknown reader is a mistake and not a reader without access.
 * @throws UsageError
 */
function mustBeThere({ machines }: Choice, workspace: Workspace, { secrets }: WorkspaceAccess): void {
  const machineNames = new Set(workspace.fleet().machines.map(machine => machine.name));
  for (const { readers } of secrets)
    for (const reader of readers) if (reader.kind === 'machine') machineNames.add(reader.name);
  for (const name of machines) mustBeMachine([...machineNames].sort(), name);
}

function isChosen(
  { secret, generator }: Pick<SecretAccess, 'secret' | 'generator'>,
  names: readonly string[],
) {
  return names.length === 0 || names.some(name => name === generator || secret.startsWith(`${name}/`));
}

function isAsked({ kind, name }: Pick<SecretReader, 'kind' | 'name'>, { machines, users }: Choice): boolean {
  if (machines.length + users.length === 0) return true;
  return kind === 'machine' ? machines.includes(name) : kind === 'user' && users.includes(name);
}

/** Returns the requested secrets with the requested readers. Secrets without such a reader are left out. */
function chosen(secrets: readonly SecretAccess[], choice: Choice): readonly SecretAccess[] {
  const all = choice.machines.length + choice.users.length === 0;
  return secrets
    .filter(secret => isChosen(secret, choice.generators))
    .map(secret => ({ ...secret, readers: secret.readers.filter(reader => isAsked(reader, choice)) }))
    .filter(secret => all || secret.readers.length > 0);
}

function writeMatrix(
  now: WorkspaceAccess,
  choice: Choice,
  { root }: Workspace,
  format: Format,
  io: Io,
): void {
  const secrets = chosen(now.secrets, choice);
  if (format === 'json') {
    const { backend, notes } = now;
    writeJson({ root, backend, secrets: secrets.map(secretData), notes }, io);
    return;
  }
  io.stdout.write(matrixText(secrets, painter(io.stdout, io.env)));
  say(io, ...now.notes);
}

function writeDifference(
  now: WorkspaceAccess,
  then: AccessAtRevision,
  {
    choice,
    revision,
    format,
  }: { readonly choice: Choice; readonly revision: string; readonly format: Format },
  { root }: Workspace,
  io: Io,
): void {
  const generators = new Map(
    [...then.secrets, ...now.secrets].map(secret => [secret.secret, secret.generator]),
  );
  const differences = accessDifference(then.secrets, now.secrets)
    .filter(difference =>
      isChosen(
        { secret: difference.secret, generator: generators.get(difference.secret) ?? null },
        choice.generators,
      ),
    )
    .map(difference => ({
      ...difference,
      gains: difference.gains.filter(reader => isAsked(reader, choice)),
      losses: difference.losses.filter(reader => isAsked(reader, choice)),
    }))
    .filter(difference => difference.gains.length + difference.losses.length > 0);
  const notes = [...new Set([...then.notes, ...now.notes])];
  const about = { revision, commit: then.commit };
  if (format === 'json') {
    const changes = differences.map(differenceData);
    writeJson({ root, backend: now.backend, ...about, changes, notes }, io);
  } else if (format === 'markdown') io.stdout.write(differenceMarkdown(differences, about, notes));
  else {
    io.stdout.write(differenceText(differences, about, painter(io.stdout, io.env)));
    say(io, ...notes);
  }
}

function writeJson(data: object, io: Io): void {
  io.stdout.write(`${jsonText({ schemaVersion: 1, ...data })}\n`);
}

function secretData({ readers, ...about }: SecretAccess) {
  return { ...about, readers: readers.map(stateData) };
}

function differenceData({ gains, losses, ...about }: AccessDifference) {
  return { ...about, gains: gains.map(stateData), losses: losses.map(stateData) };
}

function stateData(reader: SecretReader | Loss) {
  return { ...readerData(reader), state: reader.state };
}
