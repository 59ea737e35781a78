/** Reads the notes of earlier runs from the user's state folder, for read-only commands. */
import { readStale, type StaleNotes } from '../../host/files/stale.ts';
import { stateFolderIfAny } from '../../host/files/state-folder.ts';
import { owedIn } from '../../host/git/pending-commits.ts';
import { openRepository, type Repository } from '../../host/git/repository.ts';
import { listed } from '../plan/plan-words.ts';
import type { RunEnvironment } from '../run-environment.ts';

export interface EarlierRuns {
  /** The generators to regenerate, like `Session.stale`. */
  readonly stale: StaleNotes;
  /** Files stored but not committed, or null if there are none. */
  readonly owed: { readonly files: readonly string[]; readonly message: string } | null;
}

/**
 * Returns the generators to regenerate, like `Session.stale`.
 *
 * @throws HostFailure if it cannot be read
 */
export async function staleIn(environment: RunEnvironment): Promise<StaleNotes> {
  return staleOf(environment, await openRepository(environment.root, environment.env));
}

async function staleOf(environment: RunEnvironment, repository: Repository | null): Promise<StaleNotes> {
  const state = stateFolderIfAny(environment, repository);
  return state === null ? new Map() : readStale(state);
}

/**
 * Returns all notes.
 *
 * @throws HostFailure if a note cannot be read
 */
export async function notedIn(environment: RunEnvironment): Promise<EarlierRuns> {
  const repository = await openRepository(environment.root, environment.env);
  const stale = await staleOf(environment, repository);
  const files = await owedIn(environment, repository);
  if (files.length === 0) return { stale, owed: null };
  const are = files.length === 1 ? 'is' : 'are';
  const message = `${listed(files)} ${are} stored, but not committed: an earlier run was interrupted, or could not commit them. "varsmith generate" commits ${files.length === 1 ? 'it' : 'them'}.`;
  return { stale, owed: { files, message } };
}
