/** The input of an examination: the fleet and the person's environment. It reads neither by itself. */
import type { Fleet } from '../fleet/model/fleet.ts';
import type { StoreFiles } from '../store/vars/files.ts';
import type { ActionNames } from './actions.ts';

export interface Examined {
  /** Absolute path. */
  readonly root: string;
  /** The name of the file or folder that marks the root; `null` if the person named or opened it without one. */
  readonly marker: string | null;
  readonly files: StoreFiles;
  readonly fleet: Fleet;
  /** The command of a store of the person's own, as the settings name it; null where they name none. */
  readonly storeCommand: readonly string[] | null;
  /** The one of clan's stores that the settings name. */
  readonly storeBackend: 'sops' | 'age' | null;
  readonly nixFiles: number;
  /** Paths that cannot be read, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** Settings that could not be used, a sentence each. */
  readonly problems: readonly string[];
  /** False where the settings switch the analysis off. */
  readonly enabled: boolean;
}

export interface DoctorEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder; null where there is none. */
  readonly home: string | null;
  /** `process.platform`. */
  readonly platform: string;
  /** False: no program is run and no key file is read. */
  readonly trusted: boolean;
  /** How commands are called where the answer is read. */
  readonly names: ActionNames;
}
