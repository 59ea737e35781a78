/**
 * `toJSON` and `fromJSON`. Versions of Nix write some floats differently; only those that all write alike are known.
 */
import { compareBytes } from '../bytes.ts';
import {
  attr,
  attrs,
  bool,
  failure,
  float,
  int,
  list,
  nullValue,
  string,
  typeName,
  unknown,
} from '../eval/construct.ts';
import type { Attr, BuiltinContext, FailureValue, Lazy, Origin, UnknownValue, Value } from '../eval/value.ts';
import { asText, known, stop } from './arguments.ts';
import { hiddenNames } from './attr-parts.ts';
import { because, fn1, type Result, type Table } from './define.ts';

type Text = string | UnknownValue | FailureValue;

function toJson(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Text {
  cx.step();
  const value = cx.resolve(lazy);
  switch (value.kind) {
    case 'unknown':
    case 'failure':
      return value;
    case 'null':
      return 'null';
    case 'bool':
    case 'int':
      return String(value.value);
    case 'float':
      return floatToJson(value.value, at);
    case 'string': {
      const text = known(value);
      return text.kind === 'string' ? quoted(text.text, at) : text;
    }
    case 'path':
      return unknown('where the path lies in the store', `path:${value.text}`, at);
    case 'list': {
      const items: string[] = [];
      for (const item of value.items) {
        const text = item.kind === 'spread' ? item.of : toJson(cx, item, at);
        if (typeof text !== 'string') return text;
        items.push(text);
      }
      return `[${items.join(',')}]`;
    }
    case 'attrs':
      return attrsToJson(cx, value, at);
    default:
      return failure('type', `cannot convert ${typeName(value)} to JSON`, at);
  }
}

function attrsToJson(cx: BuiltinContext, value: Extract<Value, { kind: 'attrs' }>, at: Origin | null): Text {
  const hidden = hiddenNames(value);
  if (hidden !== null) return hidden;
  if (value.entries.has('__toString')) {
    const text = cx.toText(value, false, at);
    return text.kind === 'string' ? toJson(cx, text, at) : text;
  }
  const outPath = value.entries.get('outPath');
  if (outPath !== undefined) return toJson(cx, outPath.value, at);
  const members: string[] = [];
  for (const name of [...value.entries.keys()].sort(compareBytes)) {
    const key = quoted(name, at);
    const text = toJson(cx, (value.entries.get(name) as Attr).value, at);
    if (typeof key !== 'string') return key;
    if (typeof text !== 'string') return text;
    members.push(`${key}:${text}`);
  }
  return `{${members.join(',')}}`;
}

function quoted(text: string, at: Origin | null): Text {
  // Versions of Nix escape these two differently.
  if (/[\b\f]/.test(text)) return unknown('a control character in JSON', `json ${text}`, at);
  return JSON.stringify(text);
}

/** Writes a float. Old versions of Nix write six digits and drop `.0`; new ones write all digits and keep it. */
function floatToJson(value: number, at: Origin | null): Text {
  const text = String(value);
  const alike = Number(value.toPrecision(6)) === value && !Number.isInteger(value) && !text.includes('e');
  return alike && Math.abs(value) >= 1e-4 ? text : unknown('how a float is written', `json ${text}`, at);
}

class NotJson extends Error {}

/** A strict JSON parser that reads integers exactly, unlike JavaScript's own. */
class JsonReader {
  private at = 0;
  constructor(
    private readonly text: string,
    private readonly origin: Origin | null,
    private readonly cx: BuiltinContext,
  ) {}

  whole(): Value {
    const value = this.value(0);
    this.blank();
    if (this.at < this.text.length) throw new NotJson();
    return value;
  }

  private blank(): void {
    while (' \t\n\r'.includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at++;
  }

  private take(token: string): boolean {
    this.blank();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private value(depth: number): Value {
    this.cx.step();
    if (depth > 400) throw new NotJson();
    if (this.take('{')) return this.members(depth);
    if (this.take('[')) return this.items(depth);
    if (this.take('null')) return nullValue(this.origin);
    if (this.take('true')) return bool(true, this.origin);
    if (this.take('false')) return bool(false, this.origin);
    this.blank();
    return this.text.charAt(this.at) === '"' ? string(this.string(), this.origin) : this.number();
  }

  private members(depth: number): Value {
    const entries = new Map<string, Attr>();
    if (!this.take('}')) {
      do {
        this.blank();
        const name = this.string();
        if (!this.take(':')) throw new NotJson();
        entries.set(name, attr(this.value(depth + 1), this.origin));
      } while (this.take(','));
      if (!this.take('}')) throw new NotJson();
    }
    return attrs(entries, this.origin);
  }

  private items(depth: number): Value {
    const items: Value[] = [];
    if (!this.take(']')) {
      do items.push(this.value(depth + 1));
      while (this.take(','));
      if (!this.take(']')) throw new NotJson();
    }
    return list(items, this.origin);
  }

  private string(): string {
    const pattern = /"(?:[^"\\]|\\.)*"/y;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) throw new NotJson();
    this.at = pattern.lastIndex;
    try {
      return JSON.parse(match[0]) as string;
    } catch {
      // Rejects control characters and unknown escapes, for which JavaScript's own parser is as strict as Nix's.
      throw new NotJson();
    }
  }

  private number(): Value {
    const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) throw new NotJson();
    this.at = pattern.lastIndex;
    if (match[1] !== undefined || match[2] !== undefined) return float(Number(match[0]), this.origin);
    const value = BigInt(match[0]);
    if (BigInt.asIntN(64, value) === value) return int(value, this.origin);
    return unknown('an integer that overflows', match[0], this.origin);
  }
}

/** Returns the value of a JSON text. */
export function fromJson(cx: BuiltinContext, text: string, at: Origin | null): Result {
  // Versions of Nix read unpaired surrogates and NUL differently.
  if (/\\u(?:d[89ab]|dc|0000)/i.test(text)) return because(unknown('rare characters in JSON', 'json', at));
  try {
    return new JsonReader(text, at, cx).whole();
  } catch (error) {
    if (error instanceof NotJson) return failure('other', 'the text is not valid JSON', at);
    throw error;
  }
}

export const JSON_FUNCTIONS: Table = {
  toJSON: fn1('toJSON', (cx, value, at) => {
    const text = toJson(cx, value, at);
    return typeof text === 'string' ? string(text, at) : stop(text);
  }),
  fromJSON: fn1('fromJSON', (cx, lazy, at) => {
    const text = asText(cx, lazy, at);
    return text.kind === 'string' ? fromJson(cx, text.text, at) : stop(text);
  }),
};
