/** Selections: `a.b`, `a.b or c` and `a ? b`, with static and computed names, on sets and unknowns. */

import type { AttrName, HasAttrExpr, SelectExpr } from '../syntax.ts';
import { sameText } from './compare.ts';
import {
  derived,
  failure,
  originOf,
  perhaps,
  string,
  stringKey,
  typeName,
  unknown,
  unknownSelect,
  withCandidates,
} from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { boundedKey, identity, lazyKey } from './identity.ts';
import { dynamicName } from './strings.ts';
import { delay, thunk } from './thunks.ts';
import { record } from './trace.ts';
import type {
  Attr,
  AttrsValue,
  FailureValue,
  Lazy,
  Origin,
  Scope,
  StringValue,
  UnknownValue,
  Value,
} from './value.ts';

/** The form of a selection in the source, for its trace. */
interface Manner {
  readonly guarded: boolean;
  readonly fallback: Lazy | null;
  readonly expr: SelectExpr | null;
}
const PLAIN: Manner = { guarded: false, fallback: null, expr: null };

/** Returns whether selections from a value are recorded. */
function isWatched({ trace }: Evaluation, target: AttrsValue | UnknownValue): boolean {
  return trace?.watches(target) === true;
}

/** Returns the attribute under a literal name if it certainly exists and is not recorded, as for most selections. */
function plainAttr(cx: Evaluation, target: Value, step: AttrName): Lazy | null {
  if (target.kind !== 'attrs' || step.kind !== 'name') return null;
  const entry = target.entries.get(step.name);
  return entry === undefined || entry.optional || isWatched(cx, target) ? null : entry.value;
}

export function selectPath(cx: Evaluation, expr: SelectExpr, scope: Scope): Value {
  let fallback: Lazy | null = null;
  let value = cx.evaluate(expr.target, scope);
  let certain = true;
  for (const step of expr.path) {
    if (value.kind === 'failure') return value;
    const plain = plainAttr(cx, value, step);
    if (plain !== null) {
      value = cx.force(plain);
      continue;
    }
    if (expr.fallback !== null) fallback ??= delay(expr.fallback, scope);
    const manner: Manner = { guarded: fallback !== null, fallback, expr };
    const at = originOf(step, scope);
    const name = attrName(cx, step, scope, at);
    if (name.kind === 'failure') return name;
    const next = selectStep(cx, value, name, at, manner);
    if (next === null) {
      if (fallback !== null) return cx.force(fallback);
      return missing(value, name, at);
    }
    if (fallback !== null) certain &&= surely(value, name);
    value = next;
  }
  if (fallback === null || value.kind !== 'unknown' || certain) return value;
  // This differs from the bare selection, and from one with another fallback.
  const key = boundedKey(`${value.key} or ${lazyKey(fallback)}`);
  const candidates = [...(value.candidates ?? [withCandidates(value, null)]), fallback];
  return withCandidates({ ...value, key }, candidates, value.candidates === null || value.bounded === true);
}

/** Returns whether the attribute certainly exists, whatever its value. */
function surely(value: Value, name: StringValue | UnknownValue): boolean {
  return value.kind === 'attrs' && name.kind === 'string' && hasText(value, name) === true;
}

function attrName(
  cx: Evaluation,
  step: AttrName,
  scope: Scope,
  at: Origin,
): StringValue | UnknownValue | FailureValue {
  if (step.kind === 'name') return string(step.name, at);
  const name = dynamicName(cx, step.expr, scope);
  return name.kind === 'null' ? failure('type', 'value is null while a string was expected', at) : name;
}

function missing(value: Value, name: StringValue | UnknownValue, at: Origin | null): Value {
  if (value.kind !== 'attrs')
    return failure('type', `value is ${typeName(value)} while a set was expected`, at);
  const text = name.kind === 'string' ? name.text : null;
  return failure('missing-attribute', text ?? '', at);
}

/** Evaluates one step of a selection, or returns null if the attribute certainly does not exist. */
function selectStep(
  cx: Evaluation,
  target: Value,
  name: StringValue | UnknownValue,
  at: Origin,
  manner: Manner,
): Value | null {
  if (target.kind === 'unknown') {
    const result = selectUnknown(cx, target, name, at);
    if (name.kind === 'string') record(cx, { target, name, at, found: null, result, ...manner });
    return result;
  }
  if (target.kind !== 'attrs') return null;
  if (name.kind === 'unknown') return derived(name, 'select', at);
  const result = selectAttrs(cx, target, name, at);
  if (isWatched(cx, target)) {
    const isPresent = result === null ? false : hasText(target, name);
    record(cx, { target, name, at, found: isPresent, result, ...manner });
  }
  return result;
}

function selectUnknown(
  cx: Evaluation,
  target: UnknownValue,
  name: StringValue | UnknownValue,
  at: Origin | null,
): Value {
  if (name.kind === 'unknown') return derived(target, `select ${name.key}`, at);
  const base =
    name.text === null
      ? unknownSelect(target, `\${${stringKey(name)}}`, at)
      : unknownSelect(target, name.text, at);
  const term = { kind: 'select', of: target, name, at } as const;
  const settled = cx.settle === null ? null : cx.settle({ ...base, term });
  if (settled !== null) return settled;
  if (target.candidates === null) return { ...base, term };
  const candidates = target.candidates.map(candidate =>
    thunk(() => {
      const value = cx.force(candidate);
      if (value.kind === 'failure') return value;
      return selectStepQuietly(cx, value, name, at) ?? missing(value, name, at);
    }),
  );
  return { ...base, term, candidates };
}

