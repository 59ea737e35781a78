/** Reads the notes of earlier runs from the user's state folder, for read-only commands. */
import { readStale, type StaleNotes } from '../../host/files/stale.ts';
import { stateFolderIfAny } from '../../host/files/state-folder.ts';
import { owedIn } from '../../host/git/pending-commits.ts';
import { openRepository } from '../../host/git/repository.ts';
import { HostFailure } from '../../host/host-failure.ts';
import { listed } from '../plan/plan-words.ts';
import type { RunEnvironment } from '../run-environment.ts';

export interface EarlierRuns {
  /** The generators to regenerate, like `Session.stale`. */
  readonly stale: StaleNotes;
  /** Files stored but not committed, or null if there are none. */
  readonly owed: { readonly files: readonly string[]; readonly message: string } | null;
  /** A sentence about why nothing is known of earlier runs, or null if it is. */
  readonly unknown: string | null;
}

/**
 * Returns all notes. If git refuses the repository, nothing is known of them.
 *
 * @throws HostFailure if a note cannot be read
 */
export async function notedIn(environment: RunEnvironment): Promise<EarlierRuns> {
  try {
    const repository = await openRepository(environment.root, environment.env);
    const state = stateFolderIfAny(environment, repository);
    const stale = state === null ? new Map() : await readStale(state);
    return { stale, owed: owedText(await owedIn(environment, repository)), unknown: null };
  } catch (error) {
    if (!(error instanceof HostFailure) || error.kind !== 'no-git') throw error;
    return {
      stale: new Map(),
      owed: null,
      unknown: `Whether earlier runs left something is unknown. ${error.message}`,
    };
  }
}

function owedText(files: readonly string[]): EarlierRuns['owed'] {
  if (files.length === 0) return null;
  const are = files.length === 1 ? 'is' : 'are';
  const message = `${listed(files)} ${are} stored, but not committed: an earlier run was interrupted, or could not commit them. "varsmith generate" commits ${files.length === 1 ? 'it' : 'them'}.`;
  return { files, message };
}
