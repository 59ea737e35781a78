/**
 * Builtins for strings. Like Nix they count bytes of UTF-8; a result that would contain half a character is unknown.
 */
import { sliceOfBytes, utf8Length } from '../bytes.ts';
import { attrs, failure, int, list, string, stringOf, unknown } from '../eval/construct.ts';
import { boundedKey, lazyKey } from '../eval/identity.ts';
import { addText } from '../eval/strings.ts';
import type {
  BuiltinContext,
  FailureValue,
  Lazy,
  Origin,
  StringPiece,
  StringValue,
  UnknownValue,
} from '../eval/value.ts';
import { type HashName, hexHash } from '../hash.ts';
import { asInt, asList, asString, asText, coercedText, holeIn, stop } from './arguments.ts';
import { because, fn1, fn2, fn3, type Result, type Table } from './define.ts';
import { wholeList } from './list-parts.ts';
import { baseNameOf, dirOf, toPath } from './path-names.ts';
import { dropStart, isAscii, knownHead, mapCharacters, takeStart } from './text.ts';
import { compareVersions, versionParts } from './versions.ts';

/**
 * Joins the texts of list items with a separator. An unknown number of items becomes a single hole, including the
 * separators around it.
 */
export function joinTexts(
  cx: BuiltinContext,
  separator: StringValue,
  items: readonly (Lazy | { readonly kind: 'spread'; readonly of: UnknownValue })[],
  textOf: (item: Lazy, index: number) => StringValue | UnknownValue | FailureValue,
  at: Origin | null,
): StringValue | FailureValue {
  const pieces: StringPiece[] = [];
  let between = false;
  for (const [index, item] of items.entries()) {
    cx.step();
    if (item.kind === 'spread') {
      const key = boundedKey(`join(${lazyKey(separator)},${item.of.key})`);
      pieces.push({ hole: { ...item.of, key, term: null, candidates: null }, source: '…' });
      between = false;
      continue;
    }
    const text = textOf(item, index);
    if (text.kind === 'failure') return text;
    if (between) for (const piece of separator.pieces) pieces.push(piece);
    addText(pieces, text, '…');
    between = true;
  }
  return stringOf(pieces, at);
}

export function concatStringsSep(cx: BuiltinContext, sep: Lazy, xs: Lazy, at: Origin | null): Result {
  const separator = asString(cx, sep, at);
  if (separator.kind === 'failure') return separator;
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  if (separator.kind === 'unknown') return because(separator);
  return joinTexts(cx, separator, value.items, item => cx.toText(item, false, at), at);
}

function substring(
  cx: BuiltinContext,
  startLazy: Lazy,
  lengthLazy: Lazy,
  text: Lazy,
  at: Origin | null,
): Result {
  const startValue = asInt(cx, startLazy, at);
  if (startValue.kind !== 'int') return stop(startValue);
  if (startValue.value < 0n) return failure('other', "negative start position in 'substring'", at);
  const lengthValue = asInt(cx, lengthLazy, at);
  if (lengthValue.kind !== 'int') return stop(lengthValue);
  const value = cx.toText(text, false, at);
  if (value.kind !== 'string') return stop(value);
  const start = Number(startValue.value);
  const length = lengthValue.value < 0n ? Number.POSITIVE_INFINITY : Number(lengthValue.value);
  const head = knownHead(value);
  if (isAscii(head) && (value.text !== null || start + length <= head.length)) {
    if (start >= head.length) return string('', at);
    return takeStart(dropStart(value, start), Math.min(length, head.length - start));
  }
  if (start === 0 && length === Number.POSITIVE_INFINITY) return value;
  if (isAscii(head) && start <= head.length && length === Number.POSITIVE_INFINITY)
    return dropStart(value, start);
  if (value.text === null) return because(holeIn(value));
  const cut = sliceOfBytes(value.text, start, length === Number.POSITIVE_INFINITY ? 2 ** 40 : length);
  return cut === null ? because(unknown('half a character', lazyKey(value), at)) : string(cut, at);
}

function textList(cx: BuiltinContext, lazy: Lazy, at: Origin | null): string[] | Result {
  const value = asList(cx, lazy, at);
  if (value.kind !== 'list') return stop(value);
  const items = wholeList(value);
  if ('kind' in items) return because(items);
  const texts: string[] = [];
  for (const item of items) {
    cx.step();
    const text = asText(cx, item, at);
    if (text.kind !== 'string') return stop(text);
    texts.push(text.text);
  }
  return texts;
}

export function replaceStrings(
  cx: BuiltinContext,
  from: Lazy,
  to: Lazy,
  text: Lazy,
  at: Origin | null,
): Result {
  const olds = textList(cx, from, at);
  if (!Array.isArray(olds)) return olds as Result;
  const news = asList(cx, to, at);
  if (news.kind !== 'list') return stop(news);
  const replacements = wholeList(news);
  if ('kind' in replacements) return because(replacements);
  if (replacements.length !== olds.length)
    return failure('other', "'from' and 'to' arguments to 'replaceStrings' have different lengths", at);
  const value = asString(cx, text, at);
  if (value.kind !== 'string') return stop(value);
  const fixed = (index: number) => asText(cx, replacements[index] as Lazy, at);
  if (value.text === null) return replaceInPieces(cx, olds, fixed, value, at);
  if (olds.includes('') && !isAscii(value.text))
    return because(unknown('text cut into bytes', lazyKey(value), at));
  const pieces: string[] = [];
  const stopped = replaceInto(cx, olds, fixed, value.text, pieces);
  if (stopped !== null) return stopped;
  // Older versions of Nix evaluate all replacements, newer ones only those that are used.
  const bad = replacements.some(to => cx.speculate(to).kind !== 'string');
  return bad
    ? because(unknown('a replacement that is not used', lazyKey(to), at))
    : string(pieces.join(''), at);
}

