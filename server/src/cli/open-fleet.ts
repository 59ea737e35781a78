/** Opens the fleet that a command is about. */
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
  /** Returns the scan of the store that was made while the fleet was read; null where none was. For commands that change nothing. */
  scanned(): Promise<ScannedStore | null>;
  /** Returns all that the rules report, scripts included. */
  findings(): readonly Finding[];
}

export interface OpenFleetOptions {
  /** What the command needs to know about stored values; only for commands that change nothing. */
  readonly scan?: ScanKind;
  /** False: the command stores no vars, and where they would lie makes no difference. */
  readonly needsClan?: boolean;
}

/** @throws UsageError, RunFailure */
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
