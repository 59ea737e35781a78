/**
 * Evaluates strings: interpolation, coercion to text, and computed attribute names. Unknown parts become holes; all
 * others keep their places in the source.
 */

import type { Expr, Range, StringPart } from '../syntax.ts';
import {
  failure,
  nullValue,
  originOf,
  string,
  stringLiteral,
  stringOf,
  typeName,
  unknown,
} from './construct.ts';

import type { Evaluation } from './evaluation.ts';
import { identity } from './identity.ts';
import type {
  FailureValue,
  HolePlace,
  Lazy,
  ListValue,
  NullValue,
  Origin,
  PathValue,
  Scope,
  StringPiece,
  StringValue,
  UnknownValue,
  Value,
} from './value.ts';

export function interpolate(
  cx: Evaluation,
  parts: readonly StringPart[],
  scope: Scope,
  origin: Origin,
): StringValue | FailureValue {
  const pieces: StringPiece[] = [];
  for (const part of parts) {
    if (part.kind === 'text') {
      if (part.value !== '') pieces.push({ text: part.value, source: { origin, map: part.map, start: 0 } });
      continue;
    }
    const text = toText(cx, cx.evaluate(part.expr, scope), false, originOf(part.expr, scope));
    if (text.kind === 'failure') return text;
    const source = scope.file.text.slice(part.expr.start, part.expr.end);
    if (text.kind === 'unknown') pieces.push({ hole: text, source, at: holePlace(part, origin) });
    else addText(pieces, text, source);
  }
  return stringOf(pieces, origin);
}

function holePlace(part: Range, literal: Origin): HolePlace {
  return { file: literal.file, start: part.start, end: part.end, literal };
}

/** Appends a coerced value. An unknown becomes a hole that is shown as `source`. */
export function addText(pieces: StringPiece[], text: StringValue | UnknownValue, source: string): void {
  if (text.kind === 'unknown') pieces.push({ hole: text, source });
  else for (const piece of text.pieces) pieces.push(piece);
}

/** Returns `left + right` for texts. */
export function concatenate(left: StringValue, right: StringValue, origin: Origin | null): StringValue {
  return stringOf([...left.pieces, ...right.pieces], origin);
}

/**
 * Coerces a value to a string. Paths of the workspace get a name in the store, which is unknown here.
 * @param coerceMore true to also coerce null, Booleans, numbers and lists, as `toString` does
 */
export function toText(
  cx: Evaluation,
  lazy: Lazy,
  coerceMore: boolean,
  at: Origin | null,
): StringValue | UnknownValue | FailureValue {
  const value = cx.resolve(cx.force(lazy));
  switch (value.kind) {
    case 'string':
    case 'unknown':
    case 'failure':
      return value;
    case 'path':
      return pathAsText(value, coerceMore, at);
    case 'attrs':
      return attrsToText(cx, value, coerceMore, at);
    default:
      break;
  }
  if (coerceMore) {
    const text = moreToText(cx, value, at);
    if (text !== null) return text;
  }
  return failure('type', `cannot coerce ${typeName(value)} to a string`, at);
}

const WHERE = 'where the path lies on the evaluating machine';
const COPY = 'where the path lies in the store';

/**
 * Returns a path as text. `toString` gives the path itself; elsewhere the file is copied to the store, under a name
 * with its hash.
 */
function pathAsText(value: PathValue, coerceMore: boolean, at: Origin | null): StringValue {
  if (coerceMore && value.text.startsWith('/')) return string(value.text, at);
  const hole = unknown(coerceMore ? WHERE : COPY, `path:${value.text}`, at, null, [value]);
  const source = value.text.startsWith('/') ? value.text : `./${value.text}`;
  return stringOf([{ hole, source }], at);
}

function attrsToText(
  cx: Evaluation,
  value: Extract<Value, { kind: 'attrs' }>,
  coerceMore: boolean,
  at: Origin | null,
): StringValue | UnknownValue | FailureValue {
  const hasToString = cx.has(value, '__toString');
  if (hasToString === true)
    return toText(cx, cx.apply(cx.select(value, '__toString', at), value, at), coerceMore, at);
  const out = cx.has(value, 'outPath');
  if (hasToString === null) return attrsUnknown(value, at);
  if (out === true) return toText(cx, cx.select(value, 'outPath', at), coerceMore, at);
  if (out === null) return attrsUnknown(value, at);
  return failure('type', 'cannot coerce a set to a string', at);
}

function attrsUnknown(value: Extract<Value, { kind: 'attrs' }>, at: Origin | null): UnknownValue {
  return unknown(value.open?.reason ?? 'the text that a set stands for', `text(${identity(value)})`, at);
}

function moreToText(
  cx: Evaluation,
  value: Value,
  at: Origin | null,
): StringValue | UnknownValue | FailureValue | null {
  switch (value.kind) {
    case 'null':
      return string('', at);
    case 'bool':
      return string(value.value ? '1' : '', at);
    case 'int':
      return string(value.value.toString(), at);
    case 'float':
      return string(sixDecimals(value.value), at);
    case 'list':
      return listToText(cx, value, at);
    default:
      return null;
  }
}

/** Joins the items with spaces, except after an item that is an empty list, as Nix does. */
function listToText(
  cx: Evaluation,
  value: ListValue,
  at: Origin | null,
): StringValue | UnknownValue | FailureValue {
  const pieces: StringPiece[] = [];
  for (const [index, item] of value.items.entries()) {
    cx.step();
    if (item.kind === 'spread') addText(pieces, item.of, '…');
    else {
      const text = toText(cx, item, true, at);
      if (text.kind === 'failure') return text;
      addText(pieces, text, '…');
      const inner = cx.force(item);
      if (inner.kind === 'list' && inner.items.length === 0) continue;
    }
    if (index < value.items.length - 1) pieces.push({ text: ' ', source: null });
  }
  return stringOf(pieces, at);
}

/** Returns a float as C's `%f` writes it: six decimals, ties to even. */
function sixDecimals(value: number): string {
  if (Number.isNaN(value)) return value < 0 ? '-nan' : 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`;
  const text = value.toFixed(6);
  const twice = Math.abs(value) * 2e6;
  const tie = Number.isInteger(value * 128) && Number.isSafeInteger(twice) && twice % 2 === 1;
  if (tie && Number(text.at(-1)) % 2 === 1)
    return (Math.sign(value) * (Math.floor(twice / 2) / 1e6)).toFixed(6);
  return Object.is(value, -0) ? '-0.000000' : text;
}

/** Returns a computed attribute name, or null if the attribute is left out. */
export function dynamicName(
  cx: Evaluation,
  expr: Expr,
  scope: Scope,
): StringValue | NullValue | UnknownValue | FailureValue {
  if (expr.kind === 'string') {
    return stringLiteral(expr, scope) ?? interpolate(cx, expr.parts, scope, originOf(expr, scope));
  }
  const value = cx.resolve(cx.evaluate(expr, scope));
  const origin = originOf(expr, scope);
  if (value.kind === 'string' || value.kind === 'failure') return value;
  if (value.kind === 'null') return nullValue(origin);
  if (value.kind === 'unknown') {
    // A name that is not written yet is no name with a hole.
    if (expr.kind === 'error') return value;
    return stringOf([{ hole: value, source: scope.file.text.slice(expr.start, expr.end) }], origin);
  }
  return failure('type', `value is ${typeName(value)} while a string was expected`, origin);
}
