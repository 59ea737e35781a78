/**
 * Handles the command that `varsmith.json` configures as secret store: finds its program and checks whether the
 * user has allowed it, because the repository chooses a command that runs with the user's privileges.
 */
import { isAbsolute, join } from 'node:path';
import { isFile } from '../../host/files/outside-files.ts';
import {
  type Allowed,
  allow,
  allowedIn,
  type FolderCommand,
  folderCommand,
  isAllowed,
  isTrustedFolder,
  revoke,
  stateFolder,
} from '../../host/programs/allowed.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { RunFailure } from '../run-failure.ts';
import { outsideProgram } from './outside-program.ts';

export type { Allowed, FolderCommand };

export interface StoreCommand {
  /** Absolute path. */
  readonly program: string;
  readonly command: FolderCommand;
}

/**
 * Finds the command of a store.
 *
 * @param words the program and its first arguments; a program with a slash is relative to the root @throws
 * StoreFailure if the program does not exist
 */
export async function storeCommand(
  environment: RunEnvironment,
  words: readonly string[],
): Promise<StoreCommand> {
  const [name = ''] = words;
  const program = await programOf(environment, name);
  return { program, command: folderCommand(environment.root, words, program) };
}

async function programOf(environment: RunEnvironment, name: string): Promise<string> {
  if (!name.includes('/'))
    return outsideProgram(
      environment,
      name,
      `The store's command "${name}" (varsmith.json) is not installed.`,
    );
  const program = isAbsolute(name) ? name : join(environment.root, name);
  if (await isFile(program)) return program;
  throw cannotStart(name);
}

export function cannotStart(name: string): StoreFailure {
  return new StoreFailure(
    'unsupported',
    `The store's command "${name}" (varsmith.json) cannot be started: check that it exists and is executable.`,
  );
}

/**
 * Checks that the user has allowed the command in its current form.
 *
 * @throws StoreFailure that says what to do if not
 */
export function mustBeAllowed(
  { env, home, platform, root }: RunEnvironment,
  { command }: StoreCommand,
): void {
  if (isTrustedFolder(env, root)) return;
  const state = stateFolder(env, home, platform);
  if (state !== null && isAllowed(state, command)) return;
  const isOther = state !== null && allowedIn(state).some(allowed => allowed.root === command.root);
  const shown = `"${command.words.join(' ')}"`;
  const why = isOther
    ? `The store's command ${shown} (varsmith.json), or one of its files, has changed since you allowed it for this folder.`
    : `varsmith.json names a command of its own as the store of secrets: ${shown}.`;
  throw new StoreFailure(
    'unsupported',
    `${why} It runs with all of your permissions, so it is not started until you allow it: review it, then run \`varsmith allow ${quoted(root)}\`.`,
  );
}

/** The inputs that locate the user's notes. */
export type UserPaths = Pick<RunEnvironment, 'env' | 'home' | 'platform'>;

/**
 * Records that the user allows the current command of the repository.
 *
 * @throws RunFailure, StoreFailure, HostFailure
 */
export async function allowStore(environment: RunEnvironment): Promise<FolderCommand> {
  if (environment.storeCommand === null)
    throw new RunFailure(
      'varsmith.json does not name a command as the store of secrets, so there is nothing to allow.',
    );
  const { command } = await storeCommand(environment, environment.storeCommand);
  await allow(stateOf(environment), command, environment.now());
  return command;
}

/**
 * Returns all commands the user has allowed, for any folder.
 *
 * @throws RunFailure
 */
export function allowedStores(person: UserPaths): readonly Allowed[] {
  return allowedIn(stateOf(person));
}

/**
 * Withdraws the permission for the commands of a folder.
 *
 * @returns the number of commands that were allowed
 * @throws RunFailure, HostFailure
 */
export function revokeStores(person: UserPaths, root: string): number {
  return revoke(stateOf(person), root);
}

function stateOf({ env, home, platform }: UserPaths): string {
  const state = stateFolder(env, home, platform);
  if (state !== null) return state;
  throw new RunFailure(
    'There is no home folder in which to record what you allow. Set XDG_STATE_HOME to another folder.',
  );
}

/** Quotes a path for a shell. */
function quoted(path: string): string {
  return /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
