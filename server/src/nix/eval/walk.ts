/**
 * Walks a file with its scopes. Visits every expression once, whether or not evaluation would reach it, so that the
 * bodies of functions that are never called are included. The caller chooses the values of parameters.
 */

import { type DynamicMember, type Group, groupOf, groupOfPath, type Member } from '../bindings.ts';
import {
  type ApplyExpr,
  type Expr,
  type LambdaExpr,
  type LetExpr,
  type Range,
  writtenName,
} from '../syntax.ts';
import { originOf, unknown } from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { attributeSet, letScope } from './sets.ts';
import { dynamicName } from './strings.ts';
import { delay } from './thunks.ts';
import type { Lazy, Origin, Scope, StringValue } from './value.ts';

/** The attribute path from the top of the file to the current place, innermost name first. */
export interface NamePath {
  readonly parent: NamePath | null;
  /** null if the name is unknown. */
  readonly name: StringValue | null;
  readonly at: Origin;
}

export interface WalkState {
  readonly scope: Scope;
  readonly path: NamePath | null;
  /** True under a condition: `mkIf`, `optionalAttrs`, `if`. */
  readonly conditional: boolean;
  /** The conditions around the place, innermost first; none at the top and in the values of `let`. */
  readonly guard?: Guard | null;
  /** The `let` binding around the place; the innermost. */
  readonly within?: LetPlace | null;
}

/** The place of a walk: what decides whether evaluation comes there. */
export type WalkedPlace = Pick<WalkState, 'guard' | 'within' | 'path'>;

/** Something that decides whether a place is evaluated when what is around it is. */
export interface Guard {
  readonly parent: Guard | null;
  readonly scope: Scope;
  /** The condition, and what it has to be; or the application whose argument the place is in. */
  readonly by:
    | { readonly kind: 'condition'; readonly expr: Expr; readonly holds: boolean }
    | { readonly kind: 'argument'; readonly expr: ApplyExpr }
    | { readonly kind: 'fallback' };
}

/** A `let` binding: the place of its value counts where its name is used. */
export interface LetPlace {
  readonly name: string;
  readonly expr: LetExpr;
  /** The state around the `let`. */
  readonly state: WalkState;
}

export interface WalkedBinding {
  /** The state at the binding; its path ends with the binding's name. */
  readonly state: WalkState;
  /** Returns the value, unevaluated. */
  readonly value: () => Lazy;
  /** The assigned expression, or null for a path that continues (`a` in `a.b = 1`). */
  readonly expr: Expr | null;
  /** The range from the name to the end of the value. */
  readonly range: Range;
  readonly isLet: boolean;
}

export interface WalkHandler {
  /** Called before the content of an expression. Returns false to skip the content. */
  enter(expr: Expr, state: WalkState): boolean;
  /** Returns whether a range contains nothing of interest, so that no values are made for its bindings. */
  skips?(range: Range): boolean;
  /** Called for an attribute or a `let` binding. */
  binding?(binding: WalkedBinding): void;
  /** Returns the value of a parameter, or null for an unknown of its own. */
  parameter?(name: string, lambda: LambdaExpr, scope: Scope): Lazy | null;
}

const CONDITIONAL = /^(mkIf|optionalAttrs|optionals?|mkAssert)$/;

export function walk(cx: Evaluation, expr: Expr, state: WalkState, handler: WalkHandler): void {
  if (!handler.enter(expr, state)) return;
  const { scope } = state;
  const inside = (inner: Expr, path = state.path, conditional = state.conditional, within = scope) => {
    if (handler.skips?.(inner) === true) return;
    walk(cx, inner, { ...state, scope: within, path, conditional }, handler);
  };
  const under = (inner: Expr, by: Guard['by'], path = state.path, conditional = state.conditional) => {
    if (handler.skips?.(inner) === true) return;
    const guard: Guard = { parent: state.guard ?? null, scope, by };
    walk(cx, inner, { ...state, path, conditional, guard }, handler);
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
      walkGroup(cx, groupOf(expr.bindings, expr.recursive, expr), state, handler);
      return;
    case 'let': {
      const group = groupOf(expr.bindings, true, expr);
      const inner = letScope(cx, group, scope);
      const within: WalkState = { ...state, scope: inner, path: null };
      walkMembers({ cx, handler, group, state: within, outer: scope, isLet: true, around: { expr, state } });
      inside(expr.body, state.path, state.conditional, inner);
      return;
    }
    case 'lambda':
      walkLambda(cx, expr, state, handler);
      return;
    case 'apply':
      inside(expr.fn, null);
      under(expr.arg, { kind: 'argument', expr }, state.path, state.conditional || conditionally(expr.fn));
      return;
    case 'select':
      inside(expr.target, null);
      for (const step of expr.path) if (step.kind === 'dynamic') inside(step.expr, null);
      if (expr.fallback !== null) under(expr.fallback, { kind: 'fallback' });
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
      under(expr.then, { kind: 'condition', expr: expr.condition, holds: true }, state.path, true);
      under(expr.otherwise, { kind: 'condition', expr: expr.condition, holds: false }, state.path, true);
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
      if (expr.operator === '&&' || expr.operator === '->')
        under(expr.right, { kind: 'condition', expr: expr.left, holds: true });
      else if (expr.operator === '||')
        under(expr.right, { kind: 'condition', expr: expr.left, holds: false });
      else inside(expr.right);
      return;
    default:
      return;
  }
}

