/** Reads words: quotes, and the text between them. */
import type { Word, WordPart } from '../syntax.ts';
import { withBraces } from './braces.ts';
import { advance, type Cursor, doubt, fail, readEnd, skipBlanks } from './read-cursor.ts';
import { readBackquotes, readCommands, readDollar } from './read-expansions.ts';
import { ansiText, textParts } from './text-parts.ts';

const NOT_CLOSED = 'This quote is not closed.';

const ASSIGNED = /^[A-Za-z_]\w*(\[.*\])?\+?=$/s;

/** Reads the word at the cursor and expands its braces. */
export function readWord(cursor: Cursor): Word {
  const { at: start } = cursor;
  const parts = readParts(cursor, true, endsWord);
  return { start, end: Math.max(start, readEnd(cursor)), parts: withBraces(parts) };
}

/** Reads the word after `=`, in which no array begins. */
export function readValue(cursor: Cursor): Word {
  const { at: start } = cursor;
  const parts = readParts(cursor, false, endsWord);
  return { start, end: Math.max(start, readEnd(cursor)), parts: withBraces(parts) };
}

function endsWord(char: string): boolean {
  return /[ \t\n;&|)]/.test(char);
}

/** Reads up to an unquoted character that `ends` accepts, or to the end of the word. */
export function readParts(cursor: Cursor, mayHoldList: boolean, ends: (char: string) => boolean): WordPart[] {
  const { text, script, at: start } = cursor;
  const parts: WordPart[] = [];
  let from = start;
  const flush = (to: number): void => {
    if (from < to) parts.push(...textParts(script, from, to, 'none'));
  };
  while (cursor.at < text.length) {
    const { at } = cursor;
    const char = text.charAt(at);
    if (ends(char)) break;
    let read: readonly WordPart[] | null = null;
    if (char === '<' || char === '>') {
      if (text.charAt(at + 1) !== '(') break;
      cursor.at += 2;
      const body = readCommands(cursor, at);
      read = [{ kind: 'process', body, start: at, end: cursor.at }];
    } else if (char === '(') {
      if (/[?*+@!]/.test(text.charAt(at - 1)) && at > start) {
        // Bash reads extended patterns only where they are enabled.
        doubt(cursor);
        skipParentheses(cursor);
        continue;
      }
      if (!mayHoldList || !ASSIGNED.test(text.slice(start, at))) break;
      for (const word of readArray(cursor).words) parts.push(...word.parts);
      from = cursor.at;
      continue;
    } else read = readUnit(cursor);
    if (read === null) continue;
    flush(at);
    parts.push(...read);
    from = cursor.at;
  }
  // After an error the cursor is at the end of the text, which is not the end of the word.
  if (cursor.resume === null) flush(readEnd(cursor));
  return parts;
}

function skipParentheses(cursor: Cursor): void {
  const { text } = cursor;
  let depth = 0;
  for (; cursor.at < text.length; advance(cursor, 1)) {
    const char = text.charAt(cursor.at);
    if (char === '\n') return;
    if (char === '\\') advance(cursor, 1);
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) {
      cursor.at++;
      return;
    }
  }
}

/** Reads one character, quoted section or expansion. Returns `null` for a character of plain text. */
export function readUnit(cursor: Cursor): readonly WordPart[] | null {
  const { text, at } = cursor;
  switch (text.charAt(at)) {
    case '\\':
      advance(cursor, 2);
      return null;
    case "'":
      return readSingle(cursor);
    case '"':
      return readDouble(cursor);
    case '`':
      return [readBackquotes(cursor, false)];
    case '$': {
      const after = text.charAt(at + 1);
      if (after === "'") return readAnsi(cursor);
      if (after === '"') {
        cursor.at++;
        return readDouble(cursor);
      }
      const part = readDollar(cursor, false);
      return part === null ? null : [part];
    }
    default:
      cursor.at++;
      return null;
  }
}

function readSingle(cursor: Cursor): readonly WordPart[] {
  const { at: start } = cursor;
  const end = cursor.text.indexOf("'", start + 1);
  if (end === -1) {
    fail(cursor, start, start + 1, NOT_CLOSED);
    return [];
  }
  cursor.at = end + 1;
  return textParts(cursor.script, start + 1, end, 'single', { start, end: end + 1 });
}

function readAnsi(cursor: Cursor): readonly WordPart[] {
  const { text, at: start } = cursor;
  for (let at = start + 2; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === "'") {
      cursor.at = at + 1;
      return [ansiText(cursor.script, start, at + 1)];
    }
  }
  fail(cursor, start, start + 2, NOT_CLOSED);
  return [];
}

function readDouble(cursor: Cursor): readonly WordPart[] {
  const { at: start } = cursor;
  cursor.at++;
  const parts = readQuoted(cursor, 'double');
  if (cursor.text.charAt(cursor.at) !== '"') {
    fail(cursor, start, start + 1, NOT_CLOSED);
    return [];
  }
  cursor.at++;
  if (parts.length > 0) return parts;
  return [{ kind: 'text', text: '', quoted: true, start, end: cursor.at }];
}

/** Reads text with expansions up to the closing quote or the end. */
export function readQuoted(cursor: Cursor, quoting: 'double' | 'heredoc'): WordPart[] {
  const { text, script } = cursor;
  const parts: WordPart[] = [];
  let from = cursor.at;
  while (cursor.at < text.length) {
    const { at } = cursor;
    const char = text.charAt(at);
    if (char === '"' && quoting === 'double') break;
    let part: WordPart | null = null;
    if (char === '\\') advance(cursor, 2);
    else if (char === '`') part = readBackquotes(cursor, true);
    else if (char === '$') part = readDollar(cursor, true);
    else cursor.at++;
    if (part === null) continue;
    if (from < at) parts.push(...textParts(script, from, at, quoting));
    parts.push(part);
    from = cursor.at;
  }
  if (from < cursor.at && cursor.resume === null) parts.push(...textParts(script, from, cursor.at, quoting));
  return parts;
}

const SUBSCRIPTED = /\[[^\]\n]{0,200}\]\+?=/y;

/** The words of `a=(…)`. */
export interface List {
  readonly words: readonly Word[];
  /** True if a word has a subscript. */
  readonly keyed: boolean;
}

/** Reads the array at the parenthesis after `a=`. */
export function readArray(cursor: Cursor): List {
  const words: Word[] = [];
  let keyed = false;
  const start = cursor.at++;
  for (;;) {
    while (/[ \t\n]/.test(cursor.text.charAt(cursor.at))) cursor.at++;
    skipBlanks(cursor);
    if (cursor.at >= cursor.text.length) {
      fail(cursor, start, start + 1, 'This `(` is not closed.', cursor.text.length);
      return { words, keyed };
    }
    const char = cursor.text.charAt(cursor.at);
    if (char === '\n') continue;
    if (char === ')') {
      cursor.at++;
      return { words, keyed };
    }
    const before = cursor.at;
    SUBSCRIPTED.lastIndex = before;
    if (SUBSCRIPTED.test(cursor.text)) {
      cursor.at = SUBSCRIPTED.lastIndex;
      keyed = true;
    }
    words.push(readWord(cursor));
    if (cursor.at === before) {
      doubt(cursor);
      cursor.at++;
    }
  }
}
