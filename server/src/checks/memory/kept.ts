/**
 * Caches values derived from one object for as long as the object exists. A single look-up returns all cached
 * values of an object: if an edit leaves hundreds of generators unchanged, one table per question would cost
 * more than the answers. Records no reads, because the values depend on their argument alone.
 */
import { isStillThere, type OffsetsRead, withOffsetsRead } from '../../nix/live-places.ts';
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

/** An answer, with the offsets that it was computed from. */
export interface Kept<T> {
  readonly value: T;
  readonly read: OffsetsRead | null;
}

/** Computes an answer and notes the offsets that it depends on. */
export function noted<T>(compute: () => T): Kept<T> {
  return withOffsetsRead(compute);
}

/** Returns whether the offsets that an answer depends on are unchanged, which then count as read again. */
export function isStillValid({ read }: Kept<unknown>): boolean {
  return read === null || isStillThere(read);
}

/**
 * Memoizes a function per object.
 *
 * @param compute must depend only on the object
 */
export function perObject<K extends object, T>(compute: (k: K) => T): (k: K) => T {
  const question = newQuestion();
  return k => {
    const kept = keptOf(k);
    const before = kept[question] as Kept<T> | undefined;
    if (before !== undefined && isStillValid(before)) return before.value;
    const answer = noted(() => compute(k));
    kept[question] = answer;
    return answer.value;
  };
}