/** Returns whether applying this function puts its argument under a condition. */
function conditionally(fn: Expr): boolean {
  return CONDITIONAL.test(writtenName(fn.kind === 'apply' ? fn.fn : fn));
}

/** The walk over the bindings of a group. */
interface GroupWalk {
  readonly cx: Evaluation;
  readonly handler: WalkHandler;
  readonly group: Group;
  /** The state inside the group. */
  readonly state: WalkState;
  /** The scope around the group, which `inherit` uses. */
  readonly outer: Scope;
  readonly isLet: boolean;
  /** The `let` that the group is of. */
  readonly around?: Omit<LetPlace, 'name'>;
}

function walkGroup(cx: Evaluation, group: Group, state: WalkState, handler: WalkHandler): void {
  const outer = state.scope;
  const scope = group.recursive ? letScope(cx, group, outer) : outer;
  walkMembers({ cx, handler, group, state: { ...state, scope }, outer, isLet: false });
}

function walkMembers(walked: GroupWalk): void {
  const { handler, group, state } = walked;
  for (const member of group.members.values()) {
    if (handler.skips?.(wholeOf(member))) continue;
    const at = originOf(member.at, state.scope);
    const name: StringValue = { kind: 'string', text: member.name, pieces: [], origin: at };
    const path: NamePath = { parent: state.path, name, at };
    const below: WalkState =
      walked.around === undefined
        ? { ...state, path }
        : { ...state, path, guard: null, within: { ...walked.around, name: member.name } };
    if (member.expr !== null) walkBound(walked, member, member.expr, below);
    else if (member.group !== null) walkNested(walked, member, member.group, below);
    else if (member.inherit !== null) walkInherited(walked, member, member.inherit.from, below);
  }
  for (const member of group.dynamics) walkDynamic(walked, member);
}

/** Returns the range from the name, or its `inherit` source, to the end of the value. */
function wholeOf({ at, expr, group, inherit }: Member): Range {
  const start = inherit?.from ? Math.min(inherit.from.start, at.start) : at.start;
  return { start, end: (expr ?? group ?? at).end };
}

/** Walks `name = expr;`. */
function walkBound(walked: GroupWalk, member: Member, expr: Expr, below: WalkState): void {
  const { cx, handler, isLet } = walked;
  const range = { start: member.at.start, end: expr.end };
  const value = () => keptMember(walked, member) ?? delay(expr, below.scope);
  handler.binding?.({ state: below, value, expr, range, isLet });
  walk(cx, expr, below, handler);
}

/** Walks `name.rest = …;`, or several sets of the same name. */
function walkNested(walked: GroupWalk, member: Member, nested: Group, below: WalkState): void {
  const { cx, handler, isLet } = walked;
  const { recursive, start, end } = nested;
  const range = { start: member.at.start, end };
  const value = () => keptMember(walked, member) ?? cx.delay(() => attributeSet(cx, nested, below.scope));
  handler.binding?.({ state: below, value, expr: null, range, isLet });
  const literal: Expr = { kind: 'attrs', recursive, bindings: [], start, end };
  if (handler.enter(literal, below)) walkGroup(cx, nested, below, handler);
}

/** Walks `inherit name;` as the variable, and `inherit (from) name;` as the selection. */
function walkInherited(walked: GroupWalk, member: Member, from: Expr | null, below: WalkState): void {
  const { cx, handler, isLet } = walked;
  const { name, at } = member;
  const { start, end } = at;
  const expr: Expr =
    from === null
      ? { kind: 'variable', name, start, end }
      : {
          kind: 'select',
          target: from,
          path: [{ kind: 'name', name, quoted: false, start, end }],
          fallback: null,
          start: Math.min(from.start, start),
          end,
        };
  const scope = from === null ? walked.outer : below.scope;
  handler.binding?.({ state: below, value: () => delay(expr, scope), expr, range: at, isLet });
  walk(cx, expr, { ...below, scope }, handler);
}

/** Walks `${name} = …;`. */
function walkDynamic({ cx, handler, state, isLet }: GroupWalk, member: DynamicMember): void {
  const { scope } = state;
  const { expr } = member.name;
  walk(cx, expr, { ...state, path: null }, handler);
  const computed = dynamicName(cx, expr, scope);
  const name = computed.kind === 'string' ? computed : null;
  const at = originOf(member.name, scope);
  const below: WalkState = { ...state, path: { parent: state.path, name, at } };
  if (member.rest.length > 0) {
    walkGroup(cx, groupOfPath(member.rest, member.value), below, handler);
    return;
  }
  const range = { start: member.name.start, end: member.value.end };
  const value = () => delay(member.value, scope);
  handler.binding?.({ state: below, value, expr: member.value, range, isLet });
  walk(cx, member.value, below, handler);
}

/** Returns the value of a member, as the same object each time, or null if values are not kept. */
function keptMember({ cx, group, state: { scope }, isLet }: GroupWalk, { name }: Member): Lazy | null {
  if (scope.made === null || isLet || group.recursive || group.dynamics.length > 0) return null;
  const set = attributeSet(cx, group, scope);
  return (set.kind === 'attrs' ? set.entries.get(name)?.value : null) ?? set;
}

function walkLambda(cx: Evaluation, expr: LambdaExpr, state: WalkState, handler: WalkHandler): void {
  const { scope } = state;
  const names = new Map<string, Lazy>();
  // The content of a file is evaluated again when it is read as a module.
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
