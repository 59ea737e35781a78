/**
 * Checks whether the person has allowed the command that a repository names as its store of secrets. Starts nothing.
 */
import { isAbsolute, join } from 'node:path';
import { folderCommand, isAllowed, isTrustedFolder, stateFolder } from '../host/programs/allowed.ts';
import { commandFolders, findCommand } from '../host/programs/commands.ts';
import type { DoctorEnvironment, Examined } from './examined.ts';
import { type Entry, entry } from './report.ts';

/** Returns no entry if no command is named. */
export async function allowedEntries(
  { root, storeCommand }: Examined,
  { env, home, platform }: DoctorEnvironment,
): Promise<Entry[]> {
  if (storeCommand === null) return [];
  const name = storeCommand[0] ?? '';
  const program = await programOf(root, name, env.PATH);
  if (program === null)
    return [
      entry("store's command", 'problem', `${name} is not found`, {
        advice: 'Install it, or name another one in varsmith.json.',
      }),
    ];
  if (isTrustedFolder(env, root)) return [entry("store's command", 'found', 'allowed by the editor')];
  const state = stateFolder(env, home, platform);
  if (state !== null && isAllowed(state, folderCommand(root, storeCommand, program)))
    return [entry("store's command", 'found', 'allowed for this folder')];
  return [
    entry(
      "store's command",
      'problem',
      'not allowed for this folder in its current form, so it is not started',
      {
        advice: 'Review it, then run `varsmith allow`: it runs with all of your permissions.',
      },
    ),
  ];
}

async function programOf(root: string, name: string, path: string | undefined): Promise<string | null> {
  if (!name.includes('/')) return findCommand(name, commandFolders(path));
  return isAbsolute(name) ? name : join(root, name);
}
