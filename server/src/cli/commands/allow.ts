/** `varsmith allow`: allows a folder to start the command that its `varsmith.json` names as the store of secrets. */

import {
  type Allowed,
  allowedStores,
  allowStore,
  type FolderCommand,
  revokeStores,
} from '../../generate/backends/store-command.ts';
import { homeIn } from '../../workspace/home.ts';
import { absolutePath } from '../arguments.ts';
import { EXIT, type Io, printable, UsageError } from '../io.ts';
import { nearestRoot } from '../load.ts';
import { openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { readCommand } from '../table/read-command.ts';

export async function allowCommand(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('allow', args);
  const [root] = parsed.positions;
  const isJson = parsed.flag('json');
  if (parsed.flag('list') && (parsed.flag('revoke') || root !== undefined))
    throw new UsageError('--list lists all folders and can only be combined with --json.');
  const person = { env: io.env, home: homeIn(io.env), platform: process.platform };
  if (parsed.flag('list')) return list(allowedStores(person), isJson, io);
  if (parsed.flag('revoke')) {
    // The folder may be gone, or no longer be a fleet.
    const folder = root === undefined ? (nearestRoot(io.cwd) ?? io.cwd) : absolutePath(io.cwd, root);
    const revoked = revokeStores(person, folder);
    if (isJson) io.stdout.write(`${jsonText({ schemaVersion: 1, root: folder, revoked })}\n`);
    else
      io.stdout.write(
        revoked === 0
          ? `Nothing was allowed for ${printable(folder)}.\n`
          : `No command is started for ${printable(folder)} any more.\n`,
      );
    return EXIT.ok;
  }
  const { environment } = await openFleet(root, io, { needsClan: false });
  const command = await allowStore(environment);
  if (isJson) io.stdout.write(`${jsonText({ schemaVersion: 1, allowed: [dataOf(command)] })}\n`);
  else
    io.stdout.write(
      `${textOf(command)}It may be started for this folder, until it or a file named here changes. \`varsmith allow --revoke\` takes that back.\n`,
    );
  return EXIT.ok;
}

function list(all: readonly Allowed[], isJson: boolean, io: Io): number {
  if (isJson) {
    const allowed = all.map(command => ({ ...dataOf(command), at: command.at }));
    io.stdout.write(`${jsonText({ schemaVersion: 1, allowed })}\n`);
  } else io.stdout.write(all.length === 0 ? 'Nothing is allowed.\n' : all.map(textOf).join(''));
  return EXIT.ok;
}

function dataOf({ root, words, files }: FolderCommand) {
  return { root, command: words, files };
}

function textOf({ root, words, files }: FolderCommand): string {
  const lines = files.map(
    ({ path, sha256 }) => `    ${printable(path)} (${printable(sha256.slice(0, 60))})\n`,
  );
  return `${printable(root)}\n  ${printable(words.join(' '))}\n${lines.join('')}`;
}
