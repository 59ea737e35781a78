/** What earlier runs have left noted in the person's state folder, for those who only look. */
import { readStale, type StaleNotes } from '../../host/files/stale.ts';
import { stateFolderIfAny } from '../../host/files/state-folder.ts';
import { owedIn } from '../../host/git/owed-commits.ts';
import { openRepository, type Repository } from '../../host/git/repository.ts';
import { listed } from '../plan/plan-words.ts';
import type { RunEnvironment } from '../run-environment.ts';

export interface Noted {
  /** What `Session.stale` is. */
  readonly stale: StaleNotes;
  /** What is stored and not committed; null where there is nothing. */
  readonly owed: { readonly files: readonly string[]; readonly message: string } | null;
}

/** Returns what `Session.stale` is. @throws HostFailure where it is not to be read */
export async function staleIn(environment: RunEnvironment): Promise<StaleNotes> {
  return staleOf(environment, await openRepository(environment.root, environment.env));
}

async function staleOf(environment: RunEnvironment, repository: Repository | null): Promise<StaleNotes> {
  const state = stateFolderIfAny(environment, repository);
  return state === null ? new Map() : readStale(state);
}

/** Returns all that is noted. @throws HostFailure where a note is not to be read */
export async function notedIn(environment: RunEnvironment): Promise<Noted> {
  const repository = await openRepository(environment.root, environment.env);
  const stale = await staleOf(environment, repository);
  const files = await owedIn(environment, repository);
  if (files.length === 0) return { stale, owed: null };
  const are = files.length === 1 ? 'is' : 'are';
  const message = `${listed(files)} ${are} stored, but not committed: an earlier run was cut off, or could not. "varsmith generate" commits ${files.length === 1 ? 'it' : 'them'}.`;
  return { stale, owed: { files, message } };
}
