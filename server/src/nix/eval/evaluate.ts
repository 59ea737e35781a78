/**
 * The evaluator: evaluates expressions to values lazily, with unknowns and failures as values.
 * It follows Nix's own evaluation order, so that a cycle here is a cycle in Nix. Values that it cannot determine are
 * unknown; a value that it claims is the one that Nix computes.
 */

import { beginReads, endReads, type Reads } from '../../query/reads.ts';
import { groupOf } from '../bindings.ts';
import { textKeyOf } from '../source.ts';
import type { Expr } from '../syntax.ts';
import { BudgetExceeded, MAX_DEPTH } from './budget.ts';
import {
  either,
  failure,
  float,
  int,
  list,
  originOf,
  perhaps,
  stringLiteral,
  typeName,
  unknown,
  unknownApply,
} from './construct.ts';
import { cycleFailure } from './cycles.ts';
import { evaluated } from './evaluated.ts';
import type { Evaluation } from './evaluation.ts';
import { applyLambda } from './functions.ts';
import { identity } from './identity.ts';
import { binary, unary } from './operators.ts';
import { pathText } from './paths.ts';
import { delayArgument, variable } from './scopes.ts';
import { hasName, selectPath } from './select.ts';
import { attributeSet, letScope } from './sets.ts';
import { sharedValue } from './sharing.ts';
import { interpolate } from './strings.ts';
import {
  enterBlackhole,
  setEvaluated,
  setEvaluatedFrom,
  suspendAgain,
  suspendTracked,
  thunk,
} from './thunks.ts';
import type {
  Lazy,
  NativeThunk,
  Origin,
  Scope,
  SuspendedThunk,
  TrackedThunk,
  UnknownValue,
  Value,
} from './value.ts';

/** Evaluates to weak head normal form. */
export function force(cx: Evaluation, lazy: Lazy): Value {
  if (lazy.kind !== 'thunk') return lazy;
  switch (lazy.state) {
    case 'evaluated':
      return lazy.value;
    case 'tracked':
      return forceTracked(cx, lazy);
    case 'blackhole':
      return cycleFailure(cx, lazy);
    default:
      return forceSuspended(cx, lazy);
  }
}

function forceSuspended(cx: Evaluation, suspended: SuspendedThunk | NativeThunk): Value {
  const { recorder } = cx;
  enter(cx);
  enterBlackhole(suspended);
  cx.running.push(suspended);
  const outer = beginReads(recorder);
  let reads: Reads | null = null;
  let value: Value;
  try {
    value = suspended.compute === null ? ofExpression(cx, suspended) : suspended.compute();
  } catch (error) {
    suspendAgain(suspended);
    throw error;
  } finally {
    reads = endReads(recorder, outer);
  }
  cx.running.pop();
  cx.depth--;
  if (reads === null) setEvaluated(suspended, value);
  else setEvaluatedFrom(suspended, value, recorder, reads);
  return value;
}

function forceTracked(cx: Evaluation, tracked: TrackedThunk): Value {
  const value = evaluated(tracked);
  return value ?? forceSuspended(cx, suspendTracked(tracked));
}

function ofExpression(cx: Evaluation, { expr, scope }: SuspendedThunk): Value {
  return sharedValue(cx, expr, scope) ?? evaluate(cx, expr, scope);
}

function enter(cx: Evaluation): void {
  if (++cx.depth > MAX_DEPTH) throw new BudgetExceeded('depth');
  if (--cx.stepsLeft < 0) throw new BudgetExceeded('steps');
}