type Replacement = (index: number) => StringValue | UnknownValue | FailureValue;

/**
 * Replaces as Nix does: at each place the first match among `olds` wins; an empty string matches everywhere and
 * consumes nothing.
 */
function replaceInto(
  cx: BuiltinContext,
  olds: readonly string[],
  replacement: Replacement,
  text: string,
  pieces: string[],
): Result | null {
  for (let p = 0; p <= text.length; ) {
    cx.step();
    const index = olds.findIndex(old => text.startsWith(old, p));
    if (index < 0) {
      pieces.push(text.charAt(p));
      p++;
      continue;
    }
    const to = replacement(index);
    if (to.kind !== 'string') return stop(to);
    pieces.push(to.text as string);
    const old = olds[index] as string;
    if (old === '') pieces.push(text.charAt(p));
    p += old === '' ? 1 : old.length;
  }
  return null;
}

/** Replaces single characters on both sides of holes, whose content need not be known for that. */
function replaceInPieces(
  cx: BuiltinContext,
  olds: readonly string[],
  replacement: Replacement,
  value: StringValue,
  at: Origin | null,
): Result {
  const single = olds.every(old => old.length === 1);
  if (!single) return because(holeIn(value));
  const table = new Map<string, string>();
  for (const [index, old] of olds.entries()) {
    const to = replacement(index);
    if (to.kind !== 'string') return stop(to);
    if (!table.has(old)) table.set(old, to.text as string);
  }
  cx.step(value.pieces.length);
  const name = `replace ${JSON.stringify([...table])}`;
  return {
    ...mapCharacters(value, name, text => [...text].map(c => table.get(c) ?? c).join('')),
    origin: at,
  };
}

const HASHES: readonly HashName[] = ['md5', 'sha1', 'sha256', 'sha512'];

function hashString(cx: BuiltinContext, kind: Lazy, text: Lazy, at: Origin | null): Result {
  const type = asText(cx, kind, at);
  if (type.kind !== 'string') return stop(type);
  const name = HASHES.find(hash => hash === type.text);
  if (name === undefined) return failure('other', `unknown hash type '${type.text}'`, at);
  const value = asText(cx, text, at);
  if (value.kind !== 'string') return stop(value);
  return string(hexHash(name, value.text), at);
}

export const STRINGS: Table = {
  concatStringsSep: fn2('concatStringsSep', concatStringsSep),
  replaceStrings: fn3('replaceStrings', replaceStrings),
  substring: fn3('substring', substring),
  hashString: fn2('hashString', hashString),
  baseNameOf: fn1('baseNameOf', baseNameOf),
  dirOf: fn1('dirOf', dirOf),
  toPath: fn1('toPath', toPath),
  toString: fn1('toString', (cx, value, at) => {
    const text = cx.toText(value, true, at);
    return text.kind === 'string' ? text : stop(text);
  }),
  stringLength: fn1('stringLength', (cx, text, at) => {
    const value = coercedText(cx, text, at);
    return value.kind === 'string' ? int(BigInt(utf8Length(value.text)), at) : stop(value);
  }),
  unsafeDiscardStringContext: fn1('unsafeDiscardStringContext', (cx, text, at) => {
    const value = cx.toText(text, false, at);
    return value.kind === 'string' ? value : stop(value);
  }),
  hasContext: fn1('hasContext', (cx, text, at) => {
    const value = asText(cx, text, at);
    return value.kind === 'string' ? { kind: 'bool', value: false, origin: at } : stop(value);
  }),
  getContext: fn1('getContext', (cx, text, at) => {
    const value = asText(cx, text, at);
    return value.kind === 'string' ? attrs(new Map(), at) : stop(value);
  }),
  splitVersion: fn1('splitVersion', (cx, text, at) => {
    const value = asText(cx, text, at);
    if (value.kind !== 'string') return stop(value);
    return list(
      versionParts(value.text).map(part => string(part, at)),
      at,
    );
  }),
  compareVersions: fn2('compareVersions', (cx, left, right, at) => {
    const a = asText(cx, left, at);
    if (a.kind !== 'string') return stop(a);
    const b = asText(cx, right, at);
    if (b.kind !== 'string') return stop(b);
    return int(BigInt(compareVersions(a.text, b.text)), at);
  }),
  parseDrvName: fn1('parseDrvName', (cx, text, at) => {
    const value = asText(cx, text, at);
    if (value.kind !== 'string') return stop(value);
    const dash = value.text.search(/-[^a-zA-Z]/);
    const name = dash < 0 ? value.text : value.text.slice(0, dash);
    const version = dash < 0 ? '' : value.text.slice(dash + 1);
    return attrs(
      new Map([
        ['name', { value: string(name, at), at, optional: false }],
        ['version', { value: string(version, at), at, optional: false }],
      ]),
      at,
    );
  }),
};
