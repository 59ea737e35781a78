/** Options that the fleet's own modules declare, and what is defined and read of them. */
import type { Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';

/** Options that the fleet's own modules declare, and what is defined and read of them. */
export type Scalar = null | boolean | number | string;
export type OptionType =
  | { readonly kind: 'bool' | 'float' | 'number' | 'path' | 'package' | 'set' | 'function' | 'any' }
  /** Whole numbers from `min` to `max`; null is no limit. */
  | { readonly kind: 'int'; readonly min: number | null; readonly max: number | null }
  /** `pattern` is a regular expression of Nix that the whole text has to match. */
  | {
      readonly kind: 'text';
      readonly pattern: string | null;
      readonly oneLine: boolean;
      readonly filled: boolean;
    }
  | { readonly kind: 'enum'; readonly values: readonly Scalar[] }
  | { readonly kind: 'list' | 'map' | 'null-or'; readonly of: OptionType }
  | { readonly kind: 'either'; readonly of: readonly OptionType[] }
  | { readonly kind: 'submodule'; readonly tree: OptionTree };

/** What an option is. */
export interface DeclaredOption {
  readonly type: OptionType;
  readonly description: string | null;
  /** As Nix writes it; null where there is none, or it is not known. */
  readonly fallback: string | null;
  /** False where it has no default for certain. */
  readonly hasDefault: boolean;
  readonly readOnly: boolean;
  /** True for one that is not meant to be set: an internal one, or one that was removed. */
  readonly hidden?: boolean;
  /** The type as nixpkgs words it, for what is described rather than read. */
  readonly words?: string;
  /** Where its name is written; null where that is nowhere. */
  readonly at: Place | null;
}

export interface OptionTree {
  readonly options: ReadonlyMap<string, OptionTree>;
  /** What is declared here itself; several modules may declare one option. */
  readonly declared: readonly DeclaredOption[];
  /** True if there may be options that are not listed. */
  readonly open: boolean;
  /** The type of others than those that are listed, where that is known. */
  readonly freeform?: OptionType;
}

export interface WrittenEntry {
  /** Where its name is written; null where that is nowhere. */
  readonly at: Place | null;
  /** True if it may be absent. */
  readonly optional: boolean;
  readonly definitions: readonly WrittenDefinition[];
}

export interface WrittenValue {
  readonly kind: Value['kind'];
  /** Where it is written; null where that is nowhere. */
  readonly at: Place | null;
  /** Undefined where it is no scalar, or not known. */
  readonly scalar: Scalar | undefined;
  /** Of a list. */
  readonly items: readonly WrittenValue[];
  /** Of a set. */
  readonly entries: ReadonlyMap<string, WrittenEntry>;
  /** True if a list or a set may hold more. */
  readonly open: boolean;
}

export interface WrittenDefinition {
  readonly value: WrittenValue;
  /** Under a condition that is not known to hold. */
  readonly conditional: boolean;
  /** Under one that is known not to. */
  readonly never: boolean;
  readonly priority: number;
}

/** An option where it is written. */
export interface WrittenName {
  readonly path: OptionPath;
  readonly at: Place;
  /** Null for a name in a set of options: `emily` in `machines.emily`. */
  readonly option: OptionTree | null;
}

/** The names that lead to an option, from the tree that was judged. */
export type OptionPath = readonly string[];
export interface UnknownOption {
  readonly kind: 'unknown';
  readonly path: OptionPath;
  /** Where its name is written. */
  readonly at: Place;
  /** The options there are instead. */
  readonly siblings: OptionTree;
}

export interface WrongValue {
  readonly kind: 'type';
  readonly path: OptionPath;
  /** Where the value is written; the option's name for a set, which may be written in pieces. */
  readonly at: Place;
  readonly type: OptionType;
  /** The value itself, without what it holds. */
  readonly value: WrittenValue;
}

export type OptionMistake = UnknownOption | WrongValue;
export interface OptionFacts {
  readonly mistakes: readonly OptionMistake[];
  readonly names: readonly WrittenName[];
}

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