export function evaluate(cx: Evaluation, expr: Expr, scope: Scope): Value {
  switch (expr.kind) {
    case 'variable':
      return variable(cx, expr.name, expr, scope);
    case 'select':
      return selectPath(cx, expr, scope);
    case 'string':
      return stringLiteral(expr, scope) ?? interpolate(cx, expr.parts, scope, originOf(expr, scope));
    case 'apply':
      return apply(cx, evaluate(cx, expr.fn, scope), delayArgument(expr.arg, scope), originOf(expr, scope));
    case 'attrs':
      return attributeSet(cx, groupOf(expr.bindings, expr.recursive, expr), scope);
    case 'list':
      return list(
        expr.items.map(item => delayArgument(item, scope)),
        originOf(expr, scope),
      );
    case 'lambda':
      return { kind: 'lambda', expr, scope, origin: originOf(expr, scope) };
    case 'let':
      return evaluate(cx, expr.body, letScope(cx, groupOf(expr.bindings, true, expr), scope));
    case 'if':
      return conditional(cx, expr, scope);
    case 'binary':
      return binary(cx, expr, scope);
    case 'unary':
      return unary(cx, expr, scope);
    case 'has-attr':
      return hasName(cx, expr, scope);
    case 'with': {
      const inner: Scope = {
        parent: scope,
        names: null,
        subject: delayArgument(expr.scope, scope),
        file: scope.file,
        call: scope.call,
        made: null,
      };
      return evaluate(cx, expr.body, inner);
    }
    case 'assert':
      return assertion(cx, expr, scope);
    case 'path':
      return pathText(cx, expr.parts, scope, originOf(expr, scope));
    case 'search-path': {
      const origin = originOf(expr, scope);
      return unknown(`what \`<${expr.name}>\` points to`, `<${expr.name}>`, origin, {
        kind: 'root',
        name: `<${expr.name}>`,
      });
    }
    case 'int':
      return int(expr.value, originOf(expr, scope));
    case 'float':
      return float(expr.value, originOf(expr, scope));
    case 'error': {
      const origin = originOf(expr, scope);
      return unknown('text that is not valid Nix', `error@${textKeyOf(scope.file)}:${expr.start}`, origin);
    }
  }
}

function conditional(cx: Evaluation, expr: Extract<Expr, { kind: 'if' }>, scope: Scope): Value {
  const condition = cx.resolve(evaluate(cx, expr.condition, scope));
  if (condition.kind === 'bool') return evaluate(cx, condition.value ? expr.then : expr.otherwise, scope);
  if (condition.kind === 'failure') return condition;
  const origin = originOf(expr, scope);
  if (condition.kind === 'unknown')
    return either(
      condition,
      [delayArgument(expr.then, scope), delayArgument(expr.otherwise, scope)],
      origin,
      'if',
    );
  return failure('type', `value is ${typeName(condition)} while a Boolean was expected`, origin);
}

function assertion(cx: Evaluation, expr: Extract<Expr, { kind: 'assert' }>, scope: Scope): Value {
  const condition = evaluate(cx, expr.condition, scope);
  if (condition.kind === 'failure') return condition;
  const origin = originOf(expr, scope);
  if (condition.kind === 'unknown') return perhaps(condition, [delayArgument(expr.body, scope)], origin);
  if (condition.kind !== 'bool')
    return failure('type', `value is ${typeName(condition)} while a Boolean was expected`, origin);
  if (!condition.value) return failure('assert', 'assertion failed', originOf(expr.condition, scope));
  return evaluate(cx, expr.body, scope);
}

/** Applies `fn arg`. A set with `__functor` is a function; an open set may be one. */
export function apply(cx: Evaluation, fn: Value, arg: Lazy, at: Origin | null): Value {
  switch (fn.kind) {
    case 'lambda': {
      enter(cx);
      const value = applyLambda(cx, fn, arg, at);
      cx.depth--;
      return value;
    }
    case 'builtin': {
      const args = [...fn.args, arg];
      if (args.length < fn.builtin.arity) return { ...fn, args };
      enter(cx);
      const value = fn.builtin.run(cx, args, at);
      cx.depth--;
      return value;
    }
    case 'unknown': {
      const resolved = cx.resolve(fn);
      return resolved === fn ? applyUnknown(cx, fn, arg, at) : apply(cx, resolved, arg, at);
    }
    case 'failure':
      return fn;
    case 'attrs': {
      const functor = cx.has(fn, '__functor');
      if (functor === true) return apply(cx, apply(cx, cx.select(fn, '__functor', at), fn, at), arg, at);
      if (functor === null)
        return unknownApply(fn.open ?? unknown('whether a set is a function', identity(fn), at), arg, at);
      break;
    }
    default:
      break;
  }
  return failure('type', `attempt to call something which is not a function but ${typeName(fn)}`, at);
}

function applyUnknown(cx: Evaluation, fn: UnknownValue, arg: Lazy, at: Origin | null): UnknownValue {
  const result = unknownApply(fn, arg, at);
  if (fn.candidates === null) return result;
  const candidates = fn.candidates.map(candidate => thunk(() => cx.apply(candidate, arg, at)));
  return { ...result, candidates };
}
