/** Opens a workspace as a fleet for runs of generators. */
import { situationOf } from '../generate/repository/situation.ts';
import type { RunFleet } from '../generate/run/run-fleet.ts';
import type { RunEnvironment } from '../generate/run-environment.ts';
import { RunFailure } from '../generate/run-failure.ts';
import { homeIn } from './home.ts';
import type { Workspace } from './workspace.ts';

export interface RunFleetOptions {
  /** The person's environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False if no vars are stored, so that their location does not matter. */
  readonly needsClan: boolean;
}

/**
 * Returns the workspace as a fleet for runs.
 * @throws RunFailure if only Nix can tell which folder is the clan's
 */
export function runFleetOf(workspace: Workspace, { env, needsClan }: RunFleetOptions): RunFleet {
  const { root, files } = workspace;
  const { store } = workspace.settings;
  const clan = workspace.fleet().directory;
  const directory = needsClan ? clan : (clan ?? '');
  if (directory === null)
    throw new RunFailure(
      "Only Nix can tell which folder is the clan's, or there are several: write `clan.directory` out as a path, or name the folder of one flake.",
    );
  let usedDisk = false;
  const environment: RunEnvironment = {
    ...{ root, directory, files, env },
    // Runs only write stored values and never sources, so the fleet remains valid.
    forget: paths => void files.changedOnDisk(paths),
    home: homeIn(env),
    platform: process.platform,
    arch: process.arch,
    now: () => new Date(),
    storeCommand: store?.command ?? null,
    storeBackend: store?.backend ?? null,
    onDisk: () => {
      usedDisk = true;
    },
  };
  return {
    environment,
    fleet: () => workspace.fleet(),
    situation: options => situationOf(workspace.fleet(), environment, options),
    rescan: () => workspace.rescan(),
    hasUsedDisk: () => usedDisk,
  };
}
