/** Small functions over lists, objects and numbers that know no domain. */

/** Returns whether both lists hold the same objects in the same order. Looks into none of them. */
export function sameItems<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/**
 * The part of two lists that is not alike: all but their common beginning and end.
 * @returns what only the left one and only the right one has there
 */
export function differenceOf<T>(
  left: readonly T[],
  right: readonly T[],
): { readonly left: readonly T[]; readonly right: readonly T[] } {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start++;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++;
  return { left: left.slice(start, left.length - end), right: right.slice(start, right.length - end) };
}

/** Returns a function that computes once. One that throws computes again when it is called again. */
export function once<T>(compute: () => T): () => T {
  let answer: { readonly value: T } | null = null;
  return () => {
    answer ??= { value: compute() };
    return answer.value;
  };
}

/** Returns a function that gives 1, 2, 3, … when it is called. */
export function counter(): () => number {
  let last = 0;
  return () => ++last;
}

/** Returns an object with further properties, each of which is computed when it is first read. */
export function withLazy<Data extends object, Lazy extends object>(
  data: Data,
  computed: { readonly [Name in keyof Lazy]: () => Lazy[Name] },
): Data & Lazy {
  for (const name of Object.keys(computed) as (keyof Lazy)[])
    Object.defineProperty(data, name, { enumerable: true, get: once(computed[name]) });
  return data as Data & Lazy;
}

/** Adds an item to the list that a map has for a key. */
export function addTo<Key, T>(lists: Map<Key, T[]>, key: Key, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Returns the items by their keys, in the order of their first occurrence. */
export function groupBy<Key, T>(items: Iterable<T>, keyOf: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of items) addTo(groups, keyOf(item), item);
  return groups;
}

/** Compares two texts by their UTF-16 units, for sorting in an order that is the same everywhere. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
