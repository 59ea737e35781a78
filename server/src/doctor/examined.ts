/** The input of an examination: the fleet and the person's environment. */
import type { Fleet } from '../fleet/model/fleet.ts';
import type { StoreFiles } from '../store/vars/files.ts';
import type { ActionNames } from './actions.ts';

export interface Examined {
  /** Absolute path. */
  readonly root: string;
  /** The name of the file or folder that marks the root, or `null` for a root without one that the person chose. */
  readonly marker: string | null;
  readonly files: StoreFiles;
  readonly fleet: Fleet;
  /** The command of a custom store in the settings, or `null`. */
  readonly storeCommand: readonly string[] | null;
  /** The one of clan's stores that the settings name, or `null`. */
  readonly storeBackend: 'sops' | 'age' | null;
  readonly nixFiles: number;
  /** Unreadable paths with the reasons. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** Invalid settings, a sentence each. */
  readonly problems: readonly string[];
  /** False if the settings disable the analysis. */
  readonly enabled: boolean;
  /** Returns the files and folders that findings advise adding to git, relative to the root; checks the fleet. */
  readonly untracked: () => readonly string[];
}

export interface DoctorEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder, or `null` if there is none. */
  readonly home: string | null;
  /** `process.platform`. */
  readonly platform: string;
  /** False if no program may be run and no key file read. */
  readonly trusted: boolean;
  /** The names of commands for the reader of the report. */
  readonly names: ActionNames;
}
