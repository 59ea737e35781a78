/** Where the notes lie that runs on one repository leave for each other: who is at work, what has begun, what is owed. */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { HostFailure, systemFailure } from '../host-failure.ts';
import { sweepClaims } from './lock.ts';

/** A repository and its surroundings. */
export interface Place {
  /** Absolute path. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder; null where there is none. */
  readonly home: string | null;
}

/**
 * Absolute path of the folder: beside git's own files; without git, where programs keep their state.
 *
 * @throws HostFailure where there is neither git nor a home folder
 */
export function stateFolder(place: Place, repository: Pick<Repository, 'gitFolder'> | null): string {
  const folder = stateFolderIfAny(place, repository);
  if (folder !== null) return folder;
  throw new HostFailure('other', 'There is no home folder to keep the lock of this repository in.');
}

/** Returns the same for those who only look; null where there is neither git nor a home folder, so that nothing is noted. */
export function stateFolderIfAny(
  { root, env, home }: Place,
  repository: Pick<Repository, 'gitFolder'> | null,
): string | null {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  // A work tree may hold several fleets.
  if (repository !== null) return join(repository.gitFolder, 'varsmith', name);
  const state = env.XDG_STATE_HOME || (home === null ? null : join(home, '.local/state'));
  return state === null ? null : join(state, 'varsmith', name);
}

/** Of the lock in the folder. */
export function lockIn(state: string): string {
  return join(state, 'lock');
}

/** Removes what runs that were killed have left half written there. To be called under the lock. @throws HostFailure */
export async function sweepState(state: string): Promise<void> {
  try {
    // Notes are replaced, and indexes made, under the lock alone.
    for (const name of await readdir(state))
      if (/\.\d+\.new(\.lock)?$/.test(name)) await rm(join(state, name), { force: true });
    await sweepClaims(lockIn(state));
  } catch (error) {
    throw systemFailure(error, `remove what an earlier run has left in ${state}`);
  }
}
