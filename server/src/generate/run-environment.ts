/**
 * The environment of a run: the repository, the user's variables, the clock. Passed in, so that nothing here
 * accesses the process environment or the clock.
 */
import type { StoreFiles } from '../store/vars/files.ts';

export interface RunEnvironment {
  /** Absolute path of the repository. */
  readonly root: string;
  /**
   * The clan's folder in the repository (`clan.directory`), which contains everything stored; '' for the root.
   */
  readonly directory: string;
  /** The repository as it is on disk. */
  readonly files: StoreFiles;
  /** Drops cached files that were written or removed. Paths are relative to the root. */
  forget(paths: readonly string[]): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder, or null if there is none. */
  readonly home: string | null;
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly arch: string;
  readonly now: () => Date;
  /** The command of a custom store configured in `varsmith.json`, or null. */
  readonly storeCommand: readonly string[] | null;
  /** The clan store configured in `varsmith.json`, for a fleet without clan. */
  readonly storeBackend?: 'sops' | 'age' | null;
  /**
   * Called when a secret is written to disk for a program to read, because there is no file system in memory.
   */
  readonly onDisk: () => void;
}
