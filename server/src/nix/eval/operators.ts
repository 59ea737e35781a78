/**
 * Nix's operators. Both sides are evaluated in Nix's order; an unknown side makes the result unknown, unless Nix
 * would not have evaluated it.
 */

import type { BinaryExpr, Expr, UnaryExpr } from '../syntax.ts';
import { equal, less, sameText } from './compare.ts';
import {
  attr,
  attrs,
  bool,
  boundedAttrs,
  derived,
  failure,
  float,
  int,
  isClosed,
  isStopped,
  list,
  mayHaveAnyName,
  originOf,
  perhaps,
  string,
  stringKey,
  stringOf,
  typeName,
  unknown,
} from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { identity, isTolerated } from './identity.ts';
import { appendToPath } from './paths.ts';
import { delayArgument } from './scopes.ts';
import { addText, concatenate, toText } from './strings.ts';
import type {
  Attr,
  AttrsValue,
  BuiltinContext,
  Lazy,
  Origin,
  PatternAttr,
  Scope,
  Spread,
  StringPiece,
  UnknownValue,
  Value,
} from './value.ts';

export function unary(cx: Evaluation, expr: UnaryExpr, scope: Scope): Value {
  const value = cx.evaluate(expr.operand, scope);
  const origin = originOf(expr, scope);
  if (value.kind === 'failure') return value;
  if (value.kind === 'unknown') return derived(value, expr.operator, origin);
  if (expr.operator === '!') {
    if (value.kind === 'bool') return bool(!value.value, origin);
    return failure('type', `value is ${typeName(value)} while a Boolean was expected`, origin);
  }
  return arithmetic('-', int(0n, origin), value, origin);
}

export function binary(cx: Evaluation, expr: BinaryExpr, scope: Scope): Value {
  const origin = originOf(expr, scope);
  switch (expr.operator) {
    case '&&':
    case '||':
    case '->':
      return logic(cx, expr, scope, origin);
    case '|>':
      return cx.apply(cx.evaluate(expr.right, scope), delayArgument(expr.left, scope), origin);
    case '<|':
      return cx.apply(cx.evaluate(expr.left, scope), delayArgument(expr.right, scope), origin);
    default:
      break;
  }
  const left = cx.resolve(cx.evaluate(expr.left, scope));
  if (left.kind === 'failure') return left;
  const right = cx.resolve(cx.evaluate(expr.right, scope));
  if (right.kind === 'failure') return right;
  switch (expr.operator) {
    case '==':
    case '!=':
      return truth(equal(cx, left, right), expr.operator === '!=', left, right, origin);
    case '<':
      return truth(less(cx, left, right, origin), false, left, right, origin);
    case '>':
      return truth(less(cx, right, left, origin), false, left, right, origin);
    case '<=':
      return truth(less(cx, right, left, origin), true, left, right, origin);
    case '>=':
      return truth(less(cx, left, right, origin), true, left, right, origin);
    case '//':
      return update(cx, left, right, origin);
    case '++':
      return append(cx, left, right, origin);
    case '+':
      return plus(cx, left, right, expr, scope);
    default:
      return arithmetic(expr.operator, left, right, origin);
  }
}

function truth(
  answer: ReturnType<typeof equal>,
  negate: boolean,
  left: Value,
  right: Value,
  origin: Origin,
): Value {
  if (answer === null) {
    const why =
      left.kind === 'unknown' ? left : right.kind === 'unknown' ? right : inside(left, right, origin);
    return derived(why, 'compare', origin);
  }
  return typeof answer === 'boolean' ? bool(answer !== negate, origin) : answer;
}

/** Returns the unknown for a comparison in which neither side is unknown itself, but something inside them is. */
function inside(left: Value, right: Value, origin: Origin): UnknownValue {
  return unknown('a value inside what is compared', `compare(${identity(left)},${identity(right)})`, origin);
}