function selectStepQuietly(
  cx: Evaluation,
  target: Value,
  name: StringValue,
  at: Origin | null,
): Value | null {
  if (target.kind === 'unknown') return selectUnknown(cx, target, name, at);
  return target.kind === 'attrs' ? selectAttrs(cx, target, name, at) : null;
}

function selectAttrs(cx: Evaluation, target: AttrsValue, name: StringValue, at: Origin | null): Value | null {
  const attr = findAttr(target, name);
  if (attr !== null) {
    if (!attr.optional) return cx.force(attr.value);
    const why = target.open ?? unknownAttr(target, name, at);
    return perhaps(why, [attr.value], at, `.${stringKey(name)}`);
  }
  if (target.open !== null) return unknownSelect(target.open, name.text ?? `\${${stringKey(name)}}`, at);
  return canMatch(target, name) ? unknownAttr(target, name, at) : null;
}

/**
 * Returns whether an attribute of a closed set may have the name: a pattern may match, or the name itself has holes.
 */
export function canMatch(target: AttrsValue, name: StringValue): boolean {
  if (target.patterns.some(pattern => sameText(pattern.name, name) !== false)) return true;
  if (name.text !== null) return false;
  for (const text of target.entries.keys()) if (sameText(string(text, null), name) !== false) return true;
  return false;
}

function unknownAttr(target: AttrsValue, name: StringValue, at: Origin | null): UnknownValue {
  const hole = name.pieces.find(piece => 'hole' in piece);
  const reason =
    hole !== undefined && 'hole' in hole
      ? hole.hole.reason
      : `whether there is an attribute \`${name.text ?? ''}\``;
  return unknown(reason, boundedKey(`${identity(target)}.${stringKey(name)}`), at);
}

function findAttr(target: AttrsValue, name: StringValue): Attr | null {
  if (name.text !== null) return target.entries.get(name.text) ?? null;
  const key = stringKey(name);
  return target.patterns.find(pattern => stringKey(pattern.name) === key) ?? null;
}

function hasText(target: AttrsValue, name: StringValue): boolean | null {
  const attr = findAttr(target, name);
  if (attr !== null) return attr.optional ? null : true;
  return target.open === null && !canMatch(target, name) ? false : null;
}

/** Returns whether the set has the attribute, or null if that is unknown. */
export function has(target: AttrsValue | UnknownValue, name: string): boolean | null {
  return target.kind === 'unknown' ? null : hasText(target, string(name, null));
}

/**
 * Evaluates `set.name` for builtins; with a fallback, the selection is recorded as `set.name or fallback` would be. A missing
 * attribute is a failure in either case.
 */
export function select(
  cx: Evaluation,
  set: Lazy,
  name: string | StringValue,
  at: Origin | null,
  fallback: Lazy | null = null,
): Value {
  const target = cx.force(set);
  if (target.kind === 'failure') return target;
  const wanted = typeof name === 'string' ? string(name, at) : name;
  const manner = fallback === null ? PLAIN : { ...PLAIN, guarded: true, fallback };
  const result =
    at === null ? selectStepQuietly(cx, target, wanted, at) : selectStep(cx, target, wanted, at, manner);
  return result ?? missing(target, wanted, at);
}

/** Evaluates `target ? a.b`. */
export function hasName(cx: Evaluation, expr: HasAttrExpr, scope: Scope): Value {
  const origin = originOf(expr, scope);
  let value = cx.evaluate(expr.target, scope);
  for (const [index, step] of expr.path.entries()) {
    if (value.kind === 'failure') return value;
    const plain = plainAttr(cx, value, step);
    if (plain !== null) {
      if (index < expr.path.length - 1) value = cx.force(plain);
      continue;
    }
    const at = originOf(step, scope);
    const name = attrName(cx, step, scope, at);
    if (name.kind === 'failure') return name;
    if (value.kind === 'unknown') {
      if (name.kind === 'string') ask(cx, value, name, at, null);
      return derived(value, 'has', origin);
    }
    if (value.kind !== 'attrs') return { kind: 'bool', value: false, origin };
    if (name.kind === 'unknown') return derived(name, 'has', origin);
    const isPresent = hasText(value, name);
    ask(cx, value, name, at, isPresent);
    if (isPresent === false) return { kind: 'bool', value: false, origin };
    if (isPresent === null) return derived(value.open ?? unknownAttr(value, name, at), 'has', origin);
    if (index === expr.path.length - 1) return { kind: 'bool', value: true, origin };
    value = selectAttrs(cx, value, name, at) ?? failure('missing-attribute', name.text ?? '', at);
  }
  return { kind: 'bool', value: true, origin };
}

function ask(
  cx: Evaluation,
  target: AttrsValue | UnknownValue,
  name: StringValue,
  at: Origin,
  isPresent: boolean | null,
): void {
  record(cx, { target, name, at, found: isPresent, result: null, guarded: true, fallback: null, expr: null });
}

/** Evaluates `builtins.hasAttr`. */
export function hasAttribute(
  cx: Evaluation,
  target: AttrsValue | UnknownValue,
  name: StringValue,
  at: Origin | null,
): boolean | null {
  const isPresent = target.kind === 'unknown' ? null : hasText(target, name);
  if (at !== null) ask(cx, target, name, at, isPresent);
  return isPresent;
}
