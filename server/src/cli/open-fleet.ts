/** Opens the fleet of a command. */
import type { Finding } from '../checks/rule.ts';
import type { RunFleet } from '../generate/run/run-fleet.ts';
import { type ScannedStore, scannedStore } from '../store/vars/scan.ts';
import type { WorkspaceFiles } from '../workspace/files/files.ts';
import { runFleetOf } from '../workspace/run-fleet.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Io } from './io.ts';
import { openConfigured } from './load.ts';
import { type ScanKind, scanMeanwhile } from './thread.ts';

export interface OpenFleet extends RunFleet {
  /** Absolute path. */
  readonly root: string;
  readonly files: WorkspaceFiles;
  readonly workspace: Workspace;
  /**
   * Returns the scan of the store that was made while the fleet was read, or `null` if there was none. Only for
   * commands that change nothing.
   */
  scanned(): Promise<ScannedStore | null>;
  /** Returns all findings of the rules, including those in scripts. */
  findings(): readonly Finding[];
}

export interface OpenFleetOptions {
  /** The facts about stored values that the command needs. Only for commands that change nothing. */
  readonly scan?: ScanKind;
  /** False if the command stores no vars, so that their location does not matter. */
  readonly needsClan?: boolean;
}

/**
 * Opens a fleet.
 * @throws UsageError, RunFailure
 */
export async function openFleet(
  rootArgument: string | undefined,
  io: Io,
  { scan, needsClan = true }: OpenFleetOptions = {},
): Promise<OpenFleet> {
  const workspace = await openConfigured(rootArgument, io);
  const { root, files } = workspace;
  const scanning = scan === undefined ? null : scanMeanwhile(scan, root, files, io);
  const fleet = runFleetOf(workspace, { env: io.env, needsClan });
  const { directory } = fleet.environment;
  let scanned: Promise<ScannedStore | null> | null = null;
  return {
    ...fleet,
    ...{ root, files, workspace },
    scanned() {
      scanned ??=
        (directory === '' ? scanning : null)?.then(scan => scan && scannedStore(scan, files, directory)) ??
        null;
      return scanned ?? Promise.resolve(null);
    },
    findings: () => [...workspace.snapshot().findings.values()].flat(),
  };
}
