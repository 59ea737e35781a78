/** Options that the fleet's own modules declare, and what is defined and read of them. */

import type { OptionTree, WrittenEntry } from '../../modules/options/option.ts';
import type { Place } from '../../nix/places.ts';

export interface OptionRead {
  /** From the first name below `config` on. */
  readonly path: readonly string[];
  /** Where the last names of the path are written; those in front of them are written elsewhere. */
  readonly names: readonly Place[];
  /** The function whose `config` it is: where that begins. */
  readonly of: number;
  /** True where something else is at hand if there is no such option. */
  readonly guarded: boolean;
  /** True where a condition may keep it from being read. */
  readonly conditional: boolean;
}

export interface ModuleOptions {
  /** What it declares, below any name. */
  readonly tree: OptionTree;
  /** What it defines, by the first name. */
  readonly definitions: ReadonlyMap<string, readonly WrittenEntry[]>;
  /** The functions that it consists of: what they call `config` is the machine's. */
  readonly functions: readonly Place[];
}

/** A module of a machine that has to do with the fleet's own options. */
export interface OptionModule {
  readonly options: ModuleOptions;
  /** False if it is only perhaps one of them. */
  readonly sure: boolean;
}

export interface MachineOptions {
  readonly modules: readonly OptionModule[];
  /** What all of them declare. */
  readonly tree: OptionTree;
  /** True if nothing else declares anything below the fleet's own names. */
  readonly closed: boolean;
}

export interface FleetOptions {
  /** First names of the fleet's own options: below them, its modules declare all there is. */
  readonly names: ReadonlySet<string>;
  /** By machine. */
  readonly machines: ReadonlyMap<string, MachineOptions>;
  /** What files read below these names. */
  readonly reads: ReadonlyMap<string, readonly OptionRead[]>;
  /** Does a file that declares options mention the name, whoever imports it? */
  readonly mayDeclare: (name: string) => boolean;
}

/** One name that is written below such an option. */
export interface ClanSetting {
  readonly root: 'clan.core.vars' | 'clan.core.sops' | 'vars.settings' | 'secrets.age';
  readonly name: string;
  readonly entry: WrittenEntry;
  readonly conditional: boolean;
  /** The machine that it certainly is for; null where that is not known, and for what is the clan's. */
  readonly machine: string | null;
  /** True where the workspace declares an option of that name itself. */
  readonly isDeclaration: boolean;
}
