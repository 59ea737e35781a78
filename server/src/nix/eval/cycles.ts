/**
 * Infinite recursion: a thunk that is forced while it is being evaluated, and questions that Nix would perhaps not ask,
 * of which a cycle is no error.
 */
import { failure, originOf, unknown } from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { lazyKey } from './identity.ts';
import type { FailureValue, Lazy, Origin, Thunk, Value } from './value.ts';

/** Thrown where a cycle goes through a value that Nix would perhaps not look at; met by `speculating`. */
class SpeculativeCycle extends Error {}

/**
 * Asks what Nix would perhaps not evaluate here. A cycle met on the way is not an error then: half-evaluated
 * thunks are left as they were.
 * @returns null in that case
 */
export function speculating<T>(cx: Evaluation, question: () => T): T | null {
  const running = cx.running.length;
  const depth = cx.depth;
  cx.boundaries.push(running);
  try {
    return question();
  } catch (error) {
    if (!(error instanceof SpeculativeCycle)) throw error;
    cx.running.length = running;
    cx.depth = depth;
    return null;
  } finally {
    cx.boundaries.pop();
  }
}

/** See `BuiltinContext.speculate`. */
export function speculate(cx: Evaluation, lazy: Lazy): Value {
  if (lazy.kind !== 'thunk' || lazy.state === 'evaluated') return cx.force(lazy);
  return (
    speculating(cx, () => cx.force(lazy)) ??
    unknown('a value that may need itself', `cycle(${lazyKey(lazy)})`, null)
  );
}

/** Returns the failure of a thunk that needs itself, with the places of the cycle. */
export function cycleFailure(cx: Evaluation, again: Thunk): FailureValue {
  const first = cx.running.lastIndexOf(again);
  if ((cx.boundaries.at(-1) ?? 0) > first) throw new SpeculativeCycle();
  const cycle: Origin[] = [];
  for (const step of cx.running.slice(first)) {
    if (step.expr !== null && step.scope !== null) cycle.push(originOf(step.expr, step.scope));
    else if (step.at !== null) cycle.push(step.at);
  }
  return failure('infinite-recursion', 'infinite recursion encountered', cycle[0] ?? null, cycle);
}
