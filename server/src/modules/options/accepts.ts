/**
 * Decides which values an option's type accepts, and describes both in words. Unknown values are accepted.
 * Source: lib/types.nix of nixpkgs.
 */
import { parseRegex } from '../../nix/builtins/regex.ts';
import { matchWhole } from '../../nix/builtins/regex-match.ts';
import { asByteString } from '../../nix/bytes.ts';
import type { OptionType, Scalar, WrittenValue } from './option.ts';

/** Returns whether a type may accept a value, regardless of its content. */
export function accepts(type: OptionType, value: WrittenValue): boolean {
  const { kind, scalar } = value;
  switch (type.kind) {
    case 'bool':
      return kind === 'bool';
    case 'int':
      if (kind !== 'int' || typeof scalar !== 'number') return false;
      return (type.min === null || scalar >= type.min) && (type.max === null || scalar <= type.max);
    case 'float':
      return kind === 'float';
    case 'number':
      return kind === 'float' || kind === 'int';
    case 'text':
      if (kind !== 'string') return false;
      if (typeof scalar !== 'string') return true;
      if (type.filled && /^[ \t\n]*$/.test(scalar)) return false;
      // A single line may end with line breaks.
      if (type.oneLine && /[\r\n]/.test(scalar.replace(/[\r\n]+$/, ''))) return false;
      return type.pattern === null || mayMatch(type.pattern, scalar);
    case 'enum':
      if (scalar === undefined) return kind === 'string';
      return type.values.some(candidate => candidate === scalar);
    case 'path':
      if (kind === 'string') return typeof scalar !== 'string' || scalar.startsWith('/');
      return kind === 'path' || (kind === 'attrs' && value.open);
    case 'package':
      if (kind === 'string') return typeof scalar !== 'string' || scalar.startsWith('/');
      return kind === 'path' || (kind === 'attrs' && (value.open || value.entries.has('type')));
    case 'set':
      return isSet(value);
    case 'function':
      return kind === 'lambda' || kind === 'builtin' || kind === 'attrs';
    case 'submodule':
      return kind !== 'bool' && kind !== 'int' && kind !== 'float' && kind !== 'list' && kind !== 'null';
    default:
      return true;
  }
}

/** Steps after which matching gives up. */
const STEPS = 10_000;

/** Returns whether the text may match; true if that cannot be determined. Nix matches bytes. */
function mayMatch(pattern: string, text: string): boolean {
  const regex = parseRegex(asByteString(pattern));
  if (regex === null) return true;
  let left = STEPS;
  try {
    return (
      matchWhole(regex, asByteString(text), () => {
        if (left-- === 0) throw new TooLong();
      }) !== null
    );
  } catch (error) {
    if (error instanceof TooLong) return true;
    throw error;
  }
}

class TooLong extends Error {}

export function isSet({ kind }: WrittenValue): boolean {
  return kind === 'attrs';
}

/** Returns the values of a type in words. */
export function textOf(type: OptionType): string {
  switch (type.kind) {
    case 'bool':
      return 'true or false';
    case 'int':
      return intText(type.min, type.max);
    case 'float':
      return 'a number with a fraction';
    case 'number':
      return 'a number';
    case 'text':
      if (type.pattern !== null) return `a string that matches ${type.pattern}`;
      return type.oneLine ? 'a string of one line' : type.filled ? 'a string that is not empty' : 'a string';
    case 'enum':
      return type.values.length === 1
        ? JSON.stringify(type.values[0])
        : `one of ${type.values.map(value => JSON.stringify(value)).join(', ')}`;
    case 'path':
      return 'a path';
    case 'package':
      return 'a package';
    case 'set':
    case 'submodule':
      return 'a set';
    case 'function':
      return 'a function';
    case 'list':
      return `a list${ofText(type.of)}`;
    case 'map':
      return `a set${ofText(type.of)}`;
    case 'null-or':
      return `null or ${textOf(type.of)}`;
    case 'either':
      return type.of.map(textOf).join(' or ');
    case 'any':
      return 'anything';
  }
}

function intText(min: number | null, max: number | null): string {
  if (min === null && max === null) return 'a whole number';
  if (max === null) return `a whole number from ${min} on`;
  return `a whole number from ${min} to ${max}`;
}

const PLURALS: ReadonlyMap<string, string> = new Map([
  ['text', ' of strings'],
  ['int', ' of whole numbers'],
  ['bool', ' of true and false'],
  ['path', ' of paths'],
  ['package', ' of packages'],
  ['submodule', ' of sets'],
  ['set', ' of sets'],
]);

function ofText({ kind }: OptionType): string {
  return PLURALS.get(kind) ?? '';
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['null', 'null'],
  ['bool', 'true or false'],
  ['int', 'a number'],
  ['float', 'a number'],
  ['path', 'a path'],
  ['list', 'a list'],
  ['attrs', 'a set'],
  ['lambda', 'a function'],
  ['builtin', 'a function'],
]);

/** Returns a value in words. */
export function valueInWords({ kind, scalar }: WrittenValue): string {
  if (typeof scalar === 'string')
    return scalar.length <= 40 && !scalar.includes('\n') ? JSON.stringify(scalar) : 'a string';
  if (typeof scalar === 'number' || typeof scalar === 'boolean') return String(scalar);
  return KINDS.get(kind) ?? 'a string';
}

/** Returns the values that a type lists: those of an `enum`, or `true` and `false`. */
export function choicesOf(type: OptionType): readonly Scalar[] {
  switch (type.kind) {
    case 'bool':
      return [true, false];
    case 'enum':
      return type.values;
    case 'null-or':
      return [...choicesOf(type.of), null];
    case 'either':
      return type.of.flatMap(choicesOf);
    default:
      return [];
  }
}

/** Returns the strings that a type lists, if it accepts no other strings. */
export function textsIn(type: OptionType): string[] {
  if (type.kind === 'enum') return type.values.filter(value => typeof value === 'string');
  if (type.kind === 'null-or') return textsIn(type.of);
  if (type.kind !== 'either' || type.of.some(({ kind }) => kind === 'text' || kind === 'any')) return [];
  return type.of.flatMap(textsIn);
}
