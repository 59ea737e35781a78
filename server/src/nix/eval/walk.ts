/**
 * Walks a file with its scopes: every expression once, whether or not evaluation would reach it, so that what is
 * written in a function that nobody calls yet is seen too. Parameters of functions are what the caller says.
 */

import { type Group, groupOf, groupOfPath, type Member } from '../bindings.ts';
import { type Expr, type LambdaExpr, type Range, writtenName } from '../syntax.ts';
import { originOf, unknown } from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { attributeSet, letScope } from './sets.ts';
import { dynamicName } from './strings.ts';
import { delay } from './thunks.ts';
import type { Lazy, Origin, Scope, StringValue } from './value.ts';

/** The attribute path from the top of the file to where the walk is, innermost name first. */
export interface NamePath {
  readonly parent: NamePath | null;
  /** null where the name is not known at all. */
  readonly name: StringValue | null;
  readonly at: Origin;
}

export interface WalkState {
  readonly scope: Scope;
  readonly path: NamePath | null;
  /** Under a condition: `mkIf`, `optionalAttrs`, `if`. */
  readonly conditional: boolean;
}

export interface WalkedBinding {
  /** Its path ends with the binding's name. */
  readonly state: WalkState;
  /** The value, unevaluated. */
  readonly value: () => Lazy;
  /** What is assigned; null for a path that goes on (`a` in `a.b = 1`). */
  readonly expr: Expr | null;
  /** From the name to the end of the value. */
  readonly range: Range;
  readonly isLet: boolean;
}

export interface WalkHandler {
  /** Seen before what is inside; false leaves the inside alone. */
  enter(expr: Expr, state: WalkState): boolean;
  /** Is there nothing in a range that the handler would look at? Then nothing is made for what is bound there. */
  skips?(range: Range): boolean;
  /** An attribute or `let` binding. */
  binding?(binding: WalkedBinding): void;
  /** What a parameter is taken for; null: an unknown of its own. */
  parameter?(name: string, lambda: LambdaExpr, scope: Scope): Lazy | null;
}

const CONDITIONAL = /^(mkIf|optionalAttrs|optionals?|mkAssert)$/;

export function walk(cx: Evaluation, expr: Expr, state: WalkState, handler: WalkHandler): void {
  if (!handler.enter(expr, state)) return;
  const { scope } = state;
  const inside = (inner: Expr, path = state.path, conditional = state.conditional, within = scope) => {
    if (handler.skips?.(inner) === true) return;
    walk(cx, inner, { scope: within, path, conditional }, handler);
  };
  switch (expr.kind) {
    case 'string':
    case 'path':
      for (const part of expr.parts) if (part.kind === 'hole') inside(part.expr, null);
      return;
    case 'list':
      for (const item of expr.items) inside(item);
      return;
    case 'attrs':
      walkGroup(cx, groupOf(expr.bindings, expr.recursive, expr), state, handler, false);
      return;
    case 'let': {
      const group = groupOf(expr.bindings, true, expr);
      const inner = letScope(cx, group, scope);
      walkMembers(cx, group, { ...state, scope: inner, path: null }, scope, handler, true);
      inside(expr.body, state.path, state.conditional, inner);
      return;
    }
    case 'lambda':
      walkLambda(cx, expr, state, handler);
      return;
    case 'apply':
      inside(expr.fn, null);
      inside(expr.arg, state.path, state.conditional || conditionally(expr.fn));
      return;
    case 'select':
      inside(expr.target, null);
      for (const step of expr.path) if (step.kind === 'dynamic') inside(step.expr, null);
      if (expr.fallback !== null) inside(expr.fallback);
      return;
    case 'has-attr':
      inside(expr.target, null);
      for (const step of expr.path) if (step.kind === 'dynamic') inside(step.expr, null);
      return;
    case 'with': {
      inside(expr.scope, null);
      const subject = delay(expr.scope, scope);
      const { file, call } = scope;
      const inner: Scope = { parent: scope, names: null, subject, file, call, made: null };
      inside(expr.body, state.path, state.conditional, inner);
      return;
    }
    case 'if':
      inside(expr.condition, null);
      inside(expr.then, state.path, true);
      inside(expr.otherwise, state.path, true);
      return;
    case 'assert':
      inside(expr.condition, null);
      inside(expr.body);
      return;
    case 'unary':
      inside(expr.operand, null);
      return;
    case 'binary':
      inside(expr.left);
      inside(expr.right);
      return;
    default:
      return;
  }
}

/** Does applying this function put its argument under a condition? */
function conditionally(fn: Expr): boolean {
  return CONDITIONAL.test(writtenName(fn.kind === 'apply' ? fn.fn : fn));
}

function walkGroup(
  cx: Evaluation,
  group: Group,
  state: WalkState,
  handler: WalkHandler,
  isLet: boolean,
): void {
  const inner = group.recursive ? letScope(cx, group, state.scope) : state.scope;
  walkMembers(cx, group, { ...state, scope: inner }, state.scope, handler, isLet);
}

