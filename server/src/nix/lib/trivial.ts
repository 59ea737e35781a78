/** nixpkgs `lib.trivial` and related functions: functions on functions, warnings, sources. */

import { asBool, asInt, asText, stop } from '../builtins/arguments.ts';
import { ATTRS } from '../builtins/attrs.ts';
import { fail } from '../builtins/control.ts';
import { because, fn1, fn2, fn3, type Result, type Table } from '../builtins/define.ts';
import { readText } from '../builtins/files.ts';
import { fromJson } from '../builtins/json.ts';
import { settled } from '../builtins/list-parts.ts';
import { foldLeft, isElem } from '../builtins/lists.ts';
import { attr, attrs, bool, failure, int, perhaps, string, unknown } from '../eval/construct.ts';
import { lazyKey } from '../eval/identity.ts';
import { arithmetic } from '../eval/operators.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, Origin } from '../eval/value.ts';

/** Returns a function that returns `x`, or fails if its condition (or the opposite) holds. */
function guard(name: string, bad: boolean) {
  return fn3(name, (cx, condition, message, x, at) => {
    const isTrue = asBool(cx, condition, at);
    if (isTrue.kind === 'failure') return isTrue;
    if (isTrue.kind === 'unknown') return perhaps(isTrue, [x], at, name);
    return isTrue.value === bad ? fail(cx, 'throw', message, at) : cx.resolve(x);
  });
}

function warning(name: string) {
  return fn3(name, (cx, condition, _message, x, at) => {
    const isTrue = asBool(cx, condition, at);
    return isTrue.kind === 'failure' ? isTrue : cx.resolve(x);
  });
}

/** Returns a function that chooses one of two values by an order that may be unknown. */
function choice(name: string, first: boolean) {
  return fn2(name, (cx, x, y, at) => {
    const less = cx.less(x, y, at);
    if (less === null)
      return because(unknown('which of two values is less', `${lazyKey(x)},${lazyKey(y)}`, at), [x, y]);
    if (typeof less !== 'boolean') return less;
    return cx.resolve(less === first ? x : y);
  });
}

/** Returns whether a value can be applied: a function, or a set with a functor. */
export function isFunction(cx: BuiltinContext, f: Lazy, at: Origin | null): Result {
  const value = cx.resolve(f);
  if (value.kind === 'failure' || value.kind === 'unknown') return stop(value);
  if (value.kind !== 'attrs') return bool(value.kind === 'lambda' || value.kind === 'builtin', at);
  const has = cx.has(value, '__functor');
  return has === null
    ? because(value.open ?? unknown('whether a set is a function', lazyKey(value), at))
    : bool(has, at);
}

/** Returns the formals of a function, or of a set that declares them itself. */
function functionArgs(cx: BuiltinContext, f: Lazy, at: Origin | null): Result {
  const value = cx.resolve(f);
  if (value.kind !== 'attrs' || cx.has(value, '__functor') !== true)
    return cx.apply(ATTRS.functionArgs as Lazy, value, at);
  if (cx.has(value, '__functionArgs') === true) return cx.select(value, '__functionArgs', null);
  const functor = cx.delay(() => cx.select(value, '__functor', null));
  return functionArgs(
    cx,
    cx.delay(() => cx.apply(functor, value, at)),
    at,
  );
}

/** Returns the digits of a number in another base, most significant first, or null if nixpkgs rejects it. */
function digits(cx: BuiltinContext, lazy: Lazy, base: number, at: Origin | null): string | Result {
  const value = asInt(cx, lazy, at);
  if (value.kind !== 'int') return stop(value);
  if (value.value < 0n) return failure('assert', 'assertion failed', at);
  return value.value.toString(base).toUpperCase();
}

function logic(name: string, combine: (a: boolean, b: boolean) => boolean, decided: boolean | null) {
  return fn2(name, (cx, left, right, at) => {
    const a = asBool(cx, left, at);
    if (a.kind !== 'bool') return stop(a);
    if (a.value === decided) return bool(a.value, at);
    const b = asBool(cx, right, at);
    return b.kind === 'bool' ? bool(combine(a.value, b.value), at) : stop(b);
  });
}

function importJson(cx: BuiltinContext, path: Lazy, at: Origin | null): Result {
  const text = readText(cx, path, at);
  return typeof text === 'string' ? fromJson(cx, text, at) : text;
}

