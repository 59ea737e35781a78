/**
 * `varsmith access`: shows who can read which secrets, and how a change of the repository affects that. Decrypts
 * nothing.
 */

import { type AccessChoice, chosenAccess, chosenDifferences } from '../../generate/backends/access-choice.ts';
import { accessIn, type WorkspaceAccess } from '../../workspace/access.ts';
import { accessAt } from '../../workspace/access-at-revision.ts';
import { loadEngine } from '../../workspace/engine.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { oneOf } from '../arguments.ts';
import { EXIT, type Io, painter, say, UsageError } from '../io.ts';
import { openConfigured } from '../load.ts';
import { mustBeMachine } from '../names.ts';
import { differenceData, secretAccessData } from '../output/access-json.ts';
import { differenceMarkdown, differenceText, matrixText } from '../output/access-text.ts';
import { jsonText } from '../output/json-text.ts';
import { readCommand } from '../table/read-command.ts';

const FORMATS = ['text', 'json', 'markdown'] as const;

export async function access(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('access', args);
  const format = oneOf('--format', parsed.option('format'), FORMATS, 'text');
  const revision = parsed.option('diff');
  if (format === 'markdown' && revision === undefined)
    throw new UsageError('--format markdown needs a revision to compare with: add --diff.');
  const workspace = await openConfigured(parsed.positions[0], io);
  const choice = {
    machines: parsed.options('machine'),
    users: parsed.options('user'),
    generators: parsed.options('generator'),
  };
  const now = accessIn(workspace);
  mustBeThere(choice, workspace, now);
  const { root } = workspace;
  const { backend } = now;
  const paint = painter(io.stdout, io.env);
  if (revision === undefined) {
    const secrets = chosenAccess(now.secrets, choice);
    if (format === 'json')
      writeJson({ root, backend, secrets: secrets.map(secretAccessData), notes: now.notes }, io);
    else {
      io.stdout.write(matrixText(secrets, paint));
      say(io, ...now.notes);
    }
    return EXIT.ok;
  }
  const then = await accessAt(root, revision, await loadEngine(), io.env);
  const differences = chosenDifferences(then.secrets, now.secrets, choice);
  const notes = [...new Set([...then.notes, ...now.notes])];
  const about = { revision, commit: then.commit };
  if (format === 'json')
    writeJson({ root, backend, ...about, changes: differences.map(differenceData), notes }, io);
  else if (format === 'markdown') io.stdout.write(differenceMarkdown(differences, about, notes));
  else {
    io.stdout.write(differenceText(differences, about, paint));
    say(io, ...notes);
  }
  return EXIT.ok;
}

/**
 * Rejects unknown names, since an unknown reader is a mistake and not a reader without access.
 * @throws UsageError
 */
function mustBeThere({ machines }: AccessChoice, workspace: Workspace, { secrets }: WorkspaceAccess): void {
  const machineNames = new Set(workspace.fleet().machines.map(machine => machine.name));
  for (const { readers } of secrets)
    for (const reader of readers) if (reader.kind === 'machine') machineNames.add(reader.name);
  for (const name of machines) mustBeMachine([...machineNames].sort(), name);
}

function writeJson(data: object, io: Io): void {
  io.stdout.write(`${jsonText({ schemaVersion: 1, ...data })}\n`);
}
