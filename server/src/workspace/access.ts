/** Who can read what in a workspace, as it is and as it was at a revision of git. */
import { type AccessMatrix, accessMatrix } from '../generate/access-matrix.ts';
import { backendOf, isKeyed, type KeyedBackend } from '../generate/backend.ts';
import { RunFailure } from '../generate/failure.ts';
import { readRevision } from '../host/git-tree.ts';
import { StoreFailure } from '../store/failure.ts';
import { MAX_FILE_BYTES } from './disk.ts';
import type { Engine } from './engine.ts';
import { createRevisionDisk } from './revision-disk.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

export interface WorkspaceAccess extends AccessMatrix {
  readonly backend: KeyedBackend;
}

/** @throws RunFailure, StoreFailure where it cannot be told, such as of a store outside of the repository */
export function accessIn({ files, settings, fleet: build }: Workspace): WorkspaceAccess {
  const fleet = build();
  const { directory } = fleet;
  if (directory === null)
    throw new RunFailure(
      "Only Nix can tell which folder is the clan's, or there are several: write `clan.directory` out as a path, or name the folder of one flake.",
    );
  const store = {
    storeCommand: settings.store?.command ?? null,
    storeBackend: settings.store?.backend ?? null,
  };
  const backend = backendOf(fleet, { files, ...store });
  if (!isKeyed(backend))
    throw new RunFailure(
      `Secrets are in a store outside of the repository ("${backend}"), which knows by itself who can read what.`,
    );
  return { backend, ...accessMatrix(fleet, files, directory, backend) };
}

export interface AccessThen extends Pick<AccessMatrix, 'secrets' | 'notes'> {
  /** In hexadecimal. */
  readonly commit: string;
}

/**
 * The same at a revision, with the settings of then. What cannot be told of it counts as nothing, with a note that says so.
 *
 * @param root absolute path of the folder of the fleet
 * @throws HostFailure where there is no such revision
 */
export async function accessAt(
  root: string,
  revision: string,
  engine: Engine,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AccessThen> {
  const found = await readRevision(root, revision, env, MAX_FILE_BYTES);
  const workspace = createWorkspace({ root, engine, disk: createRevisionDisk(found) });
  try {
    const { secrets, notes } = accessIn(workspace);
    return { commit: found.commit, secrets, notes };
  } catch (error) {
    if (!(error instanceof StoreFailure || error instanceof RunFailure)) throw error;
    const note = `Nothing is known of who could read what at ${revision}: ${error.message}`;
    return { commit: found.commit, secrets: [], notes: [note] };
  }
}
