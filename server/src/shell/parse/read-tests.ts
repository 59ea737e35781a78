/** Reads `[[ … ]]` as a flat list of words and operators. */
import type { Statement, Word } from '../syntax.ts';
import { type Cursor, doubt, fail, insideOf, MAX_AHEAD, skipBlanks, skipRest } from './read-cursor.ts';
import { readWord } from './read-words.ts';
import { textParts } from './text-parts.ts';

const CLOSE = /[ \t\n]\]\](?=[ \t\n;&|()<>]|$)/;

/** Reads the test at the cursor. Returns `null` if it has no known end or no content, and then skips its brackets. */
export function readTest(cursor: Cursor): Statement | null {
  const { text, at: start } = cursor;
  const limit = Math.min(text.length, start + MAX_AHEAD);
  if (limit < text.length && !CLOSE.test(text.slice(start, limit))) {
    doubt(cursor);
    return null;
  }
  const inside = insideOf(cursor, start + 2, limit);
  const { words, isClosed } = readWords(inside);
  if (!isClosed) {
    const { error } = inside;
    if (limit < text.length) skipRest(cursor);
    else if (error !== null) fail(cursor, error.start, error.end, error.message);
    else if (isCondition(words.map(word => text.slice(word.start, word.end))))
      fail(cursor, start, start + 2, 'This `[[` has no `]]`.');
    else {
      doubt(cursor);
      return null;
    }
    return { kind: 'unreadable', start, end: text.length };
  }
  if (words.length === 0) {
    doubt(cursor);
    return null;
  }
  if (inside.uncertain) doubt(cursor);
  cursor.at = inside.at;
  return { kind: 'test', start, end: inside.at, double: true, words };
}

const UNARY = /^-[a-zA-Z]$/;
const BINARY = /^(==?|!=|-(eq|ne|lt|le|gt|ge|nt|ot|ef))$/;

/**
 * Returns whether the words are a complete condition, after which Bash expects `]]`. In others it finds errors
 * earlier.
 */
function isCondition(words: readonly string[]): boolean {
  const from = words.findIndex(word => word !== '!');
  const [first, second, third, ...rest] = from === -1 ? [] : words.slice(from);
  if ([first, second, third].some(word => word !== undefined && /^[&|()<>]/.test(word))) return false;
  if (first === undefined || rest.length > 0) return false;
  if (second === undefined) return !UNARY.test(first);
  return UNARY.test(first) ? third === undefined : BINARY.test(second) && third !== undefined;
}

const OPERATOR = /&&|\|\||[()<>]/y;

/** Reads words up to the closing `]]`, which may also appear inside quotes before. */
function readWords(cursor: Cursor): { readonly words: Word[]; readonly isClosed: boolean } {
  const { text } = cursor;
  const words: Word[] = [];
  let isRegex = false;
  for (;;) {
    skipBlanks(cursor);
    const { at: start } = cursor;
    if (start >= text.length) return { words, isClosed: false };
    if (text.charAt(start) === '\n') {
      cursor.at++;
      continue;
    }
    OPERATOR.lastIndex = start;
    if (isRegex) words.push(readRegex(cursor));
    else if (OPERATOR.test(text) && !/^[<>]\(/.test(text.slice(start, start + 2))) {
      cursor.at = OPERATOR.lastIndex;
      const at = { start, end: cursor.at };
      words.push({
        ...at,
        parts: [{ kind: 'text', text: text.slice(at.start, at.end), quoted: false, ...at }],
      });
    } else {
      const word = readWord(cursor);
      if (text.slice(start, cursor.at) === ']]') return { words, isClosed: true };
      words.push(word);
    }
    if (cursor.at === start) cursor.at++;
    isRegex = text.slice(start, cursor.at) === '=~';
  }
}

/** Reads the pattern after `=~`, which may contain brackets and bars. */
function readRegex(cursor: Cursor): Word {
  const { text, script, at: start } = cursor;
  const parts: Word['parts'][number][] = [];
  let from = start;
  while (cursor.at < text.length && !/[ \t\n]/.test(text.charAt(cursor.at))) {
    const { at } = cursor;
    const read = cursor.reader.unit(cursor);
    if (read === null) continue;
    if (from < at) parts.push(...textParts(script, from, at, 'none'));
    parts.push(...read);
    from = cursor.at;
  }
  if (from < cursor.at) parts.push(...textParts(script, from, cursor.at, 'none'));
  return { start, end: cursor.at, parts };
}
