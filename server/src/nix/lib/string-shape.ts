/** nixpkgs `lib.strings`: prefixes and suffixes of a text, its parts, and escaping. */
import { holeIn, stop } from '../builtins/arguments.ts';
import { because, fn1, type Result } from '../builtins/define.ts';
import { dropStart, knownHead, knownTail, mapCharacters, takeStart } from '../builtins/text.ts';
import { bool, list, string, stringOf } from '../eval/construct.ts';
import type { BuiltinContext, Lazy, Origin, StringPiece, StringValue } from '../eval/value.ts';

/** Returns whether a text begins with a prefix, or null if a hole hides that. */
export function startsWith(value: StringValue, prefix: string): boolean | null {
  const head = knownHead(value);
  if (value.text !== null || head.length >= prefix.length) return head.startsWith(prefix);
  return prefix.startsWith(head) ? null : false;
}

export function endsWith(value: StringValue, suffix: string): boolean | null {
  const tail = knownTail(value);
  if (value.text !== null || tail.length >= suffix.length) return tail.endsWith(suffix);
  return suffix.endsWith(tail) ? null : false;
}

/**
 * Returns whether a text with unknown characters (\0 for each character of a hash) has another text at an offset, or
 * null if that is unknown.
 */
function isAt(text: string, at: number, other: string): boolean | null {
  let answer: boolean | null = true;
  for (let i = 0; i < other.length; i++) {
    const character = text[at + i];
    if (character === '\0' && /[0-9a-z]/.test(other[i] ?? '')) answer = null;
    else if (character !== other[i]) return false;
  }
  return answer;
}

/** Returns whether a path of the workspace begins with a prefix, or null if that is unknown. */
export function pathStartsWith(text: string, prefix: string): boolean | null {
  return isAt(text, 0, prefix);
}

export function pathEndsWith(text: string, suffix: string): boolean | null {
  return suffix.length > text.length ? false : isAt(text, text.length - suffix.length, suffix);
}

export function pathContains(text: string, infix: string): boolean | null {
  let answer: boolean | null = false;
  for (let at = 0; at + infix.length <= text.length; at++) {
    const is = isAt(text, at, infix);
    if (is === true) return true;
    if (is === null) answer = null;
  }
  return answer;
}

export function answer(value: StringValue, is: boolean | null, at: Origin | null): Result {
  return is === null ? because(holeIn(value)) : bool(is, at);
}

export function contains(value: StringValue, infix: string): boolean | null {
  if (value.text !== null) return value.text.includes(infix);
  return value.pieces.some(piece => !('hole' in piece) && piece.text.includes(infix)) ? true : null;
}

/** Returns the parts between separators, each with its place in the source. */
export function splitString(
  cx: BuiltinContext,
  separator: string,
  value: StringValue,
  at: Origin | null,
): Result {
  if (value.text === null) return because(holeIn(value));
  const { text } = value;
  if (separator === '')
    return list(
      ['', ...text, ''].map(character => string(character, at)),
      at,
    );
  const parts: Lazy[] = [];
  let start = 0;
  for (;;) {
    cx.step();
    const end = text.indexOf(separator, start);
    const stretch = dropStart(value, start);
    parts.push(end < 0 ? stretch : takeStart(stretch, end - start));
    if (end < 0) return list(parts, at);
    start = end + separator.length;
  }
}

export function mapped(name: string, change: (text: string) => string) {
  return fn1(name, (cx, lazy, at) => {
    const value = cx.toText(lazy, false, at);
    return value.kind === 'string' ? mapCharacters(value, name, change) : stop(value);
  });
}

/** Returns a function that puts a backslash before each of the characters. */
export function escaping(name: string, characters: string, before = '\\') {
  const set = new Set(characters);
  return mapped(name, text => [...text].map(c => (set.has(c) ? before + c : c)).join(''));
}

export function replaced(name: string, table: Readonly<Record<string, string>>) {
  return mapped(name, text => [...text].map(c => table[c] ?? c).join(''));
}

/** Quotes a word for Bash, unless it consists of harmless characters only. */
export function shellArgument(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const value = cx.toText(lazy, true, at);
  if (value.kind !== 'string') return stop(value);
  if (value.text !== null && /^[A-Za-z0-9,._+:@%/-]+$/.test(value.text)) return value;
  const quote: StringPiece = { text: "'", source: null };
  // Whether a text with holes needs quotes depends on the content of the holes.
  if (
    value.text === null &&
    value.pieces.every(piece => 'hole' in piece || /^[A-Za-z0-9,._+:@%/-]*$/.test(piece.text))
  )
    return because(holeIn(value));
  const inner = mapCharacters(value, 'escapeShellArg', text => text.replaceAll("'", "'\\''"));
  return stringOf([quote, ...inner.pieces, quote], at);
}