/** From the name, or what it is inherited from, to the end of the value. */
function wholeOf({ at, expr, group, inherit }: Member): Range {
  const start = inherit?.from ? Math.min(inherit.from.start, at.start) : at.start;
  return { start, end: (expr ?? group ?? at).end };
}

function walkMembers(
  cx: Evaluation,
  group: Group,
  state: WalkState,
  outer: Scope,
  handler: WalkHandler,
  isLet: boolean,
): void {
  const { scope } = state;
  const isKept = scope.made !== null && !isLet && !group.recursive && group.dynamics.length === 0;
  for (const member of group.members.values()) {
    if (handler.skips?.(wholeOf(member))) continue;
    const at = originOf(member.at, scope);
    const name: StringValue = { kind: 'string', text: member.name, pieces: [], origin: at };
    const path: NamePath = { parent: state.path, name, at };
    const below: WalkState = { scope, path, conditional: state.conditional };
    const { expr, group: nested, inherit } = member;
    if (expr !== null) {
      const range = { start: member.at.start, end: expr.end };
      const value = () => (isKept ? memberOf(cx, group, scope, member.name) : delay(expr, scope));
      handler.binding?.({ state: below, value, expr, range, isLet });
      walk(cx, expr, below, handler);
    } else if (nested !== null) {
      const literal: Expr = {
        kind: 'attrs',
        recursive: nested.recursive,
        bindings: [],
        start: nested.start,
        end: nested.end,
      };
      const value = () =>
        isKept ? memberOf(cx, group, scope, member.name) : cx.delay(() => attributeSet(cx, nested, scope));
      handler.binding?.({
        state: below,
        value,
        expr: null,
        range: { start: member.at.start, end: nested.end },
        isLet,
      });
      if (handler.enter(literal, below)) walkGroup(cx, nested, below, handler, false);
    } else if (inherit !== null) {
      const from = inherit.from === null ? outer : scope;
      const source: Expr =
        inherit.from === null
          ? { kind: 'variable', name: member.name, start: member.at.start, end: member.at.end }
          : {
              kind: 'select',
              target: inherit.from,
              path: [
                {
                  kind: 'name',
                  name: member.name,
                  quoted: false,
                  start: member.at.start,
                  end: member.at.end,
                },
              ],
              fallback: null,
              start: Math.min(inherit.from.start, member.at.start),
              end: member.at.end,
            };
      handler.binding?.({
        state: below,
        value: () => delay(source, from),
        expr: source,
        range: member.at,
        isLet,
      });
      walk(cx, source, { ...below, scope: from }, handler);
    }
  }
  for (const member of group.dynamics) {
    const at = originOf(member.name, scope);
    walk(cx, member.name.expr, { ...state, path: null }, handler);
    const computed = dynamicName(cx, member.name.expr, scope);
    const name = computed.kind === 'string' ? computed : null;
    const below: WalkState = { ...state, path: { parent: state.path, name, at } };
    if (member.rest.length === 0) {
      const range = { start: member.name.start, end: member.value.end };
      handler.binding?.({
        state: below,
        value: () => delay(member.value, scope),
        expr: member.value,
        range,
        isLet,
      });
      walk(cx, member.value, below, handler);
    } else walkGroup(cx, groupOfPath(member.rest, member.value), below, handler, false);
  }
}

/** The value of a member, the same each time. */
function memberOf(cx: Evaluation, group: Group, scope: Scope, name: string): Lazy {
  const set = attributeSet(cx, group, scope);
  return (set.kind === 'attrs' ? set.entries.get(name)?.value : null) ?? set;
}

function walkLambda(cx: Evaluation, expr: LambdaExpr, state: WalkState, handler: WalkHandler): void {
  const { scope } = state;
  const names = new Map<string, Lazy>();
  // What a file consists of is evaluated again when it is read as a module.
  const made = scope.parent === null ? { lets: new Map(), sets: new Map() } : null;
  const inner: Scope = { parent: scope, names, subject: null, file: scope.file, call: scope.call, made };
  const standIn = (name: string): Lazy =>
    handler.parameter?.(name, expr, inner) ??
    unknown(`the argument \`${name}\``, `${name}@${scope.file.path}:${expr.start}`, originOf(expr, scope), {
      kind: 'root',
      name,
    });
  if (expr.name !== null) names.set(expr.name.name, standIn(expr.name.name));
  for (const formal of expr.formals ?? []) names.set(formal.name.name, standIn(formal.name.name));
  for (const formal of expr.formals ?? [])
    if (formal.fallback !== null) walk(cx, formal.fallback, { ...state, scope: inner, path: null }, handler);
  walk(cx, expr.body, { ...state, scope: inner }, handler);
}
