/** Does what earlier runs have left to git: stages and commits what they have stored. */
import { type PendingCommit, stillStored } from '../../host/git/pending-commits.ts';
import type { Repository } from '../../host/git/repository.ts';
import { HostFailure } from '../../host/host-failure.ts';

/**
 * Stages what earlier runs left to be staged.
 *
 * @throws HostFailure
 */
export async function stageOwed(
  repository: Repository,
  root: string,
  owed: readonly PendingCommit[],
): Promise<void> {
  const left = stillStored(root, owed).filter(({ message }) => message === null);
  if (left.length > 0) await repository.stage(left.flatMap(({ paths }) => paths));
}

/**
 * Makes the commits that earlier runs left.
 *
 * @returns whether there was something to commit
 */
export async function settle(
  repository: Repository | null,
  root: string,
  owed: readonly PendingCommit[],
  state: string,
): Promise<boolean> {
  const commits = stillStored(root, owed).flatMap(({ message, paths }) =>
    message === null ? [] : [{ message, paths }],
  );
  if (repository === null || commits.length === 0) return false;
  try {
    return await repository.commit(commits, state);
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    throw new HostFailure(
      error.kind,
      `The files stored by an earlier run are still not committed. ${error.what}`,
      error.kind === 'no-identity'
        ? error.message.slice(error.what.length + 1)
        : 'Resolve that, or use --no-commit.',
    );
  }
}
