/**
 * Which values a type of options takes, in words. Looks at a value itself, not at what it holds. Null is an answer
 * for what is fine as well as for what is not known.
 *
 * Source: lib/types.nix of nixpkgs.
 */
import type { Value } from '../nix/value.ts';
import type { OptionType } from './option-tree.ts';

/** A value that an option does not take. */
export interface Wrong {
  /** What it takes: `a string`, `one of "nixos" and "darwin"`. */
  readonly takes: string;
  /** What it got: `a list`, `"nixso"`. */
  readonly got: string;
  /** For a text that is none of several: the text, and the texts it may be. */
  readonly text: string | null;
  readonly choices: readonly string[];
}

/** Values that stand for themselves; others (`unknown`, a failure) are not judged. */
const KINDS: Readonly<Record<string, string>> = {
  null: 'null',
  bool: 'true or false',
  int: 'a number',
  float: 'a number',
  string: 'a string',
  path: 'a path',
  list: 'a list',
  attrs: 'a set',
  lambda: 'a function',
  builtin: 'a function',
};

interface SimpleType {
  readonly words: string;
  readonly kinds: readonly Value['kind'][];
}

const STRING: SimpleType = { words: 'a string', kinds: ['string'] };
const WHOLE: SimpleType = { words: 'a whole number', kinds: ['int'] };

const SIMPLE: Readonly<Record<string, SimpleType>> = {
  str: STRING,
  lines: STRING,
  commas: STRING,
  separatedString: STRING,
  string: STRING,
  nonEmptyStr: STRING,
  singleLineStr: STRING,
  bool: { words: 'true or false', kinds: ['bool'] },
  boolByOr: { words: 'true or false', kinds: ['bool'] },
  int: WHOLE,
  intBetween: WHOLE,
  positiveInt: WHOLE,
  unsignedInt: WHOLE,
  float: { words: 'a number with a fraction', kinds: ['float'] },
  number: { words: 'a number', kinds: ['int', 'float'] },
  attrs: { words: 'a set', kinds: ['attrs'] },
  functionTo: { words: 'a function', kinds: ['lambda', 'builtin', 'attrs'] },
  // A package is a set, or something in the store.
  package: { words: 'a package', kinds: ['attrs', 'string', 'path'] },
  // A string is one if it begins with a slash.
  path: { words: 'a path', kinds: ['path', 'string', 'attrs'] },
};

/** Whole numbers with a bound that is in their name. */
const BOUNDED = /^(un)?signedInt(8|16|32)$/;

function simple(name: string): SimpleType | null {
  if (Object.hasOwn(SIMPLE, name)) return SIMPLE[name] as SimpleType;
  if (BOUNDED.test(name)) return WHOLE;
  return name.startsWith('strMatching') || name.startsWith('passwdEntry') ? STRING : null;
}

/** What is wrong with a value that is of another kind than a type takes. */
export function kindMistake(type: OptionType, value: Value): Wrong | null {
  const got = KINDS[value.kind];
  if (got === undefined || fits(type, value)) return null;
  const choices = textsOf(type);
  const text = value.kind === 'string' ? value.text : null;
  return {
    takes: wordsOf(type),
    got:
      text !== null && (choices.length > 0 || isSimplePath(type))
        ? JSON.stringify(text)
        : (numberText(type, value) ?? got),
    text: choices.length > 0 ? text : null,
    choices,
  };
}

function isSimplePath(type: OptionType): boolean {
  return type === 'path';
}

/** A number that has the kind and is out of bounds is shown itself. */
function numberText(type: OptionType, value: Value): string | null {
  return value.kind === 'int' && typeof type === 'string' && simple(type) === WHOLE
    ? String(value.value)
    : null;
}

function fits(type: OptionType, value: Value): boolean {
  if (typeof type === 'string') return fitsSimple(type, value);
  if ('nullOr' in type) return value.kind === 'null' || fits(type.nullOr, value);
  if ('listOf' in type) return value.kind === 'list';
  if ('attrsOf' in type) return value.kind === 'attrs';
  if ('oneOf' in type) return type.oneOf.some(one => fits(one, value));
  if ('enum' in type) return fitsEnum(type.enum, value);
  // A module is a set, a function that gives one, or a file of one.
  return ['attrs', 'lambda', 'builtin', 'path', 'string'].includes(value.kind);
}

function fitsSimple(name: string, value: Value): boolean {
  const found = simple(name);
  if (found === null) return true;
  if (!found.kinds.includes(value.kind)) return false;
  if (value.kind === 'int') return isInBounds(name, value.value);
  return name !== 'path' || value.kind !== 'string' || value.text === null || value.text.startsWith('/');
}

function isInBounds(name: string, value: bigint): boolean {
  if (name === 'positiveInt') return value > 0n;
  if (name === 'unsignedInt') return value >= 0n;
  const [, unsigned, bits] = BOUNDED.exec(name) ?? [];
  if (bits === undefined) return true;
  const size = 1n << BigInt(bits);
  return unsigned === undefined ? -size / 2n <= value && value < size / 2n : 0n <= value && value < size;
}

function fitsEnum(values: readonly unknown[], value: Value): boolean {
  switch (value.kind) {
    case 'string':
      return value.text === null || values.includes(value.text);
    case 'bool':
    case 'float':
      return values.includes(value.value);
    case 'int':
      return values.includes(Number(value.value));
    case 'null':
      return values.includes(null);
    default:
      return false;
  }
}

/** The texts that a type takes by name, if it takes no others. */
function textsOf(type: OptionType): string[] {
  if (typeof type === 'string') return [];
  if ('enum' in type) return type.enum.filter(value => typeof value === 'string');
  if ('nullOr' in type) return textsOf(type.nullOr);
  if (
    !('oneOf' in type) ||
    type.oneOf.some(one => typeof one === 'string' && simple(one)?.kinds.includes('string'))
  )
    return [];
  return type.oneOf.flatMap(textsOf);
}

/** What a type takes, for people. */
export function wordsOf(type: OptionType): string {
  if (typeof type === 'string') {
    const bits = BOUNDED.exec(type);
    if (bits?.[1] !== undefined) return `a whole number from 0 to ${2 ** Number(bits[2]) - 1}`;
    if (type === 'positiveInt') return 'a whole number above 0';
    if (type === 'path') return 'an absolute path';
    return simple(type)?.words ?? 'a value';
  }
  if ('nullOr' in type) return `${wordsOf(type.nullOr)}, or null`;
  if ('listOf' in type) return `a list${itemsOf(type.listOf)}`;
  if ('attrsOf' in type) return 'a set';
  if ('enum' in type) return `one of ${type.enum.map(value => JSON.stringify(value)).join(', ')}`;
  if ('oneOf' in type) return [...new Set(type.oneOf.map(wordsOf))].join(', or ');
  return 'a set';
}

const PLURALS: Readonly<Record<string, string>> = {
  'a string': ' of strings',
  'a whole number': ' of whole numbers',
  'a set': ' of sets',
  'an absolute path': ' of paths',
  'a package': ' of packages',
};

function itemsOf(type: OptionType): string {
  return PLURALS[wordsOf(type)] ?? '';
}
