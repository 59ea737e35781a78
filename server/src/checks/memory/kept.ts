/**
 * What one object shows by itself, kept for as long as there is the object. All that is kept of it is found by a single
 * look-up: where an edit leaves hundreds of generators behind, a table for each question takes longer than the answers.
 */

const lists = new WeakMap<object, unknown[]>();
let questions = 0;

/** A number under which nobody else keeps anything. */
export function newQuestion(): number {
  return questions++;
}

/** What is kept of an object, by `newQuestion`. */
export function keptOf(one: object): unknown[] {
  let list = lists.get(one);
  if (list === undefined) {
    list = [];
    lists.set(one, list);
  }
  return list;
}

/**
 * A function that is computed once for an object.
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
