/** Computes who could read which secrets at a revision of git. */
import type { AccessMatrix } from '../generate/backends/access-matrix.ts';
import { RunFailure } from '../generate/run-failure.ts';
import { readRevision } from '../host/git/revision.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { accessIn } from './access.ts';
import type { Engine } from './engine.ts';
import { MAX_FILE_BYTES } from './files/file-text.ts';
import { createRevisionDisk } from './files/revision-disk.ts';
import { createWorkspace } from './workspace.ts';

export interface AccessAtRevision extends Pick<AccessMatrix, 'secrets' | 'notes'> {
  /** The commit in hexadecimal. */
  readonly commit: string;
}

/**
 * Returns the access at a revision, with the settings of that revision. Unknown access is left out and mentioned in a
 * note.
 * @param root absolute path of the fleet's folder
 * @throws HostFailure if there is no such revision
 */
export async function accessAt(
  root: string,
  revision: string,
  engine: Engine,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AccessAtRevision> {
  const contents = await readRevision(root, revision, env, MAX_FILE_BYTES);
  const workspace = createWorkspace({ root, engine, disk: createRevisionDisk(contents) });
  try {
    const { secrets, notes } = accessIn(workspace);
    return { commit: contents.commit, secrets, notes };
  } catch (error) {
    if (!(error instanceof StoreFailure || error instanceof RunFailure)) throw error;
    const note = `Who could read what at ${revision} is unknown: ${error.message}`;
    return { commit: contents.commit, secrets: [], notes: [note] };
  }
}
