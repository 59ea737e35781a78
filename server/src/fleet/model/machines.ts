/** Machines as single sources tell of them, and the modules that each is made of. */
import type { Known, Place } from '../../nix/places.ts';
import type { Machine, NotAnalysable } from './base.ts';
import type { GeneratorDefinition } from './generators.ts';
import type { CircularImport } from './uses.ts';

/** A path that is named as a module. */
export interface NamedFile {
  /** Relative to the root: a file, or a folder with a `default.nix`; whether it is there is not looked at. */
  readonly path: string;
  readonly at: Place;
  /** True if the place says the path by itself; false where a name is put into it there. */
  readonly isWritten: boolean;
}

/** What one source says of a machine. */
export interface MachineFact extends Machine {
  /** True if the source may say a class that is not known; without it, clan takes the machine for NixOS. */
  readonly classHidden?: boolean;
  /** True if the source states the class without a condition and with the usual priority. */
  readonly classStated?: boolean;
  /** True if there may be further tags. */
  readonly tagsHidden?: boolean;
  /** The tags where they are written. */
  readonly tagPlaces?: readonly Known<string>[];
  /** True for `clan.machines`: what the machine is made of, rather than that there is one. */
  readonly isModule?: boolean;
  /** Is the module known that the machine is made of? Absent where the source names none. */
  readonly module?: 'known' | 'unknown';
  /** True for a node of colmena: what it is made of counts where no other source says it. */
  readonly isNode?: boolean;
  /** The files that the module names. */
  readonly files?: () => readonly NamedFile[];
}

/** The modules of a machine, as far as they are known. */
export interface MachineModules {
  /** Files that are certainly among its modules. */
  readonly files: readonly string[];
  /** Files that perhaps are. */
  readonly possibleFiles: readonly string[];
  /** Files that are certainly among the modules of home-manager for its users. */
  readonly homeFiles: readonly string[];
  /** Files that are certainly imported and cannot be read, with the places that name them. */
  readonly absent: readonly { readonly target: string; readonly at: Place }[];
  /** False if modules of the workspace may be imported that are not known. */
  readonly complete: boolean;
  /** False if it may be given modules that are not known: by a service, or by a folder of another name. */
  readonly isGivenAll: boolean;
  /** Where its modules, or what they declare, are not all known, and why. */
  readonly gaps: readonly NotAnalysable[];
  /** True if modules of other flakes are among its own that may define further generators. */
  readonly foreign: boolean;
  /** Where modules that are certainly among its own cannot be told without its configuration. */
  readonly circular: readonly CircularImport[];
}

/** An option that there is no more. */
export interface RemovedOption {
  readonly path: readonly string[];
  /** What to write instead of the last name of the path; null if the option has no successor of that kind. */
  readonly successor: string | null;
  /** The day of the first commit without it, or with the new name. */
  readonly date: string;
  /** False where the old name still works, with a warning. */
  readonly gone: boolean;
  /** What to do instead, as a sentence. */
  readonly instead: string;
  /** Only before one of these names: other things are called so too. */
  readonly before?: readonly string[];
}

/** A place that uses such an option. */
export interface RemovedUse {
  readonly option: RemovedOption;
  /** The last name of the option's path. */
  readonly at: Place;
  readonly isRead: boolean;
}

/** The generators of a machine, as far as modules tell. Each definition is listed once. */
export interface MachineGenerators extends MachineModules {
  /** Certainly its own. */
  readonly certain: readonly GeneratorDefinition[];
  /** Perhaps its own: under a condition, or in a module that is perhaps imported. */
  readonly possible: readonly GeneratorDefinition[];
  /** Where modules of other flakes are imported. */
  readonly strangers: readonly NotAnalysable[];
}
