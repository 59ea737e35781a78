/** Types of the options that the fleet's own modules declare, define and read. */

import type { OptionTree, WrittenEntry } from '../../modules/options/option.ts';
import type { Place } from '../../nix/places.ts';

export interface OptionRead {
  /** The path, beginning with the first name below `config`. */
  readonly path: readonly string[];
  /** Places of the last names of the path; the names in front of them are written elsewhere. */
  readonly names: readonly Place[];
  /** The offset of the function whose `config` is read. */
  readonly of: number;
  /** True if the read has a fallback for a missing option. */
  readonly guarded: boolean;
  /** True if a condition may prevent the read. */
  readonly conditional: boolean;
}

export interface ModuleOptions {
  /** The options that the module declares, below any name. */
  readonly tree: OptionTree;
  /** The definitions of the module, by their first name. */
  readonly definitions: ReadonlyMap<string, readonly WrittenEntry[]>;
  /** The functions of the module, whose `config` argument is the machine's configuration. */
  readonly functions: readonly Place[];
}

/** A module of a machine that declares, defines or reads the fleet's own options. */
export interface OptionModule {
  readonly options: ModuleOptions;
  /** False if the machine may or may not import the module. */
  readonly sure: boolean;
}

export interface MachineOptions {
  readonly modules: readonly OptionModule[];
  /** The options that all of the modules declare. */
  readonly tree: OptionTree;
  /** True if nothing else declares an option below the fleet's own names. */
  readonly closed: boolean;
}

export interface FleetOptions {
  /** First names of the fleet's own options; only the fleet's modules declare options below them. */
  readonly names: ReadonlySet<string>;
  /** The options by machine. */
  readonly machines: ReadonlyMap<string, MachineOptions>;
  /** Reads below these names, by file. */
  readonly reads: ReadonlyMap<string, readonly OptionRead[]>;
  /** Returns whether any file that declares options contains the name, whichever machine imports the file. */
  readonly mayDeclare: (name: string) => boolean;
}

/** A setting below one of the options that configure how vars are kept. */
export interface ClanSetting {
  readonly root: 'clan.core.vars' | 'clan.core.sops' | 'vars.settings' | 'secrets.age';
  readonly name: string;
  readonly entry: WrittenEntry;
  readonly conditional: boolean;
  /** The machine to which it certainly applies; null if that is unknown, and for settings of the clan. */
  readonly machine: string | null;
  /** True if the workspace itself declares an option of this name. */
  readonly isDeclaration: boolean;
}