export const LIB_TRIVIAL: Table = {
  id: fn1('id', (cx, x) => cx.resolve(x)),
  const: fn2('const', (cx, x) => cx.resolve(x)),
  flip: fn3('flip', (cx, f, a, b, at) => cx.applyAll(f, [b, a], at)),
  pipe: fn2('pipe', (cx, start, functions, at) =>
    foldLeft(cx, (value, f) => cx.apply(f, value, at), start, functions, at),
  ),
  or: logic('or', (a, b) => a || b, true),
  and: logic('and', (a, b) => a && b, false),
  xor: logic('xor', (a, b) => a !== b, null),
  boolToString: fn1('boolToString', (cx, x, at) => {
    const value = asBool(cx, x, at);
    return value.kind === 'bool' ? string(String(value.value), at) : stop(value);
  }),
  boolToYesNo: fn1('boolToYesNo', (cx, x, at) => {
    const value = asBool(cx, x, at);
    return value.kind === 'bool' ? string(value.value ? 'yes' : 'no', at) : stop(value);
  }),
  mod: fn2('mod', (cx, left, right, at) => {
    const [a, b] = [cx.resolve(left), cx.resolve(right)];
    const times = arithmetic('/', a, b, at);
    return arithmetic('-', a, arithmetic('*', b, times, at), at);
  }),
  min: choice('min', true),
  max: choice('max', false),
  compare: fn2('compare', (cx, x, y, at) => {
    const less = cx.less(x, y, at);
    const more = less === false ? cx.less(y, x, at) : false;
    if (less === null || more === null)
      return because(unknown('which of two values is less', `${lazyKey(x)},${lazyKey(y)}`, at));
    if (typeof less !== 'boolean') return less;
    return typeof more === 'boolean' ? int(less ? -1n : more ? 1n : 0n, at) : more;
  }),
  bitNot: fn1('bitNot', (cx, x, at) => arithmetic('-', int(-1n, at), cx.resolve(x), at)),
  toHexString: fn1('toHexString', (cx, x, at) => {
    const text = digits(cx, x, 16, at);
    return typeof text === 'string' ? string(text, at) : text;
  }),
  defaultTo: fn2('defaultTo', (cx, fallback, maybe, at) => {
    const value = cx.resolve(maybe);
    if (value.kind === 'unknown') return perhaps(value, [value, fallback], at, 'defaultTo');
    return value.kind === 'null' ? cx.resolve(fallback) : value;
  }),
  mapNullable: fn2('mapNullable', (cx, f, maybe, at) => {
    const value = cx.resolve(maybe);
    if (value.kind === 'unknown') return because(value, [thunk(() => cx.apply(f, value, at))]);
    return value.kind === 'null' || value.kind === 'failure' ? value : cx.apply(f, value, at);
  }),
  warn: fn2('warn', (cx, _message, x) => cx.resolve(x)),
  info: fn2('info', (cx, _message, x) => cx.resolve(x)),
  warnIf: warning('warnIf'),
  warnIfNot: warning('warnIfNot'),
  showWarnings: fn2('showWarnings', (cx, _messages, x) => cx.resolve(x)),
  throwIf: guard('throwIf', true),
  throwIfNot: guard('throwIfNot', false),
  assertMsg: fn2('assertMsg', (cx, condition, message, at) => {
    const isTrue = asBool(cx, condition, at);
    if (isTrue.kind !== 'bool') return stop(isTrue);
    return isTrue.value ? isTrue : fail(cx, 'throw', message, at);
  }),
  assertOneOf: fn3('assertOneOf', (cx, name, value, choices, at) => {
    const isElement = settled(isElem(cx, value, choices, at));
    if (isElement.kind !== 'bool') return isElement;
    if (isElement.value) return isElement;
    const text = asText(cx, name, at);
    return failure(
      'throw',
      `${text.kind === 'string' ? text.text : '…'} must be one of the allowed values`,
      at,
    );
  }),
  isFunction: fn1('isFunction', isFunction),
  functionArgs: fn1('functionArgs', functionArgs),
  setFunctionArgs: fn2('setFunctionArgs', (_cx, f, args, at) => {
    const functor = fn1('__functor', inner => inner.resolve(f));
    return attrs(
      new Map([
        ['__functor', attr(functor, at)],
        ['__functionArgs', attr(args, at)],
      ]),
      at,
    );
  }),
  toFunction: fn1('toFunction', (cx, v, at) => {
    const is = settled(isFunction(cx, v, at));
    if (is.kind !== 'bool') return is;
    return is.value ? cx.resolve(v) : fn1('const', inner => inner.resolve(v));
  }),
  importJSON: fn1('importJSON', importJson),
  cleanSource: fn1('cleanSource', (cx, path) => cx.resolve(path)),
  cleanSourceWith: fn1('cleanSourceWith', (cx, args, at) => cx.select(args, 'src', at)),
  sourceByRegex: fn2('sourceByRegex', (cx, path) => cx.resolve(path)),
  sourceFilesBySuffices: fn2('sourceFilesBySuffices', (cx, path) => cx.resolve(path)),
};
