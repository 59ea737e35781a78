/**
 * Keeps what one object shows by itself for as long as the object exists. A single look-up gives all that is kept of an
 * object: where an edit leaves hundreds of generators unchanged, a table for each question takes longer than the answers.
 * Records no reads: what is computed here depends on its argument alone.
 */
import { counter } from '../../std.ts';

const lists = new WeakMap<object, unknown[]>();

/** Returns a number under which no other caller keeps anything. */
export const newQuestion = counter();

/** Returns what is kept of an object, by `newQuestion`. */
export function keptOf(subject: object): unknown[] {
  let list = lists.get(subject);
  if (list === undefined) {
    list = [];
    lists.set(subject, list);
  }
  return list;
}

/**
 * Returns a function that computes once for each object.
 * @param compute depends on nothing but the object; never undefined
 */
export function keeping<K extends object, T>(compute: (k: K) => T): (k: K) => T {
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
