/** Reads expansions: `$x`, `${x:-word}`, `$(…)`, backquotes, `$((…))`. */
import type { Statement, VariablePart, Word, WordPart } from '../syntax.ts';
import { arithmeticEnd, readArithmetic } from './read-arithmetic.ts';
import {
  advance,
  type Cursor,
  closeBraces,
  doubt,
  fail,
  MAX_DEPTH,
  matches,
  skipRest,
  within,
} from './read-cursor.ts';
import { textParts } from './text-parts.ts';
import { mapped, unescaped } from './unescaped.ts';

const NAME = /[A-Za-z_]\w*|[0-9*@#?!$-]/y;

/** Reads the expansion at a `$`, or returns `null` if the `$` is plain text. */
export function readDollar(cursor: Cursor, quoted: boolean): WordPart | null {
  const { text, at: start } = cursor;
  const after = text.charAt(start + 1);
  if (after === '(') {
    if (text.charAt(start + 2) === '(') {
      const part = readArithmeticExpansion(cursor);
      if (part !== null) return part;
    }
    cursor.at = start + 2;
    const body = readCommands(cursor, start);
    return { kind: 'command', body, quoted, start, end: cursor.at };
  }
  if (after === '{') return readBraces(cursor, quoted);
  if (after === '[') {
    const end = text.indexOf(']', start);
    if (end === -1 || /[\n'"`]/.test(text.slice(start, end))) {
      cursor.at++;
      return null;
    }
    cursor.at = end + 1;
    return { kind: 'arithmetic', ...readArithmetic(cursor, start + 2, end), start, end: end + 1 };
  }
  NAME.lastIndex = start + 1;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) {
    cursor.at++;
    return null;
  }
  const end = start + 1 + name.length;
  cursor.at = end;
  const nameAt = { start: start + 1, end };
  return {
    kind: 'variable',
    name: cursor.script.text.slice(start + 1, end),
    nameAt,
    quoted,
    operator: null,
    fallback: null,
    subscript: null,
    inner: [],
    start,
    end,
  };
}

/** Reads `$((…))`, or returns `null` if it is a subshell in a command substitution. */
function readArithmeticExpansion(cursor: Cursor): WordPart | null {
  const { at: start } = cursor;
  cursor.at = start + 1;
  if (!closeBraces(cursor, 2)) {
    doubt(cursor);
    const end = arithmeticEnd(cursor, start + 1);
    if (end === null) return null;
    cursor.at = end;
  }
  const { at: end } = cursor;
  return { kind: 'arithmetic', ...readArithmetic(cursor, start + 3, end - 2), start, end };
}

/** Reads commands up to the closing parenthesis. The cursor is after the opening one, which is at `start`. */
export function readCommands(cursor: Cursor, start: number): Statement[] {
  if (cursor.depth >= MAX_DEPTH) {
    const { at } = cursor;
    skipRest(cursor);
    return [{ kind: 'unreadable', start: at, end: cursor.at }];
  }
  cursor.depth++;
  const wasRight = cursor.error === null;
  // Here-documents inside are read before those of the surrounding line.
  const outer = cursor.heredocs;
  cursor.heredocs = [];
  const body = cursor.reader.list(cursor, at => matches(at, ')'), true, false);
  if (cursor.heredocs.length > 0 && wasRight) cursor.uncertain = true;
  cursor.heredocs = [...outer, ...cursor.heredocs];
  cursor.depth--;
  const { text, at } = cursor;
  if (matches(cursor, ')')) cursor.at++;
  else if (at >= text.length) fail(cursor, start, start + 2, 'This `$(` is not closed.');
  else fail(cursor, at, at + 1, `Bash does not expect \`${text.charAt(at)}\` here.`);
  return body;
}

export function readBackquotes(cursor: Cursor, quoted: boolean): WordPart {
  const { text, at: start } = cursor;
  let end = start + 1;
  let isEscaped = false;
  for (; end < text.length && text.charAt(end) !== '`'; end++) {
    if (text.charAt(end) !== '\\') continue;
    isEscaped = true;
    end++;
  }
  if (end >= text.length) {
    fail(cursor, start, start + 1, 'This backquote is not closed.');
    return { kind: 'command', body: [], quoted, start, end: text.length };
  }
  cursor.at = end + 1;
  const range = { start: start + 1, end };
  const unreadable: Statement[] = [{ kind: 'unreadable', ...range }];
  const part = (body: readonly Statement[]): WordPart => ({
    kind: 'command',
    body,
    quoted,
    start,
    end: end + 1,
  });
  if (cursor.depth >= MAX_DEPTH) {
    doubt(cursor);
    return part(unreadable);
  }
  const all = (inside: Cursor): Statement[] | null => {
    inside.depth++;
    const body = inside.reader.list(inside, () => false, true, false);
    return inside.at >= inside.text.length ? body : null;
  };
  if (!isEscaped) return part(within(cursor, start + 1, end, all) ?? unreadable);
  const { script, plain, offsets } = unescaped(cursor.script, cursor.text, range, quoted);
  const inside = { ...cursor, script, text: plain };
  const body = within(inside, 0, plain.length, all);
  return part(body === null ? unreadable : mapped(body, offsets));
}

const OPERATOR = /:[-=?+]|[-=?+]|##?|%%?|\/[/#%]?|\^\^?|,,?|@|:|\*/y;
const WITH_WORD: ReadonlySet<string> = new Set(['-', ':-', '=', ':=', '?', ':?', '+', ':+']);

/** Reads `${…}`. */
function readBraces(cursor: Cursor, quoted: boolean): VariablePart {
  const { text, script, at: start } = cursor;
  if (cursor.depth >= MAX_DEPTH) skipRest(cursor);
  else cursor.at = start + 2;
  cursor.depth++;
  let operator: string | null = readPrefix(cursor);
  const name = parameterAt(text, cursor.at);
  const nameAt = { start: cursor.at, end: cursor.at + name.length };
  cursor.at = nameAt.end;
  const inner: WordPart[] = [];
  const subscript = name === '' ? null : readSubscript(cursor, inner);
  OPERATOR.lastIndex = cursor.at;
  const written = name === '' ? undefined : OPERATOR.exec(text)?.[0];
  cursor.at += written?.length ?? 0;
  const from = cursor.at;
  const hasWord = operator === null && written !== undefined && WITH_WORD.has(written);
  operator ??= written ?? null;
  // In `${x@Q}` the letter belongs to the operator.
  const rest = readRest(cursor, start, hasWord && quoted);
  cursor.depth--;
  if (operator !== '@') inner.push(...rest);
  const end = cursor.at;
  const to = Math.max(from, end - 1);
  const empty: WordPart = { kind: 'text', text: '', quoted: true, start: from, end: to };
  const fallback: Word | null = hasWord
    ? { start: from, end: to, parts: rest.length > 0 ? rest : [empty] }
    : null;
  const place = name === '' ? { start, end } : nameAt;
  return {
    kind: 'variable',
    name: script.text.slice(place.start, place.end),
    nameAt: place,
    quoted,
    operator,
    fallback,
    subscript,
    inner: hasWord ? inner.slice(0, inner.length - rest.length) : inner,
    start,
    end,
  };
}

const PARAMETER = /[A-Za-z_]\w*|\d+|[*@#?!$-](?=[}[:=?+#%/^,@-])/y;

/** Returns the name of the parameter at an offset, or '' if there is none. */
function parameterAt(text: string, at: number): string {
  PARAMETER.lastIndex = at;
  return PARAMETER.exec(text)?.[0] ?? '';
}

/** Reads `#` or `!` before a name. Without a name after it, each is a parameter itself. */
function readPrefix(cursor: Cursor): 'length' | 'indirect' | null {
  const char = cursor.text.charAt(cursor.at);
  if ((char !== '#' && char !== '!') || !/[\w*@#?!$-]/.test(cursor.text.charAt(cursor.at + 1))) return null;
  // `${#-word}` and the like expand `$#`.
  if (/[-#?]/.test(cursor.text.charAt(cursor.at + 1)) && cursor.text.charAt(cursor.at + 2) !== '}')
    return null;
  cursor.at++;
  return char === '#' ? 'length' : 'indirect';
}

/**
 * Reads a subscript.
 * @param inner receives the parts of an index
 */
function readSubscript(cursor: Cursor, inner: WordPart[]): VariablePart['subscript'] {
  if (!matches(cursor, '[')) return null;
  cursor.at++;
  const { at: from, text } = cursor;
  const parts = cursor.reader.parts(cursor, false, char => char === ']' || char === '}' || char === '\n');
  if (!matches(cursor, ']')) return 'index';
  const index = text.slice(from, cursor.at);
  cursor.at++;
  if (index === '@' || index === '*') return index;
  inner.push(...parts);
  return 'index';
}

/**
 * Reads the text after an operator, up to the `}`.
 * @param isLiteral true where a single quote does not quote
 */
function readRest(cursor: Cursor, start: number, isLiteral: boolean): WordPart[] {
  const { text, script } = cursor;
  const parts: WordPart[] = [];
  let from = cursor.at;
  while (cursor.at < text.length) {
    const { at } = cursor;
    const char = text.charAt(at);
    if (char === '}') {
      if (from < at) parts.push(...textParts(script, from, at, 'none'));
      cursor.at++;
      return parts;
    }
    let read: readonly WordPart[] | null = null;
    if (char === "'") {
      // Whether a single quote quotes here depends on the context of the whole expansion.
      doubt(cursor);
      if (isLiteral || text.indexOf("'", at + 1) === -1) advance(cursor, 1);
      else read = cursor.reader.unit(cursor);
    } else read = cursor.reader.unit(cursor);
    if (read === null) continue;
    if (from < at) parts.push(...textParts(script, from, at, 'none'));
    parts.push(...read);
    from = cursor.at;
  }
  fail(cursor, start, start + 2, 'This `${` is not closed.');
  return parts;
}
