/** Thunks: values that are computed when they are first forced. evaluate.ts forces them. */

import type { Reads, Recorder, Remembered } from '../../query/reads.ts';
import type { Expr } from '../syntax.ts';
import { float, int, originOf, stringLiteral } from './construct.ts';
import type {
  Lazy,
  NativeThunk,
  Origin,
  Scope,
  SuspendedThunk,
  Thunk,
  TrackedThunk,
  Value,
} from './value.ts';

/** Suspends an expression in its scope. */
export function suspended(expr: Expr, scope: Scope): SuspendedThunk {
  return {
    kind: 'thunk',
    state: 'suspended',
    expr,
    scope,
    compute: null,
    at: null,
    value: null,
    from: null,
  };
}

/**
 * Suspends a computation.
 * @param at the place to show if it turns out to depend on itself
 */
export function thunk(compute: () => Value, at: Origin | null = null): NativeThunk {
  return { kind: 'thunk', state: 'native', expr: null, scope: null, compute, at, value: null, from: null };
}

/** A thunk while its state changes. */
type Changing = { -readonly [Field in keyof Thunk]: Thunk[Field] };

/** Marks a thunk as being evaluated. */
export function enterBlackhole(of: SuspendedThunk | NativeThunk): void {
  (of as Changing).state = 'blackhole';
}

/** Suspends a thunk again whose evaluation was given up, so that another question with a fresh budget may try again. */
export function suspendAgain(of: Thunk): void {
  (of as Changing).state = of.compute === null ? 'suspended' : 'native';
}

/** Sets a thunk's value and releases everything else. */
export function setEvaluated(of: Thunk, value: Value): void {
  const changing = of as Changing;
  changing.state = 'evaluated';
  changing.value = value;
  changing.expr = null;
  changing.scope = null;
  changing.compute = null;
}

/** Sets a thunk's value, which is valid until something that it was evaluated from changes. */
export function setEvaluatedFrom(of: Thunk, value: Value, recorder: Recorder, reads: Reads): void {
  const changing = of as Changing;
  changing.state = 'tracked';
  changing.value = value;
  changing.from = { recorder, reads };
}

/** Suspends a thunk again whose value is no longer valid. */
export function suspendTracked(of: TrackedThunk): SuspendedThunk | NativeThunk {
  const changing = of as Changing;
  changing.value = null;
  changing.from = null;
  suspendAgain(of);
  return of as Thunk as SuspendedThunk | NativeThunk;
}

/** Returns a thunk with a value that was already computed, and with how to compute it again. */
export function evaluatedThunk(
  recorder: Recorder,
  { value, reads }: Remembered<Value>,
  compute: () => Value,
): Thunk {
  const result: Thunk = thunk(compute);
  if (reads === null) setEvaluated(result, value);
  else setEvaluatedFrom(result, value, recorder, reads);
  return result;
}

/** Suspends an expression, except a literal value, which costs less than a thunk. */
export function delay(expr: Expr, scope: Scope): Lazy {
  switch (expr.kind) {
    case 'int':
      return int(expr.value, originOf(expr, scope));
    case 'float':
      return float(expr.value, originOf(expr, scope));
    case 'lambda':
      return { kind: 'lambda', expr, scope, origin: originOf(expr, scope) };
    case 'string':
      return stringLiteral(expr, scope) ?? suspended(expr, scope);
    default:
      return suspended(expr, scope);
  }
}
