/**
 * Identity without evaluation: keys by which two unknowns are recognised as the same value. Equal keys promise
 * equal values; different keys promise nothing.
 */

import { counter } from '../../std.ts';
import { hexHash } from '../hash.ts';
import type { Lazy, StringValue, UnknownValue } from './value.ts';

const numbers = new WeakMap<object, string>();
const nextNumber = counter();

/** Returns a name for an object, the same as long as it lives. */
export function identity(object: object): string {
  let name = numbers.get(object);
  if (name === undefined) {
    name = `#${nextNumber()}`;
    numbers.set(object, name);
  }
  return name;
}

/** Identity of a string for comparison: two strings with holes are equal if these are. */
export function stringKey(value: StringValue): string {
  if (value.text !== null) return value.text;
  return value.pieces.map(piece => ('hole' in piece ? `\0{${piece.hole.key}}` : piece.text)).join('');
}

/** Returns a key for what has perhaps not been evaluated yet. Forces nothing. */
export function lazyKey(lazy: Lazy): string {
  const value = lazy.kind === 'thunk' ? lazy.value : lazy;
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

/** Keys are made of keys; this keeps them from growing without end. */
export function boundedKey(key: string): string {
  return key.length <= 240 ? key : `sha1:${hexHash('sha1', key)}`;
}

/** Returns true for the unknown that stands for a failure which was passed over: see `BuiltinContext.tolerate`. */
export function isTolerated(value: UnknownValue): boolean {
  return value.key.startsWith('failed:');
}
