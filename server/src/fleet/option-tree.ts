/**
 * Options that modules declare, as plain data: names, types, defaults. What clan-core declares is in
 * clan-options-data.ts; what modules of the workspace declare is read by option-declarations.ts.
 */
import type { Place } from './model.ts';

/**
 * A type of options by its name in nixpkgs (`str`, `bool`, `unsignedInt16`); names that nobody here knows take anything.
 * `oneOf` stands for `either`, `oneOf` and `coercedTo`.
 */
export type OptionType =
  | string
  | { readonly nullOr: OptionType }
  | { readonly listOf: OptionType }
  | { readonly attrsOf: OptionType }
  | { readonly oneOf: readonly OptionType[] }
  | { readonly enum: readonly (string | number | boolean | null)[] }
  | { readonly submodule: OptionLevel };

/** All options of a module. */
export interface OptionLevel {
  readonly options: OptionGroup;
  /** The type of a set of all other attributes; absent where there can be none. */
  readonly freeform?: OptionType;
}

export type OptionGroup = Readonly<Record<string, OptionNode>>;
export type OptionNode = OptionEntry | OptionBranch;

/** Options below a common name. */
export interface OptionBranch {
  readonly group: OptionGroup;
  /** As of a level: absent where all options are known. */
  readonly freeform?: OptionType;
}

export interface OptionEntry {
  readonly type: OptionType;
  /** The type as nixpkgs words it. */
  readonly typeText: string;
  /** True where it has no default. */
  readonly required?: boolean;
  /** True for one that is not meant to be set: an internal one, or one that was removed. */
  readonly hidden?: boolean;
  /** The default as Nix writes it. */
  readonly default?: string;
  readonly description?: string;
  /** Where it is declared, for options of the workspace. */
  readonly at?: Place | null;
}

/** What is the same of all options that clan-core declares. */
interface Described {
  /** From when on the data holds, in seconds since 1970: earlier versions are not known. */
  readonly since: number;
  /** Paths of options that earlier versions had. `*` stands for any name in a set and for any item of a list. */
  readonly former: readonly string[];
  /** Paths of options that had another type in some version, or had to be set. */
  readonly changed: readonly string[];
}

export interface DescribedOptions extends Described {
  readonly options: OptionLevel;
}

/** The settings of a service, by role; paths begin with the role. */
export interface DescribedService extends Described {
  readonly options: Readonly<Record<string, OptionLevel>>;
  /** What each role does, as far as it says. */
  readonly descriptions: Readonly<Record<string, string>>;
}

/** The option, or the group of options, of a name; null if there is none. */
export function nodeIn(options: OptionGroup, name: string): OptionNode | null {
  return Object.hasOwn(options, name) ? (options[name] as OptionNode) : null;
}

export function isGroup(node: OptionNode): node is OptionBranch {
  return 'group' in node;
}

/** The names that somebody may write at a level. */
export function namesOf(options: OptionGroup): string[] {
  return Object.entries(options).flatMap(([name, node]) => (isGroup(node) || !node.hidden ? [name] : []));
}

/** What stands at the end of a path through options, sets and lists: an option, or a level with options of its own. */
export interface Found {
  readonly node: OptionNode | null;
  /** The options below; null where there are none. */
  readonly options: OptionGroup | null;
  /** The type of what stands there; null for a group. */
  readonly type: OptionType | null;
}

/**
 * Follows a path: names of options, and of what sets of options hold.
 * @returns null where it leads nowhere, or to what no option says
 */
export function optionAt(level: OptionLevel, path: readonly string[]): Found | null {
  let at: Found = { node: null, options: level.options, type: { submodule: level } };
  for (const name of path) {
    const next = below(at, name);
    if (next === null) return null;
    at = next;
  }
  return at;
}

function below({ options, type }: Found, name: string): Found | null {
  const node = options === null ? null : nodeIn(options, name);
  if (node !== null)
    return isGroup(node)
      ? { node, options: node.group, type: null }
      : { node, options: optionsOf(node.type), type: node.type };
  const element = elementOf(type);
  return element === null ? null : { node: null, options: optionsOf(element), type: element };
}

/** The options of what a type takes; null if it takes no submodule. */
function optionsOf(type: OptionType): OptionGroup | null {
  if (typeof type === 'string') return null;
  if ('submodule' in type) return type.submodule.options;
  if ('nullOr' in type) return optionsOf(type.nullOr);
  if ('oneOf' in type) return type.oneOf.map(optionsOf).find(found => found !== null) ?? null;
  return null;
}

/** The type of what a set or a list of a type holds. */
function elementOf(type: OptionType | null): OptionType | null {
  if (type === null || typeof type === 'string') return null;
  if ('attrsOf' in type) return type.attrsOf;
  if ('listOf' in type) return type.listOf;
  if ('nullOr' in type) return elementOf(type.nullOr);
  if ('oneOf' in type) return type.oneOf.map(elementOf).find(found => found !== null) ?? null;
  return 'submodule' in type ? elementOf(type.submodule.freeform ?? null) : null;
}

/** The values that a type takes by name: those of an `enum`, `true` and `false`. */
export function choicesOf(type: OptionType | null): readonly (string | number | boolean | null)[] {
  if (type === 'bool') return [true, false];
  if (type === null || typeof type === 'string') return [];
  if ('enum' in type) return type.enum;
  if ('nullOr' in type) return [...choicesOf(type.nullOr), null];
  return 'oneOf' in type ? type.oneOf.flatMap(choicesOf) : [];
}
