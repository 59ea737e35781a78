/** Where the notes lie that runs on one repository leave for each other: who is at work, what has begun, what is owed. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HostFailure } from './failure.ts';
import type { Repository } from './git.ts';

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
export function stateFolder({ root, env, home }: Place, repository: Repository | null): string {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  // A work tree may hold several fleets.
  if (repository !== null) return join(repository.gitFolder, 'varsmith', name);
  const state = env.XDG_STATE_HOME || (home === null ? null : join(home, '.local/state'));
  if (state === null)
    throw new HostFailure('other', 'There is no home folder to keep the lock of this repository in.');
  return join(state, 'varsmith', name);
}
