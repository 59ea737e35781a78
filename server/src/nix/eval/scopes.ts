/** Looks up names: first in the lexical scopes, then in the sets of `with`. */

import { type SourceFile, textKeyOf } from '../source.ts';
import type { Expr } from '../syntax.ts';
import { failure, originOf, typeName, unknown } from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { boundedKey, identity } from './identity.ts';
import { delay, thunk } from './thunks.ts';
import type { Lazy, Origin, Scope, Value } from './value.ts';

/** Returns the scope in which a file's expression is evaluated. */
export function fileScope(cx: Evaluation, file: SourceFile): Scope {
  return {
    parent: null,
    names: cx.globals as Map<string, Lazy>,
    subject: null,
    file,
    call: null,
    made: null,
  };
}

/** Returns the binding of a name in the lexical scopes, ignoring `with`. */
export function lookupLexical(scope: Scope, name: string): Lazy | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const binding = at.names?.get(name);
    if (binding !== undefined) return binding;
  }
  return null;
}

/** Suspends an expression in a complete scope. A variable becomes its binding directly. */
export function delayArgument(expr: Expr, scope: Scope): Lazy {
  if (expr.kind === 'variable') {
    const binding = lookupLexical(scope, expr.name);
    if (binding !== null) return binding;
  }
  return delay(expr, scope);
}

export function variable(cx: Evaluation, name: string, at: Expr, scope: Scope): Value {
  const lexical = lookupLexical(scope, name);
  if (lexical !== null) return cx.force(lexical);
  return lookupWith(cx, name, at, scope);
}

/**
 * Looks up a name in the sets of `with`, innermost first. A set whose names are unknown may have it, so the search
 * ends there.
 */
function lookupWith(cx: Evaluation, name: string, at: Expr, scope: Scope): Value {
  const origin = originOf(at, scope);
  for (let inner: Scope | null = scope; inner !== null; inner = inner.parent) {
    if (inner.subject === null) continue;
    const subject = cx.force(inner.subject);
    if (subject.kind === 'unknown' && subject.names?.has(name) === false) {
      const outer = certainOuter(cx, name, inner);
      if (outer !== null) return cx.select(outer, name, origin);
    }
    if (subject.kind === 'unknown')
      return perhapsOuter(cx, cx.select(subject, name, origin), name, inner, origin);
    if (subject.kind === 'failure') return subject;
    if (subject.kind !== 'attrs')
      return failure('type', `value is ${typeName(subject)} while a set was expected`, origin);
    const has = cx.has(subject, name);
    if (has === true) return cx.select(subject, name, origin);
    if (has === null) return perhapsOuter(cx, cx.select(subject, name, origin), name, inner, origin);
  }
  if (name === '__curPos')
    return unknown('the position', `__curPos@${textKeyOf(scope.file)}:${at.start}`, origin);
  return failure('undefined-variable', `undefined variable '${name}'`, origin);
}

/** Returns the value in the next outer `with` that certainly has the name, or null if one in between may have it. */
function certainOuter(cx: Evaluation, name: string, inner: Scope): Value | null {
  for (let outer = inner.parent; outer !== null; outer = outer.parent) {
    if (outer.subject === null) continue;
    const subject = cx.force(outer.subject);
    const has = subject.kind === 'attrs' ? cx.has(subject, name) : null;
    if (has !== false) return has === true ? subject : null;
  }
  return null;
}

/**
 * Returns a name that the set of a `with` may have; otherwise it is that of an outer `with`, if one certainly has it.
 */
function perhapsOuter(cx: Evaluation, value: Value, name: string, inner: Scope, origin: Origin): Value {
  if (value.kind !== 'unknown') return value;
  for (let outer = inner.parent; outer !== null; outer = outer.parent) {
    if (outer.subject === null) continue;
    const subject = cx.speculate(outer.subject);
    if (subject.kind !== 'attrs' || cx.has(subject, name) !== true) continue;
    const guess = thunk(() => cx.select(subject, name, origin));
    const key = boundedKey(`with(${value.key}|${identity(subject)})`);
    return { ...value, key, candidates: [...(value.candidates ?? []), guess] };
  }
  return value;
}
