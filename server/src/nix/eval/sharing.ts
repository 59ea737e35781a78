/**
 * Shares values: an expression that depends only on values which are the same for all their readers is evaluated
 * once. Since Nix is pure, a function makes the same from an entry wherever it is called. A shared value does not
 * contain the calls that it came through, as there are many.
 */

import { isValid, type Remembered, remembered } from '../../query/reads.ts';
import { freeNames, hasWith } from '../expressions.ts';
import type { Expr } from '../syntax.ts';
import { evaluated } from './evaluated.ts';
import type { Evaluation } from './evaluation.ts';
import { identity } from './identity.ts';
import { fileScope, lookupLexical } from './scopes.ts';
import type { ClosedFunctions, SharedValues } from './sharing-tables.ts';
import type { AttrsValue, LambdaValue, Lazy, Scope, Value } from './value.ts';

/** The free names of expressions, or null for those that are never shared. */
const namesOf = new WeakMap<Expr, readonly string[] | null>();

/**
 * The limit above which expressions are not considered: long ones belong to one place, and analysing them costs more
 * than it saves.
 */
const LONGEST = 4000;

/**
 * Returns the value of an expression that makes a set from a common one, or null if it does not, or if a value that
 * it needs is not evaluated yet. Evaluates only the expression itself.
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
  if (isValid(cx.recorder, before)) return before.value;
  const answer = remembered(cx.recorder, () => cx.evaluate(expr, topScope(cx, scope, values)));
  if (answer.value.kind === 'attrs') {
    shared.set(key, answer);
    return answer.value;
  }
  // A text contains the calls that it came through.
  namesOf.set(expr, null);
  return null;
}

/**
 * Returns the table of values that an expression makes from a common set. It is kept with the other values computed
 * from the file, since the file's imports may change although its own text does not.
 */
function valuesMadeOf(
  cx: Evaluation,
  expr: Expr,
  file: string,
  anchor: AttrsValue,
): Map<string, Remembered<Value>> {
  const ofFile: SharedValues = cx.shared.get(file) ?? new WeakMap();
  cx.shared.set(file, ofFile);
  const ofExpr = ofFile.get(expr) ?? new WeakMap<AttrsValue, Map<string, Remembered<Value>>>();
  ofFile.set(expr, ofExpr);
  const values = ofExpr.get(anchor) ?? new Map<string, Remembered<Value>>();
  ofExpr.set(anchor, values);
  return values;
}

/** Returns whether an expression is of a kind that makes sets from others. */
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

/** The number of names in scopes that are checked before the expression itself, which is usually longer. */
const MANY_NAMES = 64;

/** Returns false if no name in scope refers to a set from which values are made, as in most modules. */
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

/** A value that is not evaluated yet may turn out to be common; others never will. */
export type Unresolved = 'not yet' | 'never';

/** The values that names may refer to, in addition to common sets and functions without other dependencies. */
interface Manner {
  /**
   * True to allow a set from which values are made. Values are kept by one such set; two would keep each other alive.
   */
  readonly madeOf: boolean;
  /**
   * True to allow sets whose selections are watched. The caller has to make sure that every user's selections are
   * recorded.
   */
  readonly watched: boolean;
  /** The table in which closed functions are kept. */
  readonly closed: ClosedFunctions;
}

/** Resolves names, if all of their values are known and the same for all readers. */
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
      // Values of a file are kept with what that file imports, not with what others do.
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

/** Closes a function of a file that only needs other such functions, and sets whose selections are recorded. */
export function closedOverWatched(
  cx: Evaluation,
  fn: LambdaValue,
  closed: ClosedFunctions,
): LambdaValue | Unresolved {
  return closedFunction(cx, fn, { madeOf: false, watched: true, closed });
}

/** Returns the same function without the calls around it, if it is the same for all readers. */
function closedFunction(cx: Evaluation, fn: LambdaValue, manner: Manner): LambdaValue | Unresolved {
  const { byFunction } = manner.closed;
  const before = byFunction.get(fn);
  if (isValid(cx.recorder, before)) return before.value;
  byFunction.set(fn, NEVER);
  const { value, reads } = remembered(cx.recorder, () => newClosedFunction(cx, fn, manner));
  if (value === 'not yet') byFunction.delete(fn);
  else byFunction.set(fn, { value, reads });
  return value;
}

const NEVER = { value: 'never', reads: null } as const;

/** The number of versions to keep per expression, since its dependencies may be made again and again. */
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
