/** nixpkgs `lib.strings`. Strings keep their holes wherever the function can be applied around them. */

import { asBool, asInt, asList, asString, asText, holeIn, stop } from '../builtins/arguments.ts';
import { because, fn1, fn2, fn3, type Result, type Table } from '../builtins/define.ts';
import { readText } from '../builtins/files.ts';
import { JSON_FUNCTIONS } from '../builtins/json.ts';
import { settled } from '../builtins/list-parts.ts';
import { PATTERNS } from '../builtins/patterns.ts';
import { concatStringsSep, joinTexts, replaceStrings, STRINGS } from '../builtins/strings.ts';
import { dropEnd, dropStart, mapCharacters } from '../builtins/text.ts';
import { compareVersions } from '../builtins/versions.ts';
import { utf8Length } from '../bytes.ts';
import { bool, failure, int, list, perhaps, string, stringOf } from '../eval/construct.ts';
import { textOfPath } from '../eval/paths.ts';
import { addText } from '../eval/strings.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, Origin, StringPiece, StringValue } from '../eval/value.ts';
import { mapAttrsToList } from './attrs.ts';
import { indexed } from './list-slices.ts';
import { LIB_PACKAGES } from './packages.ts';
import {
  answer,
  contains,
  endsWith,
  escaping,
  mapped,
  pathContains,
  pathEndsWith,
  pathStartsWith,
  replaced,
  shellArgument,
  splitString,
  startsWith,
} from './string-shape.ts';

/** Returns a function of two strings, the first of which must be known. */
function onText(
  name: string,
  run: (cx: BuiltinContext, first: string, value: StringValue, at: Origin | null) => Result,
) {
  return fn2(name, (cx, a, b, at) => {
    const first = asText(cx, a, at);
    if (first.kind !== 'string') return stop(first);
    const value = cx.toText(b, false, at);
    return value.kind === 'string' ? run(cx, first.text, value, at) : stop(value);
  });
}

/** Returns a function that tests the beginning, the end or the content of a text or a path of the workspace. */
function shapeQuestion(
  ofText: (value: StringValue, part: string) => boolean | null,
  ofPath: (text: string, part: string) => boolean | null,
) {
  return (cx: BuiltinContext, part: string, value: StringValue, at: Origin | null): Result => {
    const path = value.text === null ? textOfPath(value, cx.files) : null;
    return answer(value, path === null ? ofText(value, part) : ofPath(path, part), at);
  };
}

function optionalString(cx: BuiltinContext, condition: Lazy, text: Lazy, at: Origin | null): Result {
  const holds = asBool(cx, condition, at);
  if (holds.kind === 'failure') return holds;
  if (holds.kind === 'bool') return holds.value ? cx.resolve(text) : string('', at);
  const hole = perhaps(holds, [text, string('', at)], at, 'optionalString');
  return stringOf([{ hole, source: '…' }], at);
}

function mapJoined(cx: BuiltinContext, separator: Lazy, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const sep = asString(cx, separator, at);
  if (sep.kind !== 'string') return stop(sep);
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  return joinTexts(cx, sep, value.items, item => cx.toText(cx.apply(f, item, at), false, at), at);
}

function imapJoined(cx: BuiltinContext, separator: Lazy, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const sep = asString(cx, separator, at);
  if (sep.kind !== 'string') return stop(sep);
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const items = indexed(cx, value.items, 1, (index, item) => cx.applyAll(f, [index, item], at));
  return joinTexts(cx, sep, items, item => cx.toText(item, false, at), at);
}

function toInt(cx: BuiltinContext, lazy: Lazy, base10: boolean, at: Origin | null): Result {
  const value = asText(cx, lazy, at);
  if (value.kind !== 'string') return stop(value);
  const match = /^\s*(-?)([0-9]+)\s*$/.exec(value.text);
  const digits = match?.[2] ?? '';
  const ambiguous = !base10 && digits.length > 1 && digits.startsWith('0');
  if (match === null || ambiguous)
    return failure('throw', `toInt: Could not convert ${JSON.stringify(value.text)} to int.`, at);
  return int(BigInt(`${match[1]}${digits}`), at);
}

