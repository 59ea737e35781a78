/** Equality and order as in Nix, with null as a third answer for unknown. */

import { compareBytes } from '../bytes.ts';
import { failure, isClosed, stringKey, typeName } from './construct.ts';
import { speculating } from './cycles.ts';

import type { Evaluation } from './evaluation.ts';
import type { AttrsValue, FailureValue, Lazy, ListValue, Origin, StringValue, Value } from './value.ts';

type Answer = boolean | null | FailureValue;

export function equal(cx: Evaluation, leftLazy: Lazy, rightLazy: Lazy): Answer {
  cx.step();
  const left = cx.force(leftLazy);
  if (left.kind === 'failure') return left;
  const right = cx.force(rightLazy);
  if (right.kind === 'failure') return right;
  if (left.kind === 'unknown' || right.kind === 'unknown') return null;
  if ((left.kind === 'int' || left.kind === 'float') && (right.kind === 'int' || right.kind === 'float'))
    return numbers(left, right);
  if (isFunction(left) || isFunction(right)) return functions(left, right);
  if (left.kind === 'string' && right.kind === 'string') return sameText(left, right);
  if (left.kind === 'list' && right.kind === 'list') return lists(cx, left, right);
  if (left.kind === 'attrs' && right.kind === 'attrs') return sets(cx, left, right);
  if (left.kind !== right.kind) return false;
  if (left.kind === 'null') return true;
  return (
    (left as { value?: unknown; text?: unknown }).value === (right as { value?: unknown }).value &&
    (left as { text?: unknown }).text === (right as { text?: unknown }).text
  );
}

function isFunction(value: Value): boolean {
  return value.kind === 'lambda' || value.kind === 'builtin';
}

/**
 * Compares functions, which are never equal, except that a value equals itself in some places, such as inside lists.
 */
function functions(left: Value, right: Value): boolean | null {
  if (left.kind === 'lambda' && right.kind === 'lambda' && left.expr !== right.expr) return false;
  return isFunction(left) && isFunction(right) ? null : false;
}

function numbers(
  left: Extract<Value, { kind: 'int' | 'float' }>,
  right: Extract<Value, { kind: 'int' | 'float' }>,
): boolean {
  if (left.kind === 'int' && right.kind === 'int') return left.value === right.value;
  return Number(left.value) === Number(right.value);
}

/** Compares two strings. Strings with holes are equal if their holes are, and differ if their known ends do. */
export function sameText(left: StringValue, right: StringValue): boolean | null {
  if (left.text !== null && right.text !== null) return left.text === right.text;
  if (stringKey(left) === stringKey(right)) return true;
  const [a, b] = [knownEnds(left), knownEnds(right)];
  const head = Math.min(a.head.length, b.head.length);
  if (a.head.slice(0, head) !== b.head.slice(0, head)) return false;
  const tail = Math.min(a.tail.length, b.tail.length);
  if (a.tail.slice(a.tail.length - tail) !== b.tail.slice(b.tail.length - tail)) return false;
  return null;
}

function knownEnds(value: StringValue): { head: string; tail: string } {
  if (value.text !== null) return { head: value.text, tail: value.text };
  let head = '';
  for (const piece of value.pieces) {
    if ('hole' in piece) break;
    head += piece.text;
  }
  let tail = '';
  for (const piece of [...value.pieces].reverse()) {
    if ('hole' in piece) break;
    tail = piece.text + tail;
  }
  return { head, tail };
}

function lists(cx: Evaluation, left: ListValue, right: ListValue): Answer {
  const spread = [...left.items, ...right.items].some(item => item.kind === 'spread');
  if (spread) return null;
  if (left.items.length !== right.items.length) return false;
  for (const [index, item] of left.items.entries()) {
    const same = equal(cx, item as Lazy, right.items[index] as Lazy);
    if (same !== true) return same;
  }
  return true;
}

function sets(cx: Evaluation, left: AttrsValue, right: AttrsValue): Answer {
  if (!isClosed(left) || !isClosed(right) || hasOptional(left) || hasOptional(right)) return null;
  // Nix compares derivations by `outPath` only.
  if (left.entries.has('type') || right.entries.has('type')) return derivations(cx, left, right);
  if (left.entries.size !== right.entries.size) return false;
  return members(cx, left, right);
}

/**
 * Compares attributes. Nix stops at the first difference in an order of its own, so if one attribute differs and
 * another cannot be compared, the result is unknown.
 */
function members(cx: Evaluation, left: AttrsValue, right: AttrsValue): Answer {
  let different = false;
  let stopped: Answer = true;
  for (const [name, entry] of left.entries) {
    const other = right.entries.get(name);
    if (other === undefined) {
      different = true;
      continue;
    }
    const same = speculating(cx, () => equal(cx, entry.value, other.value));
    if (same === false) different = true;
    else if (same !== true) stopped = stopped === true ? same : null;
    if (different && stopped !== true) return null;
  }
  return different ? false : stopped;
}

function derivations(cx: Evaluation, left: AttrsValue, right: AttrsValue): Answer {
  const types = [left, right].map(set => {
    const type = set.entries.get('type');
    return type === undefined ? null : cx.force(type.value);
  });
  const [first, second] = types;
  if (first?.kind === 'failure') return first;
  if (first?.kind === 'unknown' || second?.kind === 'unknown') return null;
  if (second?.kind === 'failure' && first?.kind === 'string' && first.text === 'derivation') return second;
  if (types.every(type => type?.kind === 'string' && type.text === 'derivation')) {
    const [a, b] = [left.entries.get('outPath'), right.entries.get('outPath')];
    return a === undefined || b === undefined ? null : equal(cx, a.value, b.value);
  }
  return left.entries.size === right.entries.size ? members(cx, left, right) : false;
}

function hasOptional(set: AttrsValue): boolean {
  for (const entry of set.entries.values()) if (entry.optional) return true;
  return false;
}

export function less(cx: Evaluation, leftLazy: Lazy, rightLazy: Lazy, at: Origin | null): Answer {
  cx.step();
  const left = cx.force(leftLazy);
  if (left.kind === 'failure') return left;
  const right = cx.force(rightLazy);
  if (right.kind === 'failure') return right;
  if (left.kind === 'unknown' || right.kind === 'unknown') return null;
  if ((left.kind === 'int' || left.kind === 'float') && (right.kind === 'int' || right.kind === 'float')) {
    if (left.kind === 'int' && right.kind === 'int') return left.value < right.value;
    return Number(left.value) < Number(right.value);
  }
  if (left.kind === 'string' && right.kind === 'string')
    return left.text === null || right.text === null ? null : compareBytes(left.text, right.text) < 0;
  if (left.kind === 'path' && right.kind === 'path') return compareBytes(left.text, right.text) < 0;
  if (left.kind === 'list' && right.kind === 'list') return listLess(cx, left, right, at);
  return failure('type', `cannot compare ${typeName(left)} with ${typeName(right)}`, at);
}

function listLess(cx: Evaluation, left: ListValue, right: ListValue, at: Origin | null): Answer {
  for (let i = 0; ; i++) {
    const a = left.items[i];
    const b = right.items[i];
    if (a?.kind === 'spread' || b?.kind === 'spread') return null;
    if (b === undefined) return false;
    if (a === undefined) return true;
    const same = equal(cx, a, b);
    if (same === true) continue;
    return same === false ? less(cx, a, b, at) : same;
  }
}
