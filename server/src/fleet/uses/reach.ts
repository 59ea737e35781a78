/**
 * Determines whether evaluation reaches a place of a file that a walk has visited, provided that it reaches the module. The
 * conditions around the place are evaluated; a value that `let` binds counts where its name is used.
 */

import { definitionsOf } from '../../modules/read.ts';
import { lastNameOf } from '../../modules/steps.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy, Scope, Value } from '../../nix/eval/value.ts';
import type { Guard, LetPlace, NamePath, WalkedPlace, WalkState } from '../../nix/eval/walk.ts';
import type { ApplyExpr, Expr, LetExpr, Range } from '../../nix/syntax.ts';
import type { Reached } from '../model/base.ts';
import { type Mention, mentionsOf } from './let-mentions.ts';

/** The evaluation steps allowed for one condition. */
const STEPS = 50_000;

const ORDER: readonly Reached[] = ['never', 'perhaps', 'surely'];
const LEVELS = ['surely', 'perhaps'] as const;

function isAtLeast(reach: Reached, level: Reached): boolean {
  return ORDER.indexOf(reach) >= ORDER.indexOf(level);
}

/** Returns what is reached only if both are. */
function both(left: Reached, right: Reached): Reached {
  return ORDER[Math.min(ORDER.indexOf(left), ORDER.indexOf(right))] as Reached;
}

/** A question: the range that it is about, and the place of the walk. */
export interface Asking {
  readonly range: Range;
  readonly place: WalkedPlace | null;
}

/** Answers for the places of one file. */
export interface Reaching {
  /** Notes where the walk is when it comes to an expression. */
  readonly come: (expr: Expr, place: WalkedPlace) => void;
  /** Returns the place of the expression with exactly this range; null if the walk did not come to it. */
  readonly placeAt: (range: Range) => WalkedPlace | null;
  readonly reachOf: (place: WalkedPlace) => Reached;
}

export function createReaching(cx: Evaluation): Reaching {
  const places = new Map<string, WalkedPlace>();
  const guards = new Map<Guard, Reached>();
  /** The mentions of each name of a `let`. */
  const mentions = new Map<LetExpr, Map<string, readonly Mention[]>>();
  /** The bindings that have been asked about. */
  const bindings = new Map<string, Reached>();

  function reachOf(place: WalkedPlace): Reached {
    const under = place.guard == null ? 'surely' : reachUnder(place.guard);
    return under === 'never' || place.within == null
      ? under
      : both(under, reachOfBinding(place.within, place.path));
  }

  function reachUnder(guard: Guard): Reached {
    const before = guards.get(guard);
    if (before !== undefined) return before;
    const outer = guard.parent === null ? 'surely' : reachUnder(guard.parent);
    const reach = outer === 'never' ? outer : both(outer, decided(cx, guard));
    guards.set(guard, reach);
    return reach;
  }

  function reachOfBinding(binding: LetPlace, path: NamePath | null): Reached {
    const id = bindingId(binding, path);
    const before = bindings.get(id);
    if (before !== undefined) return before;
    const reach = LEVELS.find(level => isUsed(binding, path, level)) ?? 'never';
    bindings.set(id, reach);
    return reach;
  }

  /** Returns whether a binding is used where evaluation comes at least that surely. Bindings may use each other. */
  function isUsed(binding: LetPlace, path: NamePath | null, level: Reached): boolean {
    const visited = new Set<string>();
    const pending = [{ binding, path }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const id = bindingId(next.binding, next.path);
      const known = bindings.get(id);
      if (known !== undefined && isAtLeast(known, level)) return true;
      if (known !== undefined || visited.has(id)) continue;
      visited.add(id);
      for (const { guard, within, path: around } of placesUsing(next.binding, next.path)) {
        if (guard != null && !isAtLeast(reachUnder(guard), level)) continue;
        if (within == null) return true;
        pending.push({ binding: within, path: around });
      }
    }
    return false;
  }

  /** Returns the places that use a binding, or the attribute of it that the path leads through. */
  function placesUsing({ name, expr, state }: LetPlace, path: NamePath | null): WalkedPlace[] {
    const inner = boundTo(expr, name)?.kind === 'attrs' ? (namesBelow(path)[1] ?? null) : null;
    return mentionsIn(expr, name, state).flatMap(({ selects, place }) =>
      selects !== null && inner !== null && selects !== inner ? [] : [place],
    );
  }

  function mentionsIn(expr: LetExpr, name: string, state: WalkState): readonly Mention[] {
    const byName = mentions.get(expr) ?? new Map<string, readonly Mention[]>();
    mentions.set(expr, byName);
    const before = byName.get(name);
    if (before !== undefined) return before;
    const found = mentionsOf(cx, expr, name, state);
    byName.set(name, found);
    return found;
  }

  return {
    come: (expr, place) => places.set(keyOf(expr), place),
    placeAt: range => places.get(keyOf(range)) ?? null,
    reachOf,
  };
}

function keyOf({ start, end }: Range): string {
  return `${start}:${end}`;
}

