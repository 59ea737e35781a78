/**
 * Sharing: what depends on nothing but values that all who read them have in common is evaluated once. A function makes
 * the same of one entry wherever it is called from, since Nix is pure. A shared value does not say which calls it came
 * through, since it came through many.
 */

import { freeNames, hasWith } from '../expressions.ts';
import type { Expr } from '../syntax.ts';
import type { Evaluation } from './evaluation.ts';
import { identity } from './identity.ts';
import { fileScope, lookupLexical } from './scopes.ts';
import type { ClosedFunctions, SharedValues } from './sharing-tables.ts';
import { evaluated } from './thunks.ts';
import type { AttrsValue, LambdaValue, Lazy, Scope, Value } from './value.ts';

/** The names that expressions take from around them; null for those of which nothing is shared. */
const namesOf = new WeakMap<Expr, readonly string[] | null>();

/** Longer ones are written for one place, and looking through them costs more than it spares. */
const LONGEST = 4000;

/**
 * Returns the value of an expression that makes a set of a common one; null where it does not, or where something that
 * it needs is not evaluated yet. Evaluates nothing but the expression.
 */
export function sharedValue(cx: Evaluation, expr: Expr, scope: Scope): Value | null {
  if (!makesSet(expr) || !mayHoldCommon(cx, scope)) return null;
  const names = sharableNames(expr);
  if (names === null) return null;
  const resolved = resolveAll(cx, names, scope, OF_ONE);
  if (typeof resolved === 'string' || resolved.anchor === null) return null;
  const { key, values } = resolved;
  const shared = valuesMadeOf(cx, expr, scope.file.path, resolved.anchor);
  const before = shared.get(key);
  if (before !== undefined) return before;
  const value = cx.evaluate(expr, topScope(cx, scope, values));
  if (value.kind === 'attrs') {
    shared.set(key, value);
    return value;
  }
  // A text says where it comes from by the calls that it came through.
  namesOf.set(expr, null);
  return null;
}

/**
 * Returns the table of values that an expression makes of a common set. It goes with what else was computed from the
 * file: what that imports may have changed though its own text has not.
 */
function valuesMadeOf(cx: Evaluation, expr: Expr, file: string, anchor: AttrsValue): Map<string, Value> {
  const ofFile: SharedValues = cx.shared.get(file) ?? new WeakMap();
  cx.shared.set(file, ofFile);
  const ofExpr = ofFile.get(expr) ?? new WeakMap<AttrsValue, Map<string, Value>>();
  ofFile.set(expr, ofExpr);
  const values = ofExpr.get(anchor) ?? new Map<string, Value>();
  ofExpr.set(anchor, values);
  return values;
}

/** Kinds of expressions that make sets out of others. */
function makesSet(expr: Expr): boolean {
  switch (expr.kind) {
    case 'attrs':
      return expr.bindings.length > 0;
    case 'binary':
      return expr.operator === '//';
    case 'apply':
    case 'let':
    case 'if':
      return true;
    default:
      return false;
  }
}

/** Names of scopes that are looked through before expressions are, which are mostly longer. */
const MANY_NAMES = 64;

/** Returns false where no name in scope stands for a set that something is made of, as in most modules. */
function mayHoldCommon(cx: Evaluation, scope: Scope): boolean {
  let looked = 0;
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.names === null || at.names === cx.globals) continue;
    looked += at.names.size;
    if (looked > MANY_NAMES) return true;
    for (const lazy of at.names.values()) {
      const value = evaluated(lazy);
      if (value?.kind === 'attrs' && cx.common.get(value) === 'made-of') return true;
    }
  }
  return false;
}

function sharableNames(expr: Expr): readonly string[] | null {
  let names = namesOf.get(expr);
  if (names === undefined) {
    names = expr.end - expr.start > LONGEST || hasWith(expr) ? null : [...freeNames(expr)];
    namesOf.set(expr, names);
  }
  return names;
}

interface Resolved {
  readonly key: string;
  readonly values: Map<string, Lazy>;
  readonly anchor: AttrsValue | null;
}

/** What is not evaluated yet may turn out to be common; what is no such thing never will. */
export type Unresolved = 'not yet' | 'never';

