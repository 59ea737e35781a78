/**
 * Detects infinite recursion: a thunk that is forced while it is being evaluated. In questions that Nix might not
 * ask, a cycle is no error.
 */
import { failure, originOf, unknown } from './construct.ts';
import { evaluated } from './evaluated.ts';
import type { Evaluation } from './evaluation.ts';
import { lazyKey } from './identity.ts';
import type { FailureValue, Lazy, Origin, Thunk, Value } from './value.ts';

/** Thrown if a cycle involves a value that Nix might not evaluate; caught by `speculating`. */
class SpeculativeCycle extends Error {}

/**
 * Asks a question that Nix might not evaluate here. Returns null if it runs into a cycle, which is not an error then:
 * partly evaluated thunks are left unchanged.
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
  if (evaluated(lazy) !== null) return cx.force(lazy);
  return (
    speculating(cx, () => cx.force(lazy)) ??
    unknown('a value that may need itself', `cycle(${lazyKey(lazy)})`, null)
  );
}

/** Returns the failure of a thunk that depends on itself, with the places of the cycle. */
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
