/** Compares plain data that may contain places. */
import { LivePlace } from './live-places.ts';

/**
 * Returns whether two values are equal, and will be after any edit of the files that their places are in. Functions and
 * objects of classes are equal only if they are the same.
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

/** Returns whether two places are the same after any edit, which a place that follows none and one that does are not. */
function isSameAt(left: object, right: object): boolean {
  return left instanceof LivePlace && right instanceof LivePlace && left.isSameForever(right);
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

/**
 * Returns plain data in which each field, and each item of a list in a field, is the previous object if it is equal. Items
 * are compared in order from both ends of a list, since an edit changes a part of it.
 */
export function reusing<T extends object>(before: T, now: T): T {
  const earlier = before as Fields;
  const fields = Object.entries(now).map(([name, value]): [string, unknown] => {
    const previous = earlier[name];
    if (isSameData(previous, value)) return [name, previous];
    return [name, Array.isArray(previous) && Array.isArray(value) ? reusingItems(previous, value) : value];
  });
  const isSame =
    fields.length === Object.keys(before).length &&
    fields.every(([name, value]) => Object.is(earlier[name], value));
  return isSame ? before : (Object.fromEntries(fields) as T);
}

function reusingItems(before: readonly unknown[], now: readonly unknown[]): readonly unknown[] {
  const result = [...now];
  const shorter = Math.min(before.length, now.length);
  let first = 0;
  while (first < shorter && isSameData(before[first], now[first])) {
    result[first] = before[first];
    first += 1;
  }
  for (let last = 1; last <= shorter - first; last++) {
    const [previous, item] = [before.at(-last), now.at(-last)];
    if (!isSameData(previous, item)) break;
    result[now.length - last] = previous;
  }
  return result;
}
