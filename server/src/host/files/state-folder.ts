/** Locates the folder of notes between runs on a repository: the lock, interrupted work, owed commits. */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { HostFailure, systemFailure } from '../host-failure.ts';
import { sweepClaims } from './lock.ts';

/** A repository and its environment. */
export interface Place {
  /** Absolute path. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder, or `null` if there is none. */
  readonly home: string | null;
}

/**
 * Returns the absolute path of the folder: beside git's own files or, without git, in the usual place for program
 * state.
 * @throws HostFailure if there is neither git nor a home folder
 */
export function stateFolder(place: Place, repository: Pick<Repository, 'gitFolder'> | null): string {
  const folder = stateFolderIfAny(place, repository);
  if (folder !== null) return folder;
  throw new HostFailure('other', 'There is no home folder for the lock of this repository.');
}

/**
 * Returns the same folder for read-only use, or `null` if there is neither git nor a home folder, so that no notes
 * exist.
 */
export function stateFolderIfAny(
  { root, env, home }: Place,
  repository: Pick<Repository, 'gitFolder'> | null,
): string | null {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  // A work tree may contain several fleets.
  if (repository !== null) return join(repository.gitFolder, 'varsmith', name);
  const state = env.XDG_STATE_HOME || (home === null ? null : join(home, '.local/state'));
  return state === null ? null : join(state, 'varsmith', name);
}

/** Returns the path of the lock in the folder. */
export function lockIn(state: string): string {
  return join(state, 'lock');
}

/**
 * Removes partly written files of killed runs. Must be called under the lock.
 * @throws HostFailure
 */
export async function sweepState(state: string): Promise<void> {
  try {
    // Notes and indexes are only written under the lock.
    for (const name of await readdir(state))
      if (/\.\d+\.new(\.lock)?$/.test(name)) await rm(join(state, name), { force: true });
    await sweepClaims(lockIn(state));
  } catch (error) {
    throw systemFailure(error, `remove what an earlier run has left in ${state}`);
  }
}
