/**
 * Simple commands and redirections of a script that is checked.
 */
import { type Cursor, closeQuotes, fail, giveUp, matches, skipBlanks } from './syntax-cursor.ts';
import { skipLines } from './syntax-lines.ts';
import { peekWord, readWord } from './syntax-words.ts';

/** Words that end a list and begin nothing. */
export const CLOSERS = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);

export function unexpected(cursor: Cursor): void {
  skipBlanks(cursor);
  const { text, at } = cursor;
  const operator = /^(&&|\|\||;;&|;;|;&|\|&|[;&|()<>\n])/.exec(text.slice(at, at + 3))?.[0];
  const length = operator?.length ?? Math.max(1, peekWord(cursor).length);
  if (at >= text.length) {
    fail(cursor, text.length, text.length, 'The script ends in the middle of a command.');
    return;
  }
  const shown = operator === '\n' ? 'the end of the line' : `\`${text.slice(at, at + length)}\``;
  fail(cursor, at, at + length, `Bash does not expect ${shown} here.`);
}

export function startsWord(cursor: Cursor): boolean {
  const { text, at } = cursor;
  if (/^[<>]\(/.test(text.slice(at, at + 2))) return true;
  return at < text.length && !/[;&|()<>\n \t]/.test(text.charAt(at));
}

/** @returns false if no `;` or `&` stands here */
export function readSeparator(cursor: Cursor): boolean {
  if (matches(cursor, ';;') || matches(cursor, ';&')) return false;
  if (!matches(cursor, ';') && (!matches(cursor, '&') || matches(cursor, '&&'))) return false;
  cursor.at++;
  return true;
}

export function readEmptyParentheses(cursor: Cursor): void {
  cursor.at++;
  skipBlanks(cursor);
  if (matches(cursor, ')')) cursor.at++;
  else unexpected(cursor);
}

export function readSimple(cursor: Cursor, first: string): void {
  if (CLOSERS.has(first)) {
    unexpected(cursor);
    return;
  }
  const { holes, at } = cursor;
  const hole = holes.find(one => one.start === at);
  // What stands there may be anything, an `if` or a quote too.
  if (hole && cursor.text.charAt(hole.end) !== '/') {
    giveUp(cursor);
    return;
  }
  let words = 0;
  let parts = 0;
  for (;;) {
    skipBlanks(cursor);
    if (readRedirect(cursor)) parts++;
    else if (startsWord(cursor)) {
      const from = cursor.at;
      readWord(cursor);
      const isAssignment = /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(cursor.text.slice(from, cursor.at));
      if (words > 0 || !isAssignment) words++;
      parts++;
    } else if (matches(cursor, '(') && words === 1 && parts === 1) {
      readEmptyParentheses(cursor);
      skipLines(cursor);
      cursor.command(cursor);
      return;
    } else break;
  }
  skipBlanks(cursor);
  if (parts === 0 || matches(cursor, '(')) unexpected(cursor);
}

export function readRedirects(cursor: Cursor): void {
  for (;;) {
    skipBlanks(cursor);
    if (readRedirect(cursor)) continue;
    if (startsWord(cursor) && !CLOSERS.has(peekWord(cursor))) unexpected(cursor);
    return;
  }
}

/** @returns false if none stands here */
function readRedirect(cursor: Cursor): boolean {
  const rest = cursor.text.slice(cursor.at, cursor.at + 40);
  const match = /^(?:\d+|\{[A-Za-z_]\w*\})?(<<<|<<-?|<>|<&|>>|>&|>\||<(?!\()|>(?!\()|&>>|&>)/.exec(rest);
  if (!match) return false;
  const operator = match[1] ?? '';
  if (rest.startsWith('&') || match[0] === operator || /^[\d{]/.test(rest)) cursor.at += match[0].length;
  skipBlanks(cursor);
  if (!startsWord(cursor) && !/^[<>]\(/.test(cursor.text.slice(cursor.at, cursor.at + 2))) {
    unexpected(cursor);
    return true;
  }
  const from = cursor.at;
  readWord(cursor);
  if (operator === '<<' || operator === '<<-') {
    const delimiter = cursor.text.slice(from, cursor.at);
    cursor.heredocs.push({
      at: { start: from, end: cursor.at },
      delimiter: closeQuotes(delimiter),
      tabs: operator === '<<-',
    });
  }
  return true;
}
