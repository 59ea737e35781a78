/**
 * Words of a script that is checked: quotes, expansions, commands inside of words, heredocs.
 */
import { type Cursor, closeBraces, fail, giveUp, matches, skipBlanks } from './syntax-cursor.ts';

/** The unquoted word at the cursor, as far as it could be a reserved one. */
export function peekWord(cursor: Cursor): string {
  skipBlanks(cursor);
  const word = /^[^ \t\n;&|()<>]*/.exec(cursor.text.slice(cursor.at, cursor.at + 40))?.[0] ?? '';
  return word;
}

/** Goes behind the word at the cursor. */
export function readWord(cursor: Cursor): void {
  const { text, at: start } = cursor;
  while (cursor.at < text.length) {
    const char = text.charAt(cursor.at);
    if (/[ \t\n;&|)]/.test(char)) return;
    if (char === '<' || char === '>') {
      if (text.charAt(cursor.at + 1) !== '(') return;
      cursor.at += 2;
      readCommands(cursor, cursor.at - 2);
    } else if (char === '(') {
      const before = text.charAt(cursor.at - 1);
      // Extended patterns are read only where they are switched on.
      if (/[?*+@!]/.test(before)) {
        giveUp(cursor);
        return;
      }
      if (!/^[A-Za-z_]\w*(\[.*\])?\+?=$/s.test(text.slice(start, cursor.at))) return;
      readArray(cursor);
    } else readUnit(cursor);
  }
}

/** One character, quoted stretch or expansion. */
function readUnit(cursor: Cursor): void {
  const { text, at } = cursor;
  switch (text.charAt(at)) {
    case '\\':
      cursor.at += 2;
      return;
    case "'":
      readSingle(cursor, at + 1);
      return;
    case '"':
      readDouble(cursor);
      return;
    case '`':
      readBackquotes(cursor);
      return;
    case '$':
      if (text.charAt(at + 1) === "'") {
        readAnsi(cursor);
        return;
      }
      readDollar(cursor);
      return;
    default:
      cursor.at++;
  }
}

const NOT_CLOSED = 'This quote is not closed.';

function readSingle(cursor: Cursor, from: number): void {
  const end = cursor.text.indexOf("'", from);
  if (end === -1) fail(cursor, from - 1, from, NOT_CLOSED);
  else cursor.at = end + 1;
}

function readAnsi(cursor: Cursor): void {
  const { text } = cursor;
  const start = cursor.at;
  for (let at = start + 2; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === "'") {
      cursor.at = at + 1;
      return;
    }
  }
  fail(cursor, start, start + 2, NOT_CLOSED);
}

function readDouble(cursor: Cursor): void {
  const { text } = cursor;
  const start = cursor.at++;
  while (cursor.at < text.length) {
    const char = text.charAt(cursor.at);
    if (char === '"') {
      cursor.at++;
      return;
    }
    if (char === '\\') cursor.at += 2;
    else if (char === '`') readBackquotes(cursor);
    else if (char === '$') readDollar(cursor);
    else cursor.at++;
  }
  fail(cursor, start, start + 1, NOT_CLOSED);
}

function readBackquotes(cursor: Cursor): void {
  const { text } = cursor;
  const start = cursor.at;
  for (let at = start + 1; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === '`') {
      cursor.at = at + 1;
      return;
    }
  }
  fail(cursor, start, start + 1, 'This backquote is not closed.');
}

function readDollar(cursor: Cursor): void {
  const { text, at } = cursor;
  if (text.startsWith('$((', at)) {
    cursor.at = at + 1;
    if (closeBraces(cursor, 2)) return;
    giveUp(cursor);
    return;
  }
  if (text.startsWith('$(', at)) {
    cursor.at = at + 2;
    readCommands(cursor, at);
    return;
  }
  if (text.startsWith('${', at)) {
    cursor.at = at + 2;
    readBraces(cursor, at);
    return;
  }
  // `$$` is a parameter: what follows begins anew.
  cursor.at += text.startsWith('$$', at) ? 2 : 1;
}

function readBraces(cursor: Cursor, start: number): void {
  const { text } = cursor;
  while (cursor.at < text.length) {
    const char = text.charAt(cursor.at);
    if (char === '}') {
      cursor.at++;
      return;
    }
    // Whether a single quote quotes here depends on where the whole stands.
    if (char === "'") {
      giveUp(cursor);
      return;
    }
    readUnit(cursor);
  }
  fail(cursor, start, start + 2, 'This `${` is not closed.');
}

function readCommands(cursor: Cursor, start: number): void {
  if (++cursor.depth > 200) {
    giveUp(cursor);
    return;
  }
  // A heredoc inside and its body are read before those of the line around.
  const outer = cursor.heredocs;
  cursor.heredocs = [];
  cursor.list(cursor, at => matches(at, ')'), true);
  if (cursor.heredocs.length > 0) {
    giveUp(cursor);
    return;
  }
  cursor.heredocs = outer;
  cursor.depth--;
  if (matches(cursor, ')')) cursor.at++;
  else if (cursor.at >= cursor.text.length) fail(cursor, start, start + 2, 'This `$(` is not closed.');
  else
    fail(cursor, cursor.at, cursor.at + 1, `Bash does not expect \`${cursor.text.charAt(cursor.at)}\` here.`);
}

function readArray(cursor: Cursor): void {
  const start = cursor.at++;
  for (;;) {
    while (/[ \t\n]/.test(cursor.text.charAt(cursor.at))) cursor.at++;
    skipBlanks(cursor);
    if (cursor.at >= cursor.text.length) {
      fail(cursor, start, start + 1, 'This `(` is not closed.');
      return;
    }
    if (matches(cursor, '\n')) continue;
    if (matches(cursor, ')')) {
      cursor.at++;
      return;
    }
    const before = cursor.at;
    readWord(cursor);
    if (cursor.at === before) {
      giveUp(cursor);
      return;
    }
  }
}

/** At the beginning of a line: goes behind the bodies of the heredocs of the line before. */
export function skipHeredocs(cursor: Cursor): void {
  const { text } = cursor;
  for (const { delimiter, tabs, at } of cursor.heredocs) {
    for (;;) {
      if (cursor.at >= text.length) {
        cursor.unended.push(at);
        break;
      }
      const end = text.indexOf('\n', cursor.at);
      const line = text.slice(cursor.at, end === -1 ? text.length : end);
      cursor.at = end === -1 ? text.length : end + 1;
      if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) break;
    }
  }
  cursor.heredocs = [];
}
