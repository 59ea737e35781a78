/**
 * Finds the items of `imports`, whether the list is a literal, joined, conditional, bound to a name or returned by a
 * function.
 */

import { groupOf } from '../nix/bindings.ts';
import { attr, attrs } from '../nix/eval/construct.ts';
import type { Evaluation } from '../nix/eval/evaluation.ts';
import { delayArgument } from '../nix/eval/scopes.ts';
import { letScope } from '../nix/eval/sets.ts';
import type { FailureValue, Lazy, Scope, UnknownValue, Value } from '../nix/eval/value.ts';
import type { ApplyExpr, Expr } from '../nix/syntax.ts';
import { unknownArgument } from './modules.ts';
import { lastNameOf } from './steps.ts';

/** An item that is imported, or may be. */
export interface ImportItem {
  readonly value: Lazy;
  /** The item's own expression, or the expression that makes the list. */
  readonly expr: Expr;
  readonly scope: Scope;
  /** True if `expr` is the item itself. */
  readonly isWritten: boolean;
}

/** Limit for nested lists and alternatives, deeper than in real code. */
const MAX_DEPTH = 8;

export function importItems(cx: Evaluation, expr: Expr, scope: Scope): ImportItem[] {
  switch (expr.kind) {
    case 'list':
      return expr.items.map(item => writtenItem(item, scope));
    case 'binary':
      if (expr.operator !== '++') break;
      return [...importItems(cx, expr.left, scope), ...importItems(cx, expr.right, scope)];
    case 'let':
      return importItems(cx, expr.body, letScope(cx, groupOf(expr.bindings, true, expr), scope));
    case 'with': {
      const { file, call } = scope;
      const subject = delayArgument(expr.scope, scope);
      return importItems(cx, expr.body, { parent: scope, names: null, subject, file, call, made: null });
    }
    case 'if': {
      const condition = cx.resolve(cx.evaluate(expr.condition, scope));
      if (condition.kind === 'failure') return [];
      if (condition.kind === 'bool')
        return importItems(cx, condition.value ? expr.then : expr.otherwise, scope);
      return [...importItems(cx, expr.then, scope), ...importItems(cx, expr.otherwise, scope)];
    }
    case 'apply': {
      const items = optionalItems(cx, expr, scope);
      if (items !== null) return items;
      break;
    }
  }
  return valuesIn(cx, cx.evaluate(expr, scope), 0).map(value => ({ value, expr, scope, isWritten: false }));
}

function writtenItem(expr: Expr, scope: Scope): ImportItem {
  return { value: delayArgument(expr, scope), expr, scope, isWritten: true };
}

/**
 * Returns the items passed to `lib.optional` or `lib.optionals` unless the condition is certainly false, or `null`
 * for other functions.
 */
function optionalItems(cx: Evaluation, { fn, arg }: ApplyExpr, scope: Scope): ImportItem[] | null {
  const applied = cx.evaluate(fn, scope);
  const [argument] = applied.kind === 'builtin' ? applied.args : [];
  if (applied.kind !== 'builtin' || argument === undefined) return null;
  const { name } = applied.builtin;
  if (name !== 'optional' && name !== 'optionals') return null;
  const condition = cx.resolve(argument);
  if (condition.kind === 'failure' || (condition.kind === 'bool' && !condition.value)) return [];
  return name === 'optional' ? [writtenItem(arg, scope)] : importItems(cx, arg, scope);
}

/** Returns the items of a list, including those that it may have. */
function valuesIn(cx: Evaluation, list: Value, depth: number): Lazy[] {
  if (depth > MAX_DEPTH) return [];
  if (list.kind === 'unknown')
    return (list.candidates ?? []).flatMap(candidate => valuesIn(cx, cx.force(candidate), depth + 1));
  if (list.kind !== 'list') return [];
  return list.items.flatMap(item => (item.kind === 'spread' ? valuesIn(cx, item.of, depth + 1) : [item]));
}

/** A module. If the call that makes it fails, `value` is the result that it would have without the mistake. */
export interface ImportedModule {
  readonly value: Value;
  readonly fails: FailingCall | null;
}

/** Returns the modules that a value imports, or may import. */
export function modulesIn(cx: Evaluation, lazy: Lazy): ImportedModule[] {
  const value = cx.force(lazy);
  switch (value.kind) {
    case 'failure': {
      const mended = mendedCall(cx, value);
      return mended === null ? [] : [mended];
    }
    case 'unknown': {
      const made = importApplied(cx, value);
      if (made !== null) return made.value.kind === 'failure' ? modulesIn(cx, made.value) : [made];
      return (value.candidates ?? []).flatMap(candidate => modulesIn(cx, candidate));
    }
    default:
      return [{ value, fails: null }];
  }
}

/** Limit for missing arguments of a call, above the arity of any real function. */
const MAX_MENDED = 16;

/** Returns the result that a failed call would have if missing arguments were added and unexpected ones removed. */
function mendedCall(cx: Evaluation, failed: FailureValue): ImportedModule | null {
  let value: Value = failed;
  for (let i = 0; i < MAX_MENDED && value.kind === 'failure' && value.called !== undefined; i++) {
    const { fn, arg } = value.called;
    const argument: Value = cx.resolve(arg);
    if (argument.kind !== 'attrs') return null;
    const entries = new Map(argument.entries);
    const { message: name } = value;
    if (value.failure === 'unexpected-argument') entries.delete(name);
    else entries.set(name, attr(unknownArgument(name, fn.scope.file.path, fn.expr.start), null));
    value = cx.apply(fn, attrs(entries, null, argument.open, argument.patterns), null);
  }
  if (value.kind === 'failure') return null;
  const { failure: kind, message: name } = failed;
  return { value, fails: { kind: kind === 'unexpected-argument' ? kind : 'missing-argument', name } };
}

/** Evaluates a call of `importApply`. All functions of that name do the same. */
function importApplied(cx: Evaluation, value: UnknownValue): ImportedModule | null {
  const call = value.term?.kind === 'apply' ? value.term : null;
  const inner = call?.fn.term?.kind === 'apply' ? call.fn.term : null;
  if (call === null || inner === null || lastNameOf(inner.fn) !== 'importApply') return null;
  const fn = cx.importPath(inner.arg, value.origin);
  const made = cx.apply(fn, call.arg, value.origin);
  const of = inner.fn.term?.kind === 'select' ? inner.fn.term.of.term : null;
  const isOfNixpkgs = of?.kind === 'root' && of.name === 'lib';
  return { value: made, fails: isOfNixpkgs ? { kind: 'missing-function', name: 'importApply' } : null };
}

/** The reason why a call fails: an argument, or a function that does not exist. */
export interface FailingCall {
  readonly kind: 'missing-argument' | 'unexpected-argument' | 'missing-function';
  readonly name: string;
}
