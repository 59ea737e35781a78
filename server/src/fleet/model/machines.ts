/** Types of machines as single sources declare them, and of the modules that each machine consists of. */
import type { Known, Place } from '../../nix/places.ts';
import type { Machine, NotAnalysable } from './base.ts';
import type { GeneratorDefinition } from './generators.ts';
import type { CircularImport } from './uses.ts';

/** A path that is used as a module. */
export interface NamedFile {
  /** Relative to the workspace root: a file, or a folder with a `default.nix`. It need not exist. */
  readonly path: string;
  readonly at: Place;
  /** True if the path is a literal at this place; false if a name is interpolated into it. */
  readonly isWritten: boolean;
}

/** One source's declaration of a machine. */
export interface MachineFact extends Machine {
  /** True if the source may set a class that is unknown. Otherwise clan-core defaults to NixOS. */
  readonly classHidden?: boolean;
  /** True if the source sets the class unconditionally and with default priority. */
  readonly classStated?: boolean;
  /** True if there may be further tags. */
  readonly tagsHidden?: boolean;
  /** The tags with the places at which they are written. */
  readonly tagPlaces?: readonly Known<string>[];
  /** True for `clan.machines`, which defines the machine's module and does not declare that the machine exists. */
  readonly isModule?: boolean;
  /** Whether the machine's module is known; absent if the source names no module. */
  readonly module?: 'known' | 'unknown';
  /** True for a node of colmena, whose modules count only if no other source names modules of the machine. */
  readonly isNode?: boolean;
  /** Returns the files that the module refers to. */
  readonly files?: () => readonly NamedFile[];
}

/** The modules of a machine, as far as they are known. */
export interface MachineModules {
  /** Files that the machine certainly imports. */
  readonly files: readonly string[];
  /** Files that the machine may import. */
  readonly possibleFiles: readonly string[];
  /** Files that are certainly imported into home-manager for users of the machine. */
  readonly homeFiles: readonly string[];
  /** Imported files that cannot be read, with the places of the imports. */
  readonly absent: readonly { readonly target: string; readonly at: Place }[];
  /** False if the machine may import further modules of the workspace. */
  readonly complete: boolean;
  /** False if a service, or a folder of another name, may add unknown modules. */
  readonly isGivenAll: boolean;
  /** Places at which modules, or their contents, are unknown, with the reasons. */
  readonly gaps: readonly NotAnalysable[];
  /** True if the machine imports modules of other flakes that may define further generators. */
  readonly foreign: boolean;
  /** Modules that certainly belong to the machine but need its configuration to be determined. */
  readonly circular: readonly CircularImport[];
}

/** An option that no longer exists. */
export interface RemovedOption {
  readonly path: readonly string[];
  /** The name that replaces the last name of the path; null if the option has no such successor. */
  readonly successor: string | null;
  /** The day of the first commit without it, or with the new name. */
  readonly date: string;
  /** False if the old name still works, with a warning. */
  readonly gone: boolean;
  /** The remedy as a sentence. */
  readonly instead: string;
  /** If given, the option counts only in front of one of these names, since other options have the same name. */
  readonly before?: readonly string[];
}

/** A place that uses a removed option. */
export interface RemovedUse {
  readonly option: RemovedOption;
  /** The last name of the option's path. */
  readonly at: Place;
  readonly isRead: boolean;
}

/** The generators of a machine, as far as its modules are known. Lists each definition once. */
export interface MachineGenerators extends MachineModules {
  /** Definitions that the machine certainly has. */
  readonly certain: readonly GeneratorDefinition[];
  /** Definitions that the machine may have: under a condition, or in a module that may be imported. */
  readonly possible: readonly GeneratorDefinition[];
  /** The places at which modules of other flakes are imported. */
  readonly strangers: readonly NotAnalysable[];
}
