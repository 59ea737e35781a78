/**
 * The environment of a run: the repository, the person's variables, the clock. Handed in, so that nothing here reads an
 * environment or a clock by itself.
 */
import type { StoreFiles } from '../store/vars/files.ts';

export interface RunEnvironment {
  /** Absolute path of the repository. */
  readonly root: string;
  /** The clan's folder in the repository (`clan.directory`), below which all is stored; the root is ''. */
  readonly directory: string;
  /** The repository as it is on disk. */
  readonly files: StoreFiles;
  /** Files were written or removed: they are to be read anew. Paths are relative to the root. */
  forget(paths: readonly string[]): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder; null where there is none. */
  readonly home: string | null;
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly arch: string;
  readonly now: () => Date;
  /** The command of a store of the person's own, as `varsmith.json` names it; null where it names none. */
  readonly storeCommand: readonly string[] | null;
  /** The one of clan's stores that `varsmith.json` names, for a fleet without clan. */
  readonly storeBackend?: 'sops' | 'age' | null;
  /** Called where a secret is laid on a disk for a program to read, for want of a file system in memory. */
  readonly onDisk: () => void;
}