function fixedWidth(
  cx: BuiltinContext,
  width: Lazy,
  filler: string,
  text: string,
  at: Origin | null,
): Result {
  const wanted = asInt(cx, width, at);
  if (wanted.kind !== 'int') return stop(wanted);
  const missing = Number(wanted.value) - utf8Length(text);
  if (missing < 0) return failure('throw', `fixedWidthString: requested string length ${wanted.value}`, at);
  cx.step(missing);
  return string(missing === 0 ? text : filler.repeat(missing) + text, at);
}

const EMPTY = string('', null);

const SPACE = string(' ', null);

const NEWLINE: StringPiece = { text: '\n', source: null };

function older(
  cx: BuiltinContext,
  left: Lazy,
  right: Lazy,
  use: (order: number) => boolean,
  at: Origin | null,
): Result {
  const a = asText(cx, left, at);
  if (a.kind !== 'string') return stop(a);
  const b = asText(cx, right, at);
  return b.kind === 'string' ? bool(use(compareVersions(b.text, a.text)), at) : stop(b);
}

export const LIB_STRINGS: Table = {
  ...STRINGS,
  ...PATTERNS,
  ...JSON_FUNCTIONS,
  ...LIB_PACKAGES,
  replaceChars: fn3('replaceChars', replaceStrings),
  concatStrings: fn1('concatStrings', (cx, xs, at) => concatStringsSep(cx, EMPTY, xs, at)),
  concatMapStrings: fn2('concatMapStrings', (cx, f, xs, at) => mapJoined(cx, EMPTY, f, xs, at)),
  concatMapStringsSep: fn3('concatMapStringsSep', mapJoined),
  concatImapStrings: fn2('concatImapStrings', (cx, f, xs, at) => imapJoined(cx, EMPTY, f, xs, at)),
  concatImapStringsSep: fn3('concatImapStringsSep', imapJoined),
  concatMapAttrsStringSep: fn3('concatMapAttrsStringSep', (cx, sep, f, set, at) =>
    concatStringsSep(cx, sep, settled(mapAttrsToList(cx, f, set, at)), at),
  ),
  concatLines: fn1('concatLines', (cx, xs, at) => {
    const value = asList(cx, xs, at);
    if (value.kind !== 'list') return stop(value);
    const line = (item: Lazy) => {
      const text = cx.toText(item, false, at);
      if (text.kind === 'failure') return text;
      const pieces: StringPiece[] = [];
      addText(pieces, text, '…');
      return stringOf([...pieces, NEWLINE], at);
    };
    return joinTexts(cx, EMPTY, value.items, line, at);
  }),
  intersperse: fn2('intersperse', (cx, separator, xs, at) => {
    const value = asList(cx, xs, at);
    if (value.kind !== 'list') return stop(value);
    const spread = value.items.find(item => item.kind === 'spread');
    if (spread?.kind === 'spread') return because(spread.of);
    return list(
      value.items.flatMap((item, index) => (index === 0 ? [item] : [separator, item])),
      at,
    );
  }),
  hasPrefix: onText('hasPrefix', shapeQuestion(startsWith, pathStartsWith)),
  hasSuffix: onText('hasSuffix', shapeQuestion(endsWith, pathEndsWith)),
  hasInfix: onText('hasInfix', shapeQuestion(contains, pathContains)),
  removePrefix: onText('removePrefix', (_cx, prefix, value) => {
    const is = startsWith(value, prefix);
    return is === null ? because(holeIn(value)) : is ? dropStart(value, prefix.length) : value;
  }),
  removeSuffix: onText('removeSuffix', (_cx, suffix, value) => {
    const is = endsWith(value, suffix);
    return is === null ? because(holeIn(value)) : is ? dropEnd(value, suffix.length) : value;
  }),
  splitString: onText('splitString', splitString),
  toLower: mapped('toLower', text => text.replace(/[A-Z]/g, c => c.toLowerCase())),
  toUpper: mapped('toUpper', text => text.replace(/[a-z]/g, c => c.toUpperCase())),
  stringToCharacters: fn1('stringToCharacters', (cx, lazy, at) => {
    const value = asText(cx, lazy, at);
    if (value.kind !== 'string') return stop(value);
    cx.step(value.text.length);
    return list(
      [...value.text].map(character => string(character, at)),
      at,
    );
  }),
  stringAsChars: fn2('stringAsChars', (cx, f, lazy, at) => {
    const value = asText(cx, lazy, at);
    if (value.kind !== 'string') return stop(value);
    const characters = [...value.text].map(character => string(character, at));
    return joinTexts(cx, EMPTY, characters, item => cx.toText(cx.apply(f, item, at), false, at), at);
  }),
  escape: fn2('escape', (cx, xs, text, at) => {
    const characters = asList(cx, xs, at);
    if (characters.kind !== 'list') return stop(characters);
    const before = (item: Lazy) =>
      thunk(() => {
        const character = asText(cx, item, at);
        return character.kind === 'string' ? string(`\\${character.text}`, at) : character;
      });
    const escaped = characters.items.map(item => (item.kind === 'spread' ? item : before(item)));
    return replaceStrings(cx, characters, list(escaped, at), text, at);
  }),
  escapeShellArg: fn1('escapeShellArg', shellArgument),
  escapeShellArgs: fn1('escapeShellArgs', (cx, xs, at) => {
    const value = asList(cx, xs, at);
    if (value.kind !== 'list') return stop(value);
    const quoted = (item: Lazy) => settled(shellArgument(cx, item, at)) as StringValue;
    return joinTexts(cx, SPACE, value.items, quoted, at);
  }),
  escapeNixString: fn1('escapeNixString', (cx, text, at) => {
    const json = cx.apply(JSON_FUNCTIONS.toJSON as Lazy, text, at);
    if (json.kind !== 'string') return json;
    return mapCharacters(json, 'escapeNixString', part => part.replaceAll('$', '\\$'));
  }),
  escapeRegex: escaping('escapeRegex', '\\[{()^$?*+|.'),
  escapeXML: replaced('escapeXML', { '"': '&quot;', "'": '&apos;', '<': '&lt;', '>': '&gt;', '&': '&amp;' }),
  optionalString: fn2('optionalString', optionalString),
  toInt: fn1('toInt', (cx, text, at) => toInt(cx, text, false, at)),
  toIntBase10: fn1('toIntBase10', (cx, text, at) => toInt(cx, text, true, at)),
  fixedWidthString: fn3('fixedWidthString', (cx, width, filler, text, at) => {
    const fill = asText(cx, filler, at);
    if (fill.kind !== 'string') return stop(fill);
    const value = asText(cx, text, at);
    return value.kind === 'string' ? fixedWidth(cx, width, fill.text, value.text, at) : stop(value);
  }),
  fixedWidthNumber: fn2('fixedWidthNumber', (cx, width, number, at) => {
    const value = asInt(cx, number, at);
    return value.kind === 'int' ? fixedWidth(cx, width, '0', String(value.value), at) : stop(value);
  }),
  fileContents: fn1('fileContents', (cx, path, at) => {
    const text = readText(cx, path, at);
    return typeof text === 'string' ? string(text.endsWith('\n') ? text.slice(0, -1) : text, at) : text;
  }),
  trim: fn1('trim', (cx, lazy, at) => {
    const value = asText(cx, lazy, at);
    if (value.kind !== 'string') return stop(value);
    const start = value.text.length - value.text.replace(/^[ \t\r\n]+/, '').length;
    const kept = dropStart(value, start);
    return dropEnd(
      kept,
      (kept.text as string).length - (kept.text as string).replace(/[ \t\r\n]+$/, '').length,
    );
  }),
  versionOlder: fn2('versionOlder', (cx, a, b, at) => older(cx, a, b, order => order === 1, at)),
  versionAtLeast: fn2('versionAtLeast', (cx, a, b, at) => older(cx, a, b, order => order !== 1, at)),
  isStringLike: fn1('isStringLike', (cx, lazy, at) => {
    const value = cx.resolve(lazy);
    if (value.kind === 'unknown' || value.kind === 'failure') return stop(value);
    if (value.kind !== 'attrs') return bool(value.kind === 'string' || value.kind === 'path', at);
    const has = [cx.has(value, 'outPath'), cx.has(value, '__toString')];
    if (has.includes(true)) return bool(true, at);
    return has.includes(null) && value.open !== null ? because(value.open) : bool(false, at);
  }),
};
