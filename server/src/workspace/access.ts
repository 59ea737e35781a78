/** Computes who can read which secrets of a workspace. */
import { type AccessMatrix, accessMatrix } from '../generate/backends/access-matrix.ts';
import { backendOf, isKeyed, type KeyedBackend } from '../generate/backends/served-backend.ts';
import { RunFailure } from '../generate/run-failure.ts';
import type { Workspace } from './workspace.ts';

export interface WorkspaceAccess extends AccessMatrix {
  readonly backend: KeyedBackend;
}

/** Where the secrets of a workspace are. */
export interface AccessPlace {
  /** The clan's folder in the repository. */
  readonly directory: string;
  readonly backend: KeyedBackend;
}

/**
 * Returns the readers of the workspace's secrets.
 * @throws RunFailure, StoreFailure if it cannot be determined, such as for a store outside the repository
 */
export function accessIn(workspace: Workspace): WorkspaceAccess {
  const { directory, backend } = accessPlace(workspace);
  return { backend, ...accessMatrix(workspace.fleet(), workspace.files, directory, backend) };
}

/**
 * Returns where the workspace's secrets are.
 * @throws RunFailure if that is unknown, or outside the repository
 */
export function accessPlace({ files, settings, fleet: build }: Workspace): AccessPlace {
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
  return { directory, backend };
}
