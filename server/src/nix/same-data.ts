/** Compares plain data that may contain places. */
import { LivePlace } from './live-places.ts';

/**
 * Returns whether two values are equal, with places compared as they are now. Functions and objects of classes are equal
 * only if they are the same.
 */
export function isSameData(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof LivePlace || right instanceof LivePlace) return isSameAt(left, right);
  if (Array.isArray(left)) return Array.isArray(right) && areSameItems(left, right);
  if (left instanceof Map) return right instanceof Map && areSameEntries(left, right);
  if (left instanceof Set) return right instanceof Set && areSameItems([...left], [...right]);
  const prototype = Object.getPrototypeOf(left);
  if (prototype !== Object.getPrototypeOf(right) || prototype !== Object.prototype) return false;
  return areSameFields(left as Fields, right as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function isSameAt(left: object, right: object): boolean {
  if (left instanceof LivePlace && right instanceof LivePlace) return left.isSame(right);
  const { file, start, end } = left as { file?: unknown; start?: unknown; end?: unknown };
  const other = right as { file?: unknown; start?: unknown; end?: unknown };
  return file === other.file && start === other.start && end === other.end;
}

function areSameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => isSameData(item, right[index]));
}

function areSameEntries(left: ReadonlyMap<unknown, unknown>, right: ReadonlyMap<unknown, unknown>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (!right.has(key) || !isSameData(value, right.get(key))) return false;
  return true;
}

function areSameFields(left: Fields, right: Fields): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every(name => name in right && isSameData(left[name], right[name]));
}
