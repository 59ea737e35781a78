/** `match` and `split`. std::regex treats each byte of UTF-8 as a character. */
import { asByteString, fromByteString } from '../bytes.ts';
import { list, nullValue, string, unknown } from '../eval/construct.ts';
import type { BuiltinContext, Lazy, Origin, Value } from '../eval/value.ts';
import { asText, holeIn, stop } from './arguments.ts';
import { because, fn2, type Result, type Table } from './define.ts';
import { parseRegex } from './regex.ts';
import { type Match, matches, matchWhole } from './regex-match.ts';

class HalfCharacter extends Error {}

function piece(bytes: string, at: Origin | null): Value {
  const text = fromByteString(bytes);
  if (text === null) throw new HalfCharacter();
  return string(text, at);
}

function groupsOf(match: Match, text: string, at: Origin | null): Value {
  return list(
    match.groups.map(group =>
      group === null ? nullValue(at) : piece(text.slice(group.start, group.end), at),
    ),
    at,
  );
}

function withRegex(
  cx: BuiltinContext,
  pattern: Lazy,
  lazy: Lazy,
  at: Origin | null,
  use: (regex: NonNullable<ReturnType<typeof parseRegex>>, text: string) => Value,
): Result {
  const source = asText(cx, pattern, at);
  if (source.kind !== 'string') return stop(source);
  const text = cx.toText(lazy, false, at);
  if (text.kind !== 'string') return stop(text);
  if (text.text === null) return because(holeIn(text));
  const regex = parseRegex(asByteString(source.text));
  if (regex === null)
    return because(unknown('what a regular expression matches', `regex ${source.text}`, at));
  try {
    return use(regex, asByteString(text.text));
  } catch (error) {
    if (error instanceof HalfCharacter)
      return because(unknown('half a character', `regex ${source.text}`, at));
    throw error;
  }
}

export const PATTERNS: Table = {
  match: fn2('match', (cx, pattern, text, at) =>
    withRegex(cx, pattern, text, at, (regex, bytes) => {
      const match = matchWhole(regex, bytes, cx.step);
      return match === null ? nullValue(at) : groupsOf(match, bytes, at);
    }),
  ),
  split: fn2('split', (cx, pattern, text, at) =>
    withRegex(cx, pattern, text, at, (regex, bytes) => {
      const items: Value[] = [];
      let last = 0;
      for (const match of matches(regex, bytes, cx.step)) {
        items.push(piece(bytes.slice(last, match.start), at), groupsOf(match, bytes, at));
        last = match.end;
      }
      items.push(piece(bytes.slice(last), at));
      return list(items, at);
    }),
  ),
};