/** What names may stand for, beside sets that are common and functions that need nothing else. */
interface Manner {
  /** A set that things are made of. One is kept by, and two would keep one another. */
  readonly madeOf: boolean;
  /** Sets of which somebody listens to what is selected: who allows them sees to it that everybody hears of it. */
  readonly watched: boolean;
  /** The same functions as they are kept. */
  readonly closed: ClosedFunctions;
}

/** Resolves names, if all that they stand for is known and the same for everybody. */
function resolveAll(
  cx: Evaluation,
  names: readonly string[],
  scope: Scope,
  manner: Manner,
): Resolved | Unresolved {
  const values = new Map<string, Lazy>();
  let key = '';
  let anchor: AttrsValue | null = null;
  for (const name of names) {
    const lazy = lookupLexical(scope, name);
    if (lazy === null) return 'never';
    if (cx.globals.get(name) === lazy) continue;
    const value = evaluated(lazy);
    if (value === null) return 'not yet';
    if (value.kind === 'attrs') {
      const common = cx.common.get(value);
      if (common === undefined) return 'not yet';
      if (common === 'watched' && !manner.watched) return 'never';
      if (common === 'made-of') {
        if (!manner.madeOf || (anchor !== null && anchor !== value)) return 'never';
        anchor = value;
      }
      values.set(name, value);
      key += `${name}=${identity(value)} `;
    } else if (value.kind === 'lambda') {
      // What is kept of a file goes with what that file imports, not with what others do.
      if (manner.watched && value.scope.file !== scope.file) return 'never';
      const closed = closedFunction(cx, value, manner);
      if (typeof closed === 'string') return closed;
      values.set(name, closed);
      key += `${name}=${identity(closed)} `;
    } else if (value.kind === 'builtin' && value.args.length === 0) {
      values.set(name, value);
      key += `${name}=${identity(value.builtin)} `;
    } else return 'never';
  }
  return { key, values, anchor };
}

const OF_NOTHING: Manner = {
  madeOf: false,
  watched: false,
  closed: { byNeeds: new WeakMap(), byFunction: new WeakMap() },
};
const OF_ONE: Manner = { ...OF_NOTHING, madeOf: true };

/** Closes a function of a file that needs nothing but others of that kind and sets whose selections are recorded. */
export function closedOverWatched(
  cx: Evaluation,
  fn: LambdaValue,
  closed: ClosedFunctions,
): LambdaValue | Unresolved {
  return closedFunction(cx, fn, { madeOf: false, watched: true, closed });
}

/** Returns the same function without the calls around it, if it is the same for everybody. */
function closedFunction(cx: Evaluation, fn: LambdaValue, manner: Manner): LambdaValue | Unresolved {
  const { byFunction } = manner.closed;
  const before = byFunction.get(fn);
  if (before !== undefined) return before;
  byFunction.set(fn, 'never');
  const closed = newClosedFunction(cx, fn, manner);
  if (closed === 'not yet') byFunction.delete(fn);
  else if (closed !== 'never') byFunction.set(fn, closed);
  return closed;
}

/** Kept of one expression: what it needs may be made anew again and again. */
const MAX_CLOSED = 64;

function newClosedFunction(
  cx: Evaluation,
  { expr, scope, origin }: LambdaValue,
  manner: Manner,
): LambdaValue | Unresolved {
  let names = namesOf.get(expr);
  if (names === undefined) {
    names = hasWith(expr) ? null : [...freeNames(expr)];
    namesOf.set(expr, names);
  }
  if (names === null) return 'never';
  const resolved = resolveAll(cx, names, scope, manner.madeOf ? { ...manner, madeOf: false } : manner);
  if (typeof resolved === 'string') return resolved;
  const { byNeeds } = manner.closed;
  let all = byNeeds.get(expr);
  if (all === undefined) {
    all = new Map();
    byNeeds.set(expr, all);
  }
  let closed = all.get(resolved.key);
  if (closed === undefined) {
    if (all.size >= MAX_CLOSED) all.clear();
    const at = origin === null ? null : { ...origin, call: null };
    closed = { kind: 'lambda', expr, scope: topScope(cx, scope, resolved.values), origin: at };
    all.set(resolved.key, closed);
  }
  return closed;
}

function topScope(cx: Evaluation, { file }: Scope, names: Map<string, Lazy>): Scope {
  const top = fileScope(cx, file);
  return names.size === 0 ? top : { ...top, parent: top, names };
}
