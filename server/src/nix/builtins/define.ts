/**
 * Defines functions of Nix and nixpkgs `lib`: their name, number of arguments, and implementation. Knows no
 * particular function.
 */

import { unknown, withCandidates } from '../eval/construct.ts';
import { evaluated } from '../eval/evaluated.ts';
import { boundedKey, lazyKey } from '../eval/identity.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, BuiltinValue, Lazy, Origin, UnknownValue, Value } from '../eval/value.ts';

/** The result "unknown because of `cause`", which becomes an unknown identified by the function and its arguments. */
export interface Pending {
  readonly kind: 'pending';
  readonly cause: UnknownValue;
  readonly candidates: readonly Lazy[] | null;
  /** True if the candidates cover all possible results or, without candidates, if those of the cause lead to all. */
  readonly bounded: boolean;
}

export function because(
  cause: UnknownValue,
  candidates: readonly Lazy[] | null = null,
  bounded = false,
): Pending {
  return { kind: 'pending', cause, candidates, bounded };
}

export type Result = Value | Pending;
export type Run = (cx: BuiltinContext, args: readonly Lazy[], at: Origin | null) => Result;

/** Functions and constants by name. */
export type Table = Readonly<Record<string, Lazy>>;

export function builtin(name: string, arity: number, run: Run): BuiltinValue {
  const whole = (cx: BuiltinContext, args: readonly Lazy[], at: Origin | null): Value => {
    const result = run(cx, args, at);
    return result.kind === 'pending'
      ? settle(result, name, args, at, (...values) => whole(cx, ...values))
      : result;
  };
  return { kind: 'builtin', builtin: { name, arity, run: whole }, args: [], origin: null };
}

/** @param run applies the builtin to other arguments */
function settle(
  pending: Pending,
  name: string,
  args: readonly Lazy[],
  at: Origin | null,
  run: (args: readonly Lazy[], at: Origin | null) => Value,
): UnknownValue {
  const { cause } = pending;
  const key = boundedKey(`${name}(${args.map(lazyKey).join(',')})`);
  let { candidates, bounded } = pending;
  const index = args.findIndex(arg => evaluated(arg) === cause);
  // If an argument may be one of several values, so may the result.
  if (candidates === null && index >= 0 && cause.candidates !== null) {
    candidates = cause.candidates.map(value => thunk(() => run(args.with(index, value), at)));
    bounded &&= cause.bounded === true;
  }
  return withCandidates(unknown(cause.reason, key, at), candidates, bounded && candidates !== null);
}

type Run1 = (cx: BuiltinContext, a: Lazy, at: Origin | null) => Result;
type Run2 = (cx: BuiltinContext, a: Lazy, b: Lazy, at: Origin | null) => Result;
type Run3 = (cx: BuiltinContext, a: Lazy, b: Lazy, c: Lazy, at: Origin | null) => Result;

export function fn1(name: string, run: Run1): BuiltinValue {
  return builtin(name, 1, (cx, args, at) => run(cx, args[0] as Lazy, at));
}

/** Returns a function of one argument for use inside another. It has no name of its own. */
export function anonymous(run: Run1): BuiltinValue {
  return fn1('λ', run);
}

export function fn2(name: string, run: Run2): BuiltinValue {
  return builtin(name, 2, (cx, args, at) => run(cx, args[0] as Lazy, args[1] as Lazy, at));
}

export function fn3(name: string, run: Run3): BuiltinValue {
  return builtin(name, 3, (cx, args, at) => run(cx, args[0] as Lazy, args[1] as Lazy, args[2] as Lazy, at));
}
