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

/** Compares two texts by their UTF-16 code units, as `sort()` does without a function. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Returns an order for `sort`, by a text of each item. */
export function byText<T>(textOf: (item: T) => string): (left: T, right: T) => number {
  return (left, right) => compareTexts(textOf(left), textOf(right));
}

/** Returns each text once, in the order of `compareTexts`. */
export function sortedUnique(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort();
}

/** Returns the first item of each key, in the order in which they come. */
export function uniqueBy<T>(items: Iterable<T>, keyOf: (item: T) => unknown): T[] {
  const first = new Map<unknown, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!first.has(key)) first.set(key, item);
  }
  return [...first.values()];
}

/** Returns the items under their keys, both in the order in which they come. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) addToList(groups, keyOf(item), item);
  return groups;
}

/** Adds an item to the list of a key, which is created if there is none. */
export function addToList<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Adds an item to the set of a key, which is created if there is none. */
export function addToSet<K, T>(sets: Map<K, Set<T>>, key: K, item: T): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}

/**
 * Returns a function that remembers its answer until it is called with another text.
 * @param compute depends on nothing but the text
 */
export function rememberLast<T>(compute: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | null = null;
  return text => {
    if (last?.text !== text) last = { text, value: compute(text) };
    return last.value;
  };
}
