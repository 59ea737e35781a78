/** Reads the descriptions of clan-core's options in the folder `data` into trees. Types have nixpkgs' names. */
import type { DeclaredOption, OptionTree, OptionType, Scalar } from './option.ts';
import { ANY } from './types.ts';

/** `oneOf` stands for `either`, `oneOf` and `coercedTo`. */
type DescribedType =
  | string
  | { readonly nullOr: DescribedType }
  | { readonly listOf: DescribedType }
  | { readonly attrsOf: DescribedType }
  | { readonly oneOf: readonly DescribedType[] }
  | { readonly enum: readonly Scalar[] }
  | { readonly submodule: DescribedLevel };

/** All options of a module. */
export interface DescribedLevel {
  readonly options: DescribedGroup;
  /** The type of all other attributes; absent if there can be none. */
  readonly freeform?: DescribedType;
}

type DescribedGroup = Readonly<Record<string, DescribedOption | { readonly group: DescribedGroup }>>;

interface DescribedOption {
  readonly type: DescribedType;
  /** The type in nixpkgs' words. */
  readonly typeText: string;
  /** True if it has no default. */
  readonly required?: boolean;
  readonly hidden?: boolean;
  /** The default as Nix source. */
  readonly default?: string;
  readonly description?: string;
}

/** The history of options over clan-core's versions. */
export interface History {
  /** The time from which the data is valid, in seconds since 1970. Earlier versions are unknown. */
  readonly since: number;
  /** The time since which the options have not changed. */
  readonly settled: number;
  /** Paths of options that earlier versions had. `*` stands for any name in a set and for any list item. */
  readonly former: readonly string[];
  /** Paths of options that had another type in some version, or were required. */
  readonly changed: readonly string[];
}

export interface DescribedOptions extends History {
  readonly options: DescribedLevel;
}

/** The settings of a service by role. Paths begin with the role. */
export interface DescribedService extends History {
  readonly options: Readonly<Record<string, DescribedLevel>>;
  /** The description of each role that has one. */
  readonly descriptions: Readonly<Record<string, string>>;
}

export function treeOfLevel({ options, freeform }: DescribedLevel): OptionTree {
  const tree = treeOfGroup(options);
  return freeform === undefined ? tree : { ...tree, open: true, freeform: typeOfDescribed(freeform) };
}

function treeOfGroup(group: DescribedGroup): OptionTree {
  const options = Object.entries(group).map(([name, node]) => {
    const below: OptionTree = 'group' in node ? treeOfGroup(node.group) : leaf(node);
    return [name, below] as const;
  });
  return { options: new Map(options), declared: [], open: false };
}

function leaf(option: DescribedOption): OptionTree {
  const declared: DeclaredOption = {
    type: typeOfDescribed(option.type),
    words: option.typeText,
    description: option.description ?? null,
    fallback: option.default ?? null,
    hasDefault: option.required !== true,
    readOnly: false,
    hidden: option.hidden === true,
    at: null,
  };
  return { options: new Map(), declared: [declared], open: false };
}

const TEXT = { kind: 'text', pattern: null, oneLine: false, filled: false } as const;
const WHOLE: OptionType = { kind: 'int', min: null, max: null };

const NAMED: ReadonlyMap<string, OptionType> = new Map<string, OptionType>([
  ...['str', 'string', 'separatedString', 'lines', 'commas'].map(name => [name, TEXT] as const),
  ['nonEmptyStr', { ...TEXT, filled: true }],
  ['singleLineStr', { ...TEXT, oneLine: true }],
  ['bool', { kind: 'bool' }],
  ['int', WHOLE],
  ['intBetween', WHOLE],
  ['positiveInt', { kind: 'int', min: 1, max: null }],
  ['unsignedInt', { kind: 'int', min: 0, max: null }],
  ['float', { kind: 'float' }],
  ['path', { kind: 'path' }],
  ['package', { kind: 'package' }],
  ['attrs', { kind: 'set' }],
]);

/** Integer types whose bounds are in their names. */
const BOUNDED = /^(un)?signedInt(8|16|32)$/;

function typeOfDescribed(type: DescribedType): OptionType {
  if (typeof type === 'string') return typeOfName(type);
  if ('nullOr' in type) return { kind: 'null-or', of: typeOfDescribed(type.nullOr) };
  if ('listOf' in type) return { kind: 'list', of: typeOfDescribed(type.listOf) };
  if ('attrsOf' in type) return { kind: 'map', of: typeOfDescribed(type.attrsOf) };
  if ('enum' in type) return { kind: 'enum', values: type.enum };
  if ('submodule' in type) return { kind: 'submodule', tree: treeOfLevel(type.submodule) };
  const all = type.oneOf.map(typeOfDescribed);
  return all.some(({ kind }) => kind === 'any') ? ANY : { kind: 'either', of: all };
}

/** Returns the type of a name, or `any` for an unrecognised name. */
function typeOfName(name: string): OptionType {
  const optionType = NAMED.get(name);
  if (optionType !== undefined) return optionType;
  const [, unsigned, bits] = BOUNDED.exec(name) ?? [];
  if (bits !== undefined) {
    const size = 2 ** Number(bits);
    return unsigned === undefined
      ? { kind: 'int', min: -size / 2, max: size / 2 - 1 }
      : { kind: 'int', min: 0, max: size - 1 };
  }
  const pattern = /^strMatching "(.*)"$/s.exec(name)?.[1];
  if (pattern !== undefined) return { ...TEXT, pattern: pattern.replace(/\\(.)/gs, '$1') };
  return /^passwdEntry\b/.test(name) ? TEXT : ANY;
}
