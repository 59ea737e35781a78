/** Options as modules declare them, and what is written of them, as plain data. */
import type { Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';

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
interface UnknownOption {
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
