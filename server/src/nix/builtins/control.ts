/** Builtins that control evaluation: failures, `tryEval`, `seq`, `genericClosure`. */

import { attr, attrs, bool, display, failure, list, perhaps, unknown } from '../eval/construct.ts';
import { isTolerated, lazyKey } from '../eval/identity.ts';
import { thunk } from '../eval/thunks.ts';
import type {
  BuiltinContext,
  FailureKind,
  FailureValue,
  Lazy,
  Origin,
  UnknownValue,
  Value,
} from '../eval/value.ts';
import { asAttrs, asList, field, stop } from './arguments.ts';
import { because, fn1, fn2, type Result, type Table } from './define.ts';
import { wholeList } from './list-parts.ts';

/** Returns a failure with the author's text, with unknown parts shown as written. */
export function fail(cx: BuiltinContext, kind: FailureKind, text: Lazy, at: Origin | null): Value {
  const message = cx.toText(text, false, at);
  if (message.kind === 'failure') return message;
  return failure(kind, message.kind === 'string' ? display(message) : '…', at);
}

function tryEval(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const value = cx.resolve(lazy);
  if (value.kind === 'failure') {
    if (value.failure !== 'throw' && value.failure !== 'assert') return value;
    return outcome(bool(false, at), bool(false, at), at);
  }
  const doubt = value.kind === 'unknown' ? value : passedOver(value);
  if (doubt === null) return outcome(bool(true, at), value, at);
  const success = perhaps(doubt, [bool(true, at), bool(false, at)], at, 'tryEval success');
  return outcome(success, perhaps(doubt, [value, bool(false, at)], at, 'tryEval value'), at);
}

function outcome(success: Value, value: Value, at: Origin | null): Value {
  return attrs(
    new Map([
      ['success', attr(success, at)],
      ['value', attr(value, at)],
    ]),
    at,
  );
}

/** Returns the failure that was ignored in making a value, or null if there was none. */
function passedOver(value: Value): UnknownValue | null {
  if (value.kind === 'attrs') return value.open !== null && isTolerated(value.open) ? value.open : null;
  if (value.kind !== 'list') return null;
  for (const item of value.items) if (item.kind === 'spread' && isTolerated(item.of)) return item.of;
  return null;
}

/** Returns `b` after `a` has been evaluated. */
function after(first: Value | null, second: Lazy, cx: BuiltinContext, at: Origin | null): Result {
  if (first?.kind === 'failure') return first;
  if (first?.kind === 'unknown') return perhaps(first, [second], at, 'seq');
  return cx.resolve(second);
}

/** Returns the first failure in a value, else the first unknown, else null. Forces everything once. */
function deepForce(
  cx: BuiltinContext,
  lazy: Lazy,
  seen: Set<object> = new Set(),
): FailureValue | UnknownValue | null {
  const value = cx.resolve(lazy);
  if (value.kind === 'failure' || value.kind === 'unknown') return value;
  if ((value.kind !== 'attrs' && value.kind !== 'list') || seen.has(value)) return null;
  seen.add(value);
  let doubt: UnknownValue | null = value.kind === 'attrs' ? value.open : null;
  const inside = value.kind === 'attrs' ? [...value.entries.values()].map(entry => entry.value) : value.items;
  for (const item of inside) {
    cx.step();
    const problem = item.kind === 'spread' ? item.of : deepForce(cx, item, seen);
    if (problem?.kind === 'failure') return problem;
    doubt ??= problem;
  }
  return doubt;
}

function genericClosure(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const set = asAttrs(cx, lazy, at);
  if (set.kind !== 'attrs') return stop(set);
  const start = asList(
    cx,
    thunk(() => field(cx, set, 'startSet', at)),
    at,
  );
  if (start.kind !== 'list') return stop(start);
  const first = wholeList(start);
  if ('kind' in first) return because(first);
  const operator = thunk(() => field(cx, set, 'operator', at));
  const queue = [...first];
  const keys: Lazy[] = [];
  const reached: Lazy[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    const key = field(cx, item, 'key', at);
    if (key.kind === 'failure' || key.kind === 'unknown') return stop(key);
    const seenBefore = isKnown(cx, keys, key, at);
    if (seenBefore === true) continue;
    if (seenBefore !== false) return seenBefore;
    keys.push(key);
    reached.push(item);
    const next = asList(cx, cx.apply(operator, item, at), at);
    if (next.kind !== 'list') return stop(next);
    const items = wholeList(next);
    if ('kind' in items) return because(items);
    for (const candidate of items) queue.push(candidate);
  }
  return list(reached, at);
}

/** Returns whether a key is among others. Keys are compared by order, as in Nix; keys without an order are rejected. */
function isKnown(cx: BuiltinContext, keys: readonly Lazy[], key: Value, at: Origin | null): boolean | Result {
  for (const other of keys) {
    cx.step();
    const before = cx.less(other, key, at);
    const behind = before === false ? cx.less(key, other, at) : before;
    if (before === null || behind === null)
      return because(unknown('the key of an element', lazyKey(key), at));
    if (typeof before !== 'boolean') return before;
    if (typeof behind !== 'boolean') return behind;
    if (!before && !behind) return true;
  }
  return false;
}

export const CONTROL: Table = {
  throw: fn1('throw', (cx, text, at) => fail(cx, 'throw', text, at)),
  abort: fn1('abort', (cx, text, at) => fail(cx, 'abort', text, at)),
  tryEval: fn1('tryEval', tryEval),
  seq: fn2('seq', (cx, first, second, at) => after(cx.resolve(first), second, cx, at)),
  deepSeq: fn2('deepSeq', (cx, first, second, at) => after(deepForce(cx, first), second, cx, at)),
  trace: fn2('trace', (cx, message, value) => {
    const shown = cx.resolve(message);
    return shown.kind === 'failure' ? shown : cx.resolve(value);
  }),
  traceVerbose: fn2('traceVerbose', (cx, _, value) => cx.resolve(value)),
  warn: fn2('warn', (cx, message, value) => {
    const shown = cx.resolve(message);
    return shown.kind === 'failure' ? shown : cx.resolve(value);
  }),
  addErrorContext: fn2('addErrorContext', (cx, _, value) => cx.resolve(value)),
  break: fn1('break', (cx, value) => cx.resolve(value)),
  genericClosure: fn1('genericClosure', genericClosure),
  unsafeGetAttrPos: fn2('unsafeGetAttrPos', (_cx, name, set, at) =>
    because(unknown('the position of an attribute', `position(${lazyKey(name)},${lazyKey(set)})`, at)),
  ),
  scopedImport: fn2('scopedImport', (_cx, scope, path, at) =>
    because(unknown('a file imported with a scope of its own', `${lazyKey(scope)} ${lazyKey(path)}`, at)),
  ),
};
