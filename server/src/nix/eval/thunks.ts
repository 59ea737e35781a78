/**
 * Thunks: values that are computed when they are first forced. Forcing them is evaluate.ts's business.
 */
import type { Expr } from '../syntax.ts';
import { float, int, originOf, stringLiteral } from './construct.ts';
import type { Lazy, Origin, Scope, Thunk, Value } from './value.ts';

/** Suspends an expression in its scope. */
export function suspended(expr: Expr, scope: Scope): Thunk {
  return { kind: 'thunk', state: 'fresh', expr, scope, compute: null, at: null, value: null };
}

/** Suspends a computation. `at` is the place that is shown if it turns out to need itself. */
export function thunk(compute: () => Value, at: Origin | null = null): Thunk {
  return { kind: 'thunk', state: 'fresh', expr: null, scope: null, compute, at, value: null };
}

/** Suspends an expression unless it is a value as it stands, which costs less than a thunk. */
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
