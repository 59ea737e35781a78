/**
 * Identity without evaluation: keys by which equal unknowns are recognised. Equal keys guarantee equal values;
 * different keys guarantee nothing.
 */

import { counter } from '../../std.ts';
import { hexHash } from '../hash.ts';
import { evaluated } from './evaluated.ts';
import type { Lazy, StringValue, UnknownValue } from './value.ts';

const numbers = new WeakMap<object, string>();
const nextNumber = counter();

/** Returns a name for an object that is constant for its lifetime. */
export function identity(object: object): string {
  let name = numbers.get(object);
  if (name === undefined) {
    name = `#${nextNumber()}`;
    numbers.set(object, name);
  }
  return name;
}

/** Returns a key for comparing strings. Two strings with holes are equal if their keys are. */
export function stringKey(value: StringValue): string {
  if (value.text !== null) return value.text;
  return value.pieces.map(piece => ('hole' in piece ? `\0{${piece.hole.key}}` : piece.text)).join('');
}

/** Returns a key for a value that may not have been evaluated, without forcing it. */
export function lazyKey(lazy: Lazy): string {
  const value = evaluated(lazy);
  switch (value?.kind) {
    case 'null':
      return 'null';
    case 'bool':
    case 'int':
    case 'float':
      return `${value.kind} ${value.value}`;
    case 'string':
      return JSON.stringify(stringKey(value));
    case 'path':
      return `path ${value.text}`;
    case 'unknown':
      return `?${value.key}`;
    default:
      return identity(value ?? lazy);
  }
}

/** Limits the length of a key, since keys are made of keys. */
export function boundedKey(key: string): string {
  return key.length <= 240 ? key : `sha1:${hexHash('sha1', key)}`;
}

/** Returns whether an unknown stands for an ignored failure: see `BuiltinContext.tolerate`. */
export function isTolerated(value: UnknownValue): boolean {
  return value.key.startsWith('failed:');
}
