/** Evaluates bindings: `{ … }`, `rec { … }` and the scope of a `let`. */

import { type Group, groupOfPath, type Member } from '../bindings.ts';
import type { AttrName, Expr } from '../syntax.ts';
import { attr, attrs, emptyAttrs, failure, originOf } from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { delayArgument, lookupLexical } from './scopes.ts';
import { dynamicName } from './strings.ts';
import { delay, suspended, thunk } from './thunks.ts';
import type { Attr, Lazy, Origin, PatternAttr, Scope, UnknownValue, Value } from './value.ts';

export function letScope(cx: Evaluation, group: Group, scope: Scope): Scope {
  const before = scope.made?.lets.get(group);
  if (before !== undefined) return before;
  const names = new Map<string, Lazy>();
  const made = scope.made === null ? null : { lets: new Map(), sets: new Map() };
  const inner: Scope = { parent: scope, names, subject: null, file: scope.file, call: scope.call, made };
  scope.made?.lets.set(group, inner);
  const sources: Sources = { found: null };
  noteDuplicates(cx, group, scope);
  for (const member of group.members.values())
    names.set(member.name, memberValue(cx, member, inner, scope, sources));
  return inner;
}

/** Tolerates names that are bound twice, for which Nix rejects the file; the first binding applies. */
function noteDuplicates(cx: Evaluation, group: Group, scope: Scope): void {
  for (const again of group.duplicates)
    cx.tolerate(failure('other', `attribute '${again.name}' already defined`, originOf(again, scope)));
}

/** The sets that `inherit (from) …` selects from, one for all names of an `inherit`. */
interface Sources {
  found: Map<Expr, Lazy> | null;
}

/**
 * Returns a member of a group, unevaluated.
 * @param inner the scope of expressions
 * @param outer the scope of `inherit`
 */
function memberValue(cx: Evaluation, member: Member, inner: Scope, outer: Scope, sources: Sources): Lazy {
  if (member.expr !== null)
    return inner === outer ? delayArgument(member.expr, inner) : delay(member.expr, inner);
  if (member.group !== null) {
    const nested = member.group;
    return thunk(() => attributeSet(cx, nested, inner), originOf(nested, inner));
  }
  const { name } = member;
  const from = member.inherit?.from ?? null;
  if (from !== null) {
    sources.found ??= new Map();
    const subject = sources.found.get(from) ?? delay(from, inner);
    sources.found.set(from, subject);
    const at = originOf(member.at, inner);
    return thunk(() => cx.select(subject, name, at), at);
  }
  const { start, end } = member.at;
  return lookupLexical(outer, name) ?? suspended({ kind: 'variable', name, start, end }, outer);
}

/** Returns the value of a group of bindings. */
export function attributeSet(cx: Evaluation, group: Group, scope: Scope): Value {
  // Computed names may fail for lack of budget, and are then evaluated again.
  if (scope.made === null || group.dynamics.length > 0) return newSet(cx, group, scope);
  let set = scope.made.sets.get(group);
  if (set === undefined) {
    set = newSet(cx, group, scope);
    scope.made.sets.set(group, set);
  }
  return set;
}

function newSet(cx: Evaluation, group: Group, scope: Scope): Value {
  const origin = originOf(group, scope);
  if (group.members.size === 0 && group.dynamics.length === 0 && group.duplicates.length === 0)
    return emptyAttrs(origin);
  const names = group.recursive ? new Map<string, Lazy>() : null;
  const inner: Scope =
    names === null
      ? scope
      : { parent: scope, names, subject: null, file: scope.file, call: scope.call, made: null };
  const sources: Sources = { found: null };
  const entries = new Map<string, Attr>();
  noteDuplicates(cx, group, scope);
  for (const member of group.members.values()) {
    const value = memberValue(cx, member, inner, scope, sources);
    names?.set(member.name, value);
    entries.set(member.name, attr(value, originOf(member.at, scope)));
  }
  if (group.dynamics.length === 0) return attrs(entries, origin);
  return withDynamicNames(cx, group, inner, entries, origin);
}

function withDynamicNames(
  cx: Evaluation,
  group: Group,
  scope: Scope,
  entries: Map<string, Attr>,
  origin: Origin,
): Value {
  const patterns: PatternAttr[] = [];
  let open: UnknownValue | null = null;
  for (const member of group.dynamics) {
    const at = originOf(member.name, scope);
    const name = dynamicName(cx, member.name.expr, scope);
    if (name.kind === 'null') continue;
    const value = below(cx, member.rest, member.value, scope);
    if (name.kind === 'failure') return name;
    if (name.kind === 'unknown') open = name;
    else if (name.text === null) patterns.push({ name, value, at, optional: false });
    else if (entries.has(name.text))
      return failure('other', `dynamic attribute '${name.text}' already defined`, at);
    else entries.set(name.text, attr(value, at));
  }
  return attrs(entries, origin, open, patterns);
}

/** Returns the value of `rest.of.path = expr`. */
function below(cx: Evaluation, rest: readonly AttrName[], expr: Expr, scope: Scope): Lazy {
  if (rest.length === 0) return delay(expr, scope);
  const group = groupOfPath(rest, expr);
  return thunk(() => attributeSet(cx, group, scope), originOf(group, scope));
}
