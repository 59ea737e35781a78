/** Small functions for lists, objects, numbers and tasks, independent of any domain. */

/** Returns whether both lists contain the same objects in the same order. Does not compare their content. */
export function sameItems<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/** Returns the parts of two lists that differ: everything between their common beginning and end. */
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

/** Returns a function that computes its value once. If computing throws, the next call tries again. */
export function once<T>(compute: () => T): () => T {
  let answer: { readonly value: T } | null = null;
  return () => {
    answer ??= { value: compute() };
    return answer.value;
  };
}

/** Returns a function that returns 1, 2, 3, … on successive calls. */
export function counter(): () => number {
  let last = 0;
  return () => ++last;
}

/** Returns an object with further properties, each computed on first use. */
export function withLazy<Data extends object, Lazy extends object>(
  data: Data,
  computed: { readonly [Name in keyof Lazy]: () => Lazy[Name] },
): Data & Lazy {
  for (const name of Object.keys(computed) as (keyof Lazy)[])
    Object.defineProperty(data, name, { enumerable: true, get: once(computed[name]) });
  return data as Data & Lazy;
}

/** Compares two texts by UTF-16 code units, like `sort()` without a function. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Returns a comparison for `sort` by a text of each item. */
export function byText<T>(textOf: (item: T) => string): (left: T, right: T) => number {
  return (left, right) => compareTexts(textOf(left), textOf(right));
}

/**
 * Returns a function that remembers its results for as long as the objects exist that it is called with.
 * @param compute must depend only on the object, and the object must not change
 */
export function memoized<K extends object, V>(compute: (subject: K) => V): (subject: K) => V {
  const values = new WeakMap<K, V>();
  return subject => {
    const before = values.get(subject);
    if (before !== undefined || values.has(subject)) return before as V;
    const value = compute(subject);
    values.set(subject, value);
    return value;
  };
}

/** Returns the value of a key; of a new key, the value that `create` returns, which is added. */
export function getOrAdd<K, V extends NonNullable<unknown>>(values: Map<K, V>, key: K, create: () => V): V {
  const before = values.get(key);
  if (before !== undefined) return before;
  const value = create();
  values.set(key, value);
  return value;
}

const setOf = memoized((list: readonly string[]): ReadonlySet<string> => new Set(list));

/** The length from which on a set of a list's texts pays. */
const LONG = 16;

/** Returns whether a list contains a text. The list must not change, for a set of it is kept if it is long. */
export function isAmong(list: readonly string[], text: string): boolean {
  return list.length < LONG ? list.includes(text) : setOf(list).has(text);
}

/** Returns the distinct texts in the order of `compareTexts`. */
export function sortedUnique(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort();
}

/** Returns the first item of each key, in the original order. */
export function uniqueBy<T>(items: Iterable<T>, keyOf: (item: T) => unknown): T[] {
  const first = new Map<unknown, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!first.has(key)) first.set(key, item);
  }
  return [...first.values()];
}

/** Returns the items by key, in the original order. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) addToList(groups, keyOf(item), item);
  return groups;
}

/** Adds an item to a key's list, creating the list if necessary. */
export function addToList<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Adds an item to a key's set, creating the set if necessary. */
export function addToSet<K, T>(sets: Map<K, Set<T>>, key: K, item: T): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}

/**
 * Returns a function that remembers its last result for as long as it is called with the same text.
 * @param compute depends on nothing but the text
 */
export function rememberLast<T>(compute: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | null = null;
  return text => {
    if (last?.text !== text) last = { text, value: compute(text) };
    return last.value;
  };
}

/** Limits the number of parallel tasks to the number of workers, first come, first served. */
export function limiter(workers: number): <T>(run: () => Promise<T>) => Promise<T> {
  let free = Math.max(1, workers);
  const waiting: (() => void)[] = [];
  return async run => {
    if (free > 0) free--;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
