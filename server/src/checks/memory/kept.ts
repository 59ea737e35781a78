/**
 * Caches values derived from one object for as long as the object exists. A single look-up returns all cached
 * values of an object: if an edit leaves hundreds of generators unchanged, one table per question would cost
 * more than the answers. Records no reads, because the values depend on their argument alone.
 */
import { counter } from '../../std.ts';

const lists = new WeakMap<object, unknown[]>();

/** Returns a slot number that no other caller uses. */
export const newQuestion = counter();

/** Returns the cached values of an object, indexed by `newQuestion` numbers. */
export function keptOf(subject: object): unknown[] {
  let list = lists.get(subject);
  if (list === undefined) {
    list = [];
    lists.set(subject, list);
  }
  return list;
}

/**
 * Memoizes a function per object.
 *
 * @param compute must depend only on the object and never return undefined
 */
export function perObject<K extends object, T>(compute: (k: K) => T): (k: K) => T {
  const question = newQuestion();
  return k => {
    const kept = keptOf(k);
    let answer = kept[question] as T | undefined;
    if (answer === undefined) {
      answer = compute(k);
      kept[question] = answer;
    }
    return answer;
  };
}