function logic(cx: Evaluation, expr: BinaryExpr, scope: Scope, origin: Origin): Value {
  const left = cx.evaluate(expr.left, scope);
  if (left.kind === 'failure') return left;
  if (left.kind === 'unknown') return derived(left, expr.operator, origin);
  if (left.kind !== 'bool')
    return failure('type', `value is ${typeName(left)} while a Boolean was expected`, origin);
  if (expr.operator === '&&' && !left.value) return bool(false, origin);
  if (expr.operator === '||' && left.value) return bool(true, origin);
  if (expr.operator === '->' && !left.value) return bool(true, origin);
  const right = cx.evaluate(expr.right, scope);
  if (right.kind === 'unknown') return derived(right, expr.operator, origin);
  if (right.kind === 'bool' || right.kind === 'failure') return right;
  return failure('type', `value is ${typeName(right)} while a Boolean was expected`, origin);
}

/** Evaluates `left // right`. */
export function update(cx: BuiltinContext, left: Value, right: Value, origin: Origin | null): Value {
  for (const side of [left, right]) {
    if (side.kind !== 'attrs' && side.kind !== 'unknown')
      return side.kind === 'failure'
        ? side
        : failure('type', `value is ${typeName(side)} while a set was expected`, origin);
  }
  return updateSets(cx, asSet(cx, left), asSet(cx, right), origin);
}

/** Returns an unknown set as a set: the attributes of its candidates are optional, and there may be more. */
function asSet(cx: BuiltinContext, value: Value): AttrsValue {
  if (value.kind === 'attrs') return value;
  const entries = new Map<string, Attr>();
  const patterns: PatternAttr[] = [];
  const unknownSet = value as UnknownValue;
  let isBounded = unknownSet.candidates !== null && unknownSet.bounded === true;
  for (const candidate of unknownSet.candidates ?? []) {
    const set = cx.speculate(candidate);
    if (set.kind !== 'attrs') {
      isBounded &&= set.kind !== 'unknown';
      continue;
    }
    isBounded &&= !mayHaveAnyName(set);
    for (const [name, entry] of set.entries)
      if (!entries.has(name)) entries.set(name, attr(entry.value, entry.at, true));
    for (const pattern of set.patterns) patterns.push({ ...pattern, optional: true });
  }
  return boundedAttrs(attrs(entries, unknownSet.origin, unknownSet, patterns), isBounded);
}

function updateSets(
  cx: BuiltinContext,
  left: AttrsValue,
  right: AttrsValue,
  origin: Origin | null,
): AttrsValue {
  if (right.entries.size === 0 && isClosed(right)) return { ...left, origin };
  if (left.entries.size === 0 && isClosed(left)) return { ...right, origin };
  cx.step((left.entries.size + right.entries.size) >> 5);
  const open = right.open !== null && isTolerated(right.open) ? null : right.open;
  const hidden = open ?? (right.patterns.length > 0 ? namesOf(right) : null);
  const entries = new Map(left.entries);
  if (hidden !== null && (mayHaveAnyName(right) || right.patterns.length > 0)) {
    // An attribute of the left side may be replaced by one that is not visible.
    for (const [name, entry] of left.entries)
      entries.set(name, { ...entry, value: perhaps(hidden, [entry.value], entry.at, `// ${name}`) });
  }
  for (const [name, entry] of right.entries) {
    const before = entries.get(name);
    if (!entry.optional) entries.set(name, entry);
    else entries.set(name, optionalUpdate(name, entry, before, hidden ?? left.open ?? namesOf(right)));
  }
  const patterns = [...withoutOverwritten(left, right), ...right.patterns];
  const isBounded = !mayHaveAnyName(left) && !mayHaveAnyName(right);
  return boundedAttrs(attrs(entries, origin, right.open ?? left.open, patterns), isBounded);
}

/** Returns an optional attribute of the right side merged over that of the left side. */
function optionalUpdate(name: string, entry: Attr, before: Attr | undefined, why: UnknownValue): Attr {
  if (before === undefined) return entry;
  const value = perhaps(why, [entry.value, before.value], entry.at, `// ${name}`);
  return attr(value, entry.at, before.optional);
}

/** Returns the patterns of the left side that the right side does not certainly replace. */
function withoutOverwritten(left: AttrsValue, right: AttrsValue): PatternAttr[] {
  const kept: PatternAttr[] = [];
  for (const pattern of left.patterns) {
    const key = stringKey(pattern.name);
    if (right.patterns.some(other => !other.optional && stringKey(other.name) === key)) continue;
    const hit = right.open !== null || right.patterns.length > 0 || mayBeOneOf(pattern, right);
    kept.push(hit ? { ...pattern, optional: true } : pattern);
  }
  return kept;
}

