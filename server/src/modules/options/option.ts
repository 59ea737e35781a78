/** Plain data for the options that modules declare, and for their definitions. */
import type { Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';

export type Scalar = null | boolean | number | string;
export type OptionType =
  | { readonly kind: 'bool' | 'float' | 'number' | 'path' | 'package' | 'set' | 'function' | 'any' }
  /** Integers from `min` to `max`; `null` is no limit. */
  | { readonly kind: 'int'; readonly min: number | null; readonly max: number | null }
  /** `pattern` is a regular expression of Nix that the whole text must match. */
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

/** The declaration of an option. */
export interface DeclaredOption {
  readonly type: OptionType;
  readonly description: string | null;
  /** The default as Nix source, or `null` if there is none or it is unknown. */
  readonly fallback: string | null;
  /** False if it certainly has no default. */
  readonly hasDefault: boolean;
  readonly readOnly: boolean;
  /** True if it is not meant to be set: an internal or a removed option. */
  readonly hidden?: boolean;
  /** The type in nixpkgs' words, for options from a description. */
  readonly words?: string;
  /** The place of the name, or `null` if it is not written anywhere. */
  readonly at: Place | null;
}

export interface OptionTree {
  readonly options: ReadonlyMap<string, OptionTree>;
  /** The declarations of this option; several modules may declare the same one. */
  readonly declared: readonly DeclaredOption[];
  /** True if there may be unlisted options. */
  readonly open: boolean;
  /** The type of unlisted options, if it is known. */
  readonly freeform?: OptionType;
}

export interface WrittenEntry {
  /** The place of the name, or `null` if it is not written anywhere. */
  readonly at: Place | null;
  /** True if it may be absent. */
  readonly optional: boolean;
  readonly definitions: readonly WrittenDefinition[];
}

export interface WrittenValue {
  readonly kind: Value['kind'];
  /** The place of the value, or `null` if it is not written anywhere. */
  readonly at: Place | null;
  /** Undefined if it is unknown, or not a scalar. */
  readonly scalar: Scalar | undefined;
  /** The items of a list. */
  readonly items: readonly WrittenValue[];
  /** The entries of a set. */
  readonly entries: ReadonlyMap<string, WrittenEntry>;
  /** True if a list or a set may have more elements. */
  readonly open: boolean;
}

export interface WrittenDefinition {
  readonly value: WrittenValue;
  /** True under a condition that is not known to hold. */
  readonly conditional: boolean;
  /** True under a condition that is known not to hold. */
  readonly never: boolean;
  readonly priority: number;
}

/** An occurrence of an option's name. */
export interface WrittenName {
  readonly path: OptionPath;
  readonly at: Place;
  /** `null` for a name in a set of options, such as `emily` in `machines.emily`. */
  readonly option: OptionTree | null;
}

/** The names that lead to an option from the root of the checked tree. */
export type OptionPath = readonly string[];
interface UnknownOption {
  readonly kind: 'unknown';
  readonly path: OptionPath;
  /** The place of the name. */
  readonly at: Place;
  /** The options that exist beside the unknown one. */
  readonly siblings: OptionTree;
}

export interface WrongValue {
  readonly kind: 'type';
  readonly path: OptionPath;
  /** The place of the value; for a set, which may be written in pieces, that of the option's name. */
  readonly at: Place;
  readonly type: OptionType;
  /** The value without its content. */
  readonly value: WrittenValue;
}

export type OptionMistake = UnknownOption | WrongValue;
export interface OptionFacts {
  readonly mistakes: readonly OptionMistake[];
  readonly names: readonly WrittenName[];
}