/** Returns what tells bindings apart: one of a set also by the attribute that the path leads through. */
function bindingId({ name, expr }: LetPlace, path: NamePath | null): string {
  return `${expr.start}:${name}:${namesBelow(path)[1] ?? ''}`;
}

/** Returns the value of a name of a `let` as it is written; undefined if it is written in parts. */
function boundTo({ bindings }: LetExpr, name: string): Expr | undefined {
  for (const binding of bindings) {
    const [first, ...more] = binding.kind === 'bind' ? binding.path : [];
    if (binding.kind === 'bind' && more.length === 0 && first?.kind === 'name' && first.name === name)
      return binding.value;
  }
  return undefined;
}

/** Returns the names of a path, the outermost first. */
function namesBelow(path: NamePath | null): (string | null)[] {
  const names: (string | null)[] = [];
  for (let at = path; at !== null; at = at.parent) names.unshift(at.name?.text ?? null);
  return names;
}

/** Returns whether a guard lets evaluation pass. */
function decided(cx: Evaluation, { by, scope }: Guard): Reached {
  if (by.kind === 'fallback') return 'perhaps';
  const reach = withBudget(cx, STEPS, () =>
    by.kind === 'condition'
      ? reachIf(cx.resolve(cx.evaluate(by.expr, scope)), by.holds)
      : reachOfArgument(cx, by.expr, scope),
  );
  return reach instanceof BudgetExceeded ? 'perhaps' : reach;
}

function reachIf(condition: Value, holds: boolean): Reached {
  // A condition that fails ends the evaluation of what is around it.
  if (condition.kind === 'failure') return 'never';
  return condition.kind !== 'bool' ? 'perhaps' : condition.value === holds ? 'surely' : 'never';
}

/** Functions of nixpkgs whose second argument is used only if the first is true. */
const CONDITIONAL: ReadonlySet<string> = new Set([
  'mkIf',
  'optional',
  'optionals',
  'optionalAttrs',
  'optionalString',
]);

/** Returns whether an argument is reached if the application is. */
function reachOfArgument(cx: Evaluation, expr: ApplyExpr, scope: Scope): Reached {
  const fn = cx.evaluate(expr.fn, scope);
  if (fn.kind === 'builtin') {
    const [condition] = fn.args;
    return condition !== undefined && CONDITIONAL.has(fn.builtin.name)
      ? reachIf(cx.resolve(condition), true)
      : 'surely';
  }
  if (fn.kind === 'unknown' && fn.term?.kind === 'apply' && CONDITIONAL.has(lastNameOf(fn.term.fn) ?? ''))
    return reachIf(cx.resolve(fn.term.arg), true);
  if (fn.kind !== 'lambda') return 'surely';
  return reachByResult(cx, cx.evaluate(expr, scope));
}

/** Returns whether a function of the fleet has used its argument, as far as its result shows. */
function reachByResult(cx: Evaluation, result: Value): Reached {
  if (result.kind === 'unknown') return 'perhaps';
  if (isEmpty(result)) return 'never';
  if (result.kind !== 'attrs' || !result.entries.has('_type')) return 'surely';
  const definitions = definitionsOf(cx, result as Lazy);
  if (definitions.every(({ never }) => never)) return 'never';
  return definitions.some(({ conditional, never }) => !conditional && !never) ? 'surely' : 'perhaps';
}

function isEmpty(value: Value): boolean {
  switch (value.kind) {
    case 'null':
      return true;
    case 'string':
      return value.text === '';
    case 'list':
      return value.items.length === 0;
    case 'attrs':
      return value.entries.size === 0 && value.open === null && value.patterns.length === 0;
    default:
      return false;
  }
}

/**
 * Returns whether evaluation reaches a place. Where the walk has come by, it knows the conditions, or else the innermost
 * question about the place; without one, the place is in a function, and reached by the calls that were asked about.
 */
export function reachedOf(
  at: Range,
  noted: readonly { readonly asking: Asking | null }[],
  { placeAt, reachOf }: Reaching,
): { readonly reached: Reached; readonly isExact: boolean } {
  const walked = placeAt(at);
  if (walked !== null) return { reached: reachOf(walked), isExact: true };
  const askings = noted.flatMap(({ asking }) => asking ?? []);
  let innermost: Asking | null = null;
  for (const asking of askings)
    if (holds(asking.range, at) && (innermost === null || holds(innermost.range, asking.range)))
      innermost = asking;
  const reachAt = ({ place }: Asking) => (place === null ? 'surely' : reachOf(place));
  if (innermost !== null) return { reached: reachAt(innermost), isExact: innermost.place !== null };
  const reaches = askings.map(reachAt);
  const reached = reaches.includes('surely')
    ? 'surely'
    : reaches.includes('perhaps')
      ? 'perhaps'
      : reaches[0];
  return { reached: reached ?? 'surely', isExact: false };
}

/** Returns whether a range contains another. */
export function holds(range: Range, at: Range): boolean {
  return range.start <= at.start && at.end <= range.end;
}
