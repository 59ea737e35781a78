/** Builtins for numbers and types. */
import { bool, int, string } from '../eval/construct.ts';
import { arithmetic } from '../eval/operators.ts';
import type { BuiltinContext, Lazy, Origin, Value } from '../eval/value.ts';
import { asFloat, asInt, stop } from './arguments.ts';
import { because, fn1, fn2, type Result, type Table } from './define.ts';

function operator(name: string, sign: string) {
  return fn2(name, (cx, left, right, at) => arithmetic(sign, cx.resolve(left), cx.resolve(right), at));
}

function bits(name: string, combine: (a: bigint, b: bigint) => bigint) {
  return fn2(name, (cx, left, right, at) => {
    const a = asInt(cx, left, at);
    if (a.kind !== 'int') return stop(a);
    const b = asInt(cx, right, at);
    return b.kind === 'int' ? int(combine(a.value, b.value), at) : stop(b);
  });
}

function rounding(name: string, round: (value: number) => number) {
  return fn1(name, (cx, number, at) => {
    const value = asFloat(cx, number, at);
    if (value.kind !== 'float') return stop(value);
    const rounded = round(value.value);
    if (Number.isSafeInteger(rounded)) return int(BigInt(rounded), at);
    const reason = 'a number too large to be rounded';
    return because({ kind: 'unknown', reason, key: reason, term: null, candidates: null, origin: at });
  });
}

const NAMES: Partial<Record<Value['kind'], string>> = {
  null: 'null',
  bool: 'bool',
  int: 'int',
  float: 'float',
  string: 'string',
  path: 'path',
  list: 'list',
  attrs: 'set',
  lambda: 'lambda',
  builtin: 'lambda',
};

function question(name: string, type: string) {
  return fn1(name, (cx, lazy, at) => {
    const value = cx.resolve(lazy);
    if (value.kind === 'unknown' || value.kind === 'failure') return stop(value);
    return bool(NAMES[value.kind] === type, at);
  });
}

function lessThan(cx: BuiltinContext, left: Lazy, right: Lazy, at: Origin | null): Result {
  const answer = cx.less(left, right, at);
  if (typeof answer === 'boolean') return bool(answer, at);
  if (answer !== null) return answer;
  for (const side of [cx.resolve(left), cx.resolve(right)]) if (side.kind === 'unknown') return because(side);
  const reason = 'a value inside what is compared';
  return because({ kind: 'unknown', reason, key: reason, term: null, candidates: null, origin: at });
}

export const NUMBERS: Table = {
  add: operator('add', '+'),
  sub: operator('sub', '-'),
  mul: operator('mul', '*'),
  div: operator('div', '/'),
  bitAnd: bits('bitAnd', (a, b) => a & b),
  bitOr: bits('bitOr', (a, b) => a | b),
  bitXor: bits('bitXor', (a, b) => a ^ b),
  ceil: rounding('ceil', Math.ceil),
  floor: rounding('floor', Math.floor),
  lessThan: fn2('lessThan', lessThan),
  isNull: question('isNull', 'null'),
  isBool: question('isBool', 'bool'),
  isInt: question('isInt', 'int'),
  isFloat: question('isFloat', 'float'),
  isString: question('isString', 'string'),
  isPath: question('isPath', 'path'),
  isList: question('isList', 'list'),
  isAttrs: question('isAttrs', 'set'),
  isFunction: question('isFunction', 'lambda'),
  typeOf: fn1('typeOf', (cx, lazy, at) => {
    const value = cx.resolve(lazy);
    if (value.kind === 'unknown' || value.kind === 'failure') return stop(value);
    return string(NAMES[value.kind] as string, at);
  }),
};
