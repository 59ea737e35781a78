/**
 * Keeps the results of joining an answer, so that a fleet that was read again is joined only where it has changed, and what is equal is
 * the same object for those who keep what they derive from it.
 */

import { sameItems } from '../std.ts';

/** The last results: by name, and by the object that they are about. */
export interface JoinMemo {
  readonly results: Map<string, Result>;
  readonly byObject: WeakMap<object, Result>;
}

interface Result {
  readonly inputs: readonly unknown[];
  readonly value: unknown;
}

export function createJoinMemo(): JoinMemo {
  return { results: new Map(), byObject: new WeakMap() };
}

/** Returns the last result of this name if its inputs are the same. Lists are the same if their items are. */
export function remembered<T>(
  { results }: JoinMemo,
  name: string,
  inputs: readonly unknown[],
  compute: () => T,
): T {
  const before = results.get(name);
  if (before !== undefined && areSame(before.inputs, inputs)) return before.value as T;
  const value = compute();
  results.set(name, { inputs, value });
  return value;
}

/** Returns the last result for an object if the further inputs are the same. */
export function rememberedFor<T>(
  { byObject }: JoinMemo,
  subject: object,
  inputs: readonly unknown[],
  compute: () => T,
): T {
  const before = byObject.get(subject);
  if (before !== undefined && areSame(before.inputs, inputs)) return before.value as T;
  const value = compute();
  byObject.set(subject, { inputs, value });
  return value;
}

/** Returns the last list of this name if it has the same items, else the new one. */
export function sameList<T>({ results }: JoinMemo, name: string, now: readonly T[]): readonly T[] {
  const before = results.get(name)?.value as readonly T[] | undefined;
  if (before !== undefined && sameItems(before, now)) return before;
  results.set(name, { inputs: [], value: now });
  return now;
}

function areSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return (
    left.length === right.length &&
    left.every((input, index) => {
      const other = right[index];
      return Array.isArray(input) && Array.isArray(other) ? sameItems(input, other) : Object.is(input, other);
    })
  );
}
