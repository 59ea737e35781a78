/** `[[ … ]]`: words and operators, flat. */
import type { Statement, Word } from '../syntax.ts';
import { type Cursor, doubt, MAX_AHEAD, skipBlanks, within } from './read-cursor.ts';
import { readWord } from './read-words.ts';
import { textParts } from './text-parts.ts';

const CLOSE = /[ \t\n]\]\](?=[ \t\n;&|)]|$)/;

/**
 * Reads the test at the cursor. @returns null if it does not end, or holds nothing: then Bash reads over its brackets
 */
export function readTest(cursor: Cursor): Statement | null {
  const { text, at: start } = cursor;
  const close = start + text.slice(start, start + MAX_AHEAD).search(CLOSE);
  if (close < start || text.slice(start + 2, close).trim() === '') {
    doubt(cursor);
    return null;
  }
  const end = close + 3;
  const words = within(cursor, start + 2, close, readWords);
  cursor.at = end;
  if (words === null) return { kind: 'unreadable', start, end };
  return { kind: 'test', start, end, double: true, words };
}

const OPERATOR = /&&|\|\||[()<>]/y;

function readWords(cursor: Cursor): Word[] {
  const { text } = cursor;
  const words: Word[] = [];
  let isRegex = false;
  for (;;) {
    skipBlanks(cursor);
    const { at: start } = cursor;
    if (start >= text.length) return words;
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
    } else words.push(readWord(cursor));
    if (cursor.at === start) cursor.at++;
    isRegex = text.slice(start, cursor.at) === '=~';
  }
}

/** Reads the pattern behind `=~`: brackets and bars belong to it. */
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