function mayBeOneOf(pattern: PatternAttr, set: AttrsValue): boolean {
  for (const name of set.entries.keys())
    if (sameText(pattern.name, string(name, null)) !== false) return true;
  return false;
}

/** Returns the reason why the names of a closed set are not all known. */
function namesOf(set: AttrsValue): UnknownValue {
  return unknown('which names a set has', `names(${identity(set)})`, set.origin);
}

/** Evaluates `left ++ right`. */
export function append(cx: BuiltinContext, left: Value, right: Value, origin: Origin | null): Value {
  if (left.kind === 'unknown' && right.kind === 'unknown') return derived(left, `++ ${right.key}`, origin);
  const items: (Lazy | Spread)[] = [];
  for (const side of [left, right]) {
    if (side.kind === 'failure') return side;
    if (side.kind === 'unknown') items.push({ kind: 'spread', of: side });
    else if (side.kind !== 'list')
      return failure('type', `value is ${typeName(side)} while a list was expected`, origin);
    else for (const item of side.items) items.push(item);
  }
  // Copying takes time: building a list item by item is quadratic.
  cx.step(items.length >> 6);
  return list(items, origin);
}

function plus(cx: Evaluation, left: Value, right: Value, expr: BinaryExpr, scope: Scope): Value {
  const origin = originOf(expr, scope);
  if (isNumber(left) && (isNumber(right) || right.kind === 'unknown'))
    return arithmetic('+', left, right, origin);
  if (left.kind === 'unknown') return derived(left, '+', origin);
  if (left.kind === 'path') {
    const text = right.kind === 'path' ? right : toText(cx, right, false, origin);
    return text.kind === 'unknown' ? derived(text, 'path +', origin) : appendToPath(left, text, origin);
  }
  const outPath =
    left.kind === 'attrs' && cx.has(left, 'outPath') === true ? cx.select(left, 'outPath', origin) : null;
  // `self + "/file"` is a file of the workspace.
  if (outPath?.kind === 'path')
    return appendToPath(outPath, right.kind === 'path' ? right : toText(cx, right, false, origin), origin);
  const first = toText(cx, left, false, originOf(expr.left, scope));
  if (first.kind === 'failure') return first;
  const second = toText(cx, right, false, originOf(expr.right, scope));
  if (second.kind === 'failure') return second;
  if (first.kind === 'string' && second.kind === 'string') return concatenate(first, second, origin);
  const pieces: StringPiece[] = [];
  addText(pieces, first, sourceOf(expr.left, scope));
  addText(pieces, second, sourceOf(expr.right, scope));
  return stringOf(pieces, origin);
}

function sourceOf(expr: Expr, scope: Scope): string {
  return scope.file.text.slice(expr.start, expr.end);
}

function isNumber(value: Value): value is Extract<Value, { kind: 'int' | 'float' }> {
  return value.kind === 'int' || value.kind === 'float';
}

/**
 * Evaluates `+ - * /` on numbers. An overflow is an error in newer versions of Nix and wraps in older ones, so it is
 * unknown.
 */
export function arithmetic(operator: string, left: Value, right: Value, origin: Origin | null): Value {
  for (const side of [left, right]) {
    if (side.kind === 'failure') return side;
    if (!isNumber(side) && side.kind !== 'unknown')
      return failure('type', `value is ${typeName(side)} while an integer was expected`, origin);
  }
  if (isStopped(left)) return left.kind === 'unknown' ? derived(left, operator, origin) : left;
  if (isStopped(right)) return right.kind === 'unknown' ? derived(right, operator, origin) : right;
  if (left.kind === 'int' && right.kind === 'int') return integers(operator, left.value, right.value, origin);
  const a = Number((left as { value: bigint | number }).value);
  const b = Number((right as { value: bigint | number }).value);
  if (operator === '/' && b === 0) return failure('other', 'division by zero', origin);
  const result = operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : a / b;
  return float(result, origin);
}

function integers(operator: string, a: bigint, b: bigint, origin: Origin | null): Value {
  if (operator === '/' && b === 0n) return failure('other', 'division by zero', origin);
  const result = operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : a / b;
  if (BigInt.asIntN(64, result) === result) return int(result, origin);
  return unknown('an integer that overflows', `${a} ${operator} ${b}`, origin);
}
