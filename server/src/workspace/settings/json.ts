/**
 * Parses JSON with the places of all values, so that a mistake in a settings file can be shown precisely, and a value
 * replaced without touching others. As strict as `JSON.parse`. Knows no settings.
 */
import type { Range } from '../../nix/syntax.ts';

export type JsonNode = JsonObject | JsonArray | JsonScalar;

interface JsonScalar extends Range {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}

interface JsonArray extends Range {
  readonly kind: 'array';
  readonly items: readonly JsonNode[];
}

export interface JsonObject extends Range {
  readonly kind: 'object';
  readonly members: readonly JsonMember[];
}

export interface JsonMember {
  readonly name: string;
  /** Including the quotes. */
  readonly key: Range;
  readonly value: JsonNode;
}

/** The reason why a text is not JSON, which continues "is not JSON: ", and its place. */
export interface JsonError extends Range {
  readonly reason: string;
}

/** Limit for nesting, which prevents a stack overflow. */
const MAX_DEPTH = 100;

/** Parses a text. Offsets are UTF-16 units from 0. */
export function readJson(text: string): { readonly root: JsonNode } | { readonly error: JsonError } {
  try {
    return { root: new Reader(text).document() };
  } catch (error) {
    if (error instanceof NotJson) return { error: error.error };
    throw error;
  }
}

/** Returns the value without places. The last of several members with the same name wins, as in `JSON.parse`. */
export function plainOf(node: JsonNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'array') return node.items.map(plainOf);
  // Built from entries, so that `__proto__` is an ordinary name.
  return Object.fromEntries(node.members.map(({ name, value }) => [name, plainOf(value)]));
}

/** Returns the member at a path of names, or `null` if there is none. */
export function memberAt(root: JsonNode, path: readonly string[]): JsonMember | null {
  let node = root;
  let current: JsonMember | null = null;
  for (const name of path) {
    if (node.kind !== 'object') return null;
    current = node.members.findLast(member => member.name === name) ?? null;
    if (current === null) return null;
    node = current.value;
  }
  return current;
}

class NotJson extends Error {
  constructor(readonly error: JsonError) {
    super(error.reason);
  }
}

/** A cursor over the text. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): JsonNode {
    const root = this.value(0);
    this.blank();
    if (this.at < this.text.length) this.fail('something follows the end of the value');
    return root;
  }

  private value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) this.fail('it is nested too deeply');
    this.blank();
    const char = this.text[this.at];
    if (char === '{') return this.object(depth);
    if (char === '[') return this.array(depth);
    if (char === '"') return this.string();
    return this.word();
  }

  private object(depth: number): JsonObject {
    const start = this.at++;
    const members: JsonMember[] = [];
    this.blank();
    if (this.take('}')) return { kind: 'object', start, end: this.at, members };
    do {
      this.blank();
      if (this.text[this.at] !== '"') this.fail('a name in double quotes is missing');
      const key = this.string();
      this.blank();
      if (!this.take(':')) this.fail('":" is missing');
      members.push({ name: String(key.value), key, value: this.value(depth + 1) });
      this.blank();
    } while (this.take(','));
    if (!this.take('}')) this.fail('"," or "}" is missing');
    return { kind: 'object', start, end: this.at, members };
  }

  private array(depth: number): JsonArray {
    const start = this.at++;
    const items: JsonNode[] = [];
    this.blank();
    if (this.take(']')) return { kind: 'array', start, end: this.at, items };
    do {
      items.push(this.value(depth + 1));
      this.blank();
    } while (this.take(','));
    if (!this.take(']')) this.fail('"," or "]" is missing');
    return { kind: 'array', start, end: this.at, items };
  }

  private string(): JsonScalar {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
    const match = this.match(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    if (match === null)
      this.fail('a string does not end on its line, or has an escape that JSON does not know');
    return this.scalar(match);
  }

  private word(): JsonScalar {
    const match = this.match(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (match === null) this.fail(this.at < this.text.length ? 'a value is missing' : 'it ends too early');
    return this.scalar(match);
  }

  private scalar(source: string): JsonScalar {
    return { kind: 'scalar', start: this.at - source.length, end: this.at, value: JSON.parse(source) };
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text)?.[0] ?? null;
    this.at += match?.length ?? 0;
    return match;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private blank(): void {
    this.match(/[ \t\r\n]*/y);
  }

  private fail(reason: string): never {
    // One character, which may be two UTF-16 units.
    const length = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0).length;
    const end = Math.min(this.text.length, this.at + length);
    throw new NotJson({ reason, start: Math.min(this.at, end), end });
  }
}
