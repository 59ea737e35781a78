/** Reads the arguments of functions: returns a value of the expected type, or the reason why there is none. */
import { failure, float, string, typeName, unknown } from '../eval/construct.ts';
import { boundedKey, lazyKey } from '../eval/identity.ts';
import type {
  AttrsValue,
  BoolValue,
  BuiltinContext,
  FailureValue,
  FloatValue,
  IntValue,
  Lazy,
  ListValue,
  Origin,
  StringValue,
  UnknownValue,
  Value,
} from '../eval/value.ts';
import { because, type Result } from './define.ts';

/** The reason why there is no value of the expected type. */
export type Stop = UnknownValue | FailureValue;

export function stop(value: Stop): Result {
  return value.kind === 'unknown' ? because(value) : value;
}

function wrongType(value: Value, expected: string, at: Origin | null): Stop {
  if (value.kind === 'unknown' || value.kind === 'failure') return value;
  return failure('type', `value is ${typeName(value)} while ${expected} was expected`, at);
}

export function asList(cx: BuiltinContext, lazy: Lazy, at: Origin | null): ListValue | Stop {
  const value = cx.resolve(lazy);
  return value.kind === 'list' ? value : wrongType(value, 'a list', at);
}

export function asAttrs(cx: BuiltinContext, lazy: Lazy, at: Origin | null): AttrsValue | Stop {
  const value = cx.resolve(lazy);
  return value.kind === 'attrs' ? value : wrongType(value, 'a set', at);
}

/** Returns a string, possibly with holes, without coercion. */
export function asString(cx: BuiltinContext, lazy: Lazy, at: Origin | null): StringValue | Stop {
  const value = cx.resolve(lazy);
  return value.kind === 'string' ? value : wrongType(value, 'a string', at);
}

/** Returns a string whose text is fully known. */
export function asText(cx: BuiltinContext, lazy: Lazy, at: Origin | null): KnownText | Stop {
  return known(asString(cx, lazy, at));
}

export interface KnownText extends StringValue {
  readonly text: string;
}

/** Rejects strings with holes, with the first hole as the reason. */
export function known(value: StringValue | Stop): KnownText | Stop {
  if (value.kind !== 'string') return value;
  return value.text !== null ? (value as KnownText) : holeIn(value);
}

/** Returns the first hole of a string with holes. */
export function holeIn(value: StringValue): UnknownValue {
  for (const piece of value.pieces) if ('hole' in piece) return piece.hole;
  return unknown('a text with unknown parts', lazyKey(value), value.origin);
}

/** Coerces to text as most functions do: strings, paths, and sets that convert to text. */
export function coercedText(cx: BuiltinContext, lazy: Lazy, at: Origin | null): KnownText | Stop {
  return known(cx.toText(lazy, false, at));
}

export function asBool(cx: BuiltinContext, lazy: Lazy, at: Origin | null): BoolValue | Stop {
  const value = cx.resolve(lazy);
  return value.kind === 'bool' ? value : wrongType(value, 'a Boolean', at);
}

export function asInt(cx: BuiltinContext, lazy: Lazy, at: Origin | null): IntValue | Stop {
  const value = cx.resolve(lazy);
  return value.kind === 'int' ? value : wrongType(value, 'an integer', at);
}

export function asFloat(cx: BuiltinContext, lazy: Lazy, at: Origin | null): FloatValue | Stop {
  const value = cx.resolve(lazy);
  if (value.kind === 'int') return float(Number(value.value), value.origin) as FloatValue;
  return value.kind === 'float' ? value : wrongType(value, 'a float', at);
}

/** Rejects values that certainly cannot be called. An unknown value may be a function. */
export function asFunction(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Value | FailureValue {
  const value = cx.resolve(lazy);
  if (
    value.kind === 'lambda' ||
    value.kind === 'builtin' ||
    value.kind === 'attrs' ||
    value.kind === 'unknown'
  )
    return value;
  return value.kind === 'failure' ? value : (wrongType(value, 'a function', at) as FailureValue);
}

/** Selects `set.name` for a builtin's own use, so that no selection is recorded. */
export function field(cx: BuiltinContext, set: Lazy, name: string, at: Origin | null): Value {
  const value = cx.select(set, name, null);
  return value.kind === 'failure' && value.origin === null ? { ...value, origin: at } : value;
}

/** Returns an attribute's name as a string that knows its place in the source. */
export function nameString(name: string, at: Origin | null): StringValue {
  const written = at === null ? null : at.file.text.slice(at.start, at.end);
  const offset = written === name ? 0 : written === `"${name}"` ? 1 : -1;
  if (at === null || offset < 0 || name === '') return string(name, at);
  const source = { origin: at, map: [0, at.start + offset], start: 0 };
  return { kind: 'string', text: name, pieces: [{ text: name, source }], origin: at };
}

/** Returns an arbitrary element of an unknown list. Only for guesses, since no two elements need be equal. */
export function elementOf(unknownList: UnknownValue): UnknownValue {
  return unknown(unknownList.reason, boundedKey(`${unknownList.key}[]`), unknownList.origin);
}
