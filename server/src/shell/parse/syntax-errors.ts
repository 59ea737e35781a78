/**
 * What Bash itself would reject, by Bash's own grammar: tree-sitter takes some valid scripts for broken ones and some
 * broken ones for valid. Where Bash's reading depends on what is not known here (a hole in the place of
 * a command, extended patterns), nothing is said.
 */

import type { Hole, ShellTree } from '../syntax.ts';
import { type Cursor, closeBraces, fail, giveUp, matches, skipBlanks } from './syntax-cursor.ts';
import { skipLines } from './syntax-lines.ts';
import {
  CLOSERS,
  readEmptyParentheses,
  readRedirects,
  readSeparator,
  readSimple,
  startsWord,
  unexpected,
} from './syntax-simple.ts';
import { peekWord, readWord, skipHeredocs } from './syntax-words.ts';

/** What Bash says of a script as it reads it. */
export type Objections = Pick<ShellTree, 'errors' | 'unended'>;

const NONE: Objections = { errors: [], unended: [] };

/** The first thing that Bash rejects, or what it warns of; nothing if it accepts the script or that is not certain. */
export function objectionsTo(text: string, holes: readonly Hole[]): Objections {
  // Bash drops NUL, and so may end words in other places.
  if (text.includes('\0')) return NONE;
  const cursor = cursorAt(text, holes, 0);
  readList(cursor, () => false, true);
  if (!cursor.gaveUp && cursor.error === null && cursor.at < text.length) unexpected(cursor);
  if (cursor.gaveUp) return NONE;
  if (cursor.error !== null) return { errors: [cursor.error], unended: [] };
  return {
    errors: [],
    unended: cursor.unended.filter(({ end }) => !holes.some(hole => isAlone(text, hole, end))),
  };
}

/**
 * Where the commands end that begin with the line at an offset: behind the line that the last of them ends in, and
 * behind the here-documents of that line. What comes later in the text has no say in it.
 * @param from the beginning of a line that belongs to no command or here-document before it
 * @returns null if Bash rejects them, warns of them, or that is not certain
 */
export function endOfCommands(text: string, holes: readonly Hole[], from: number): number | null {
  const cursor = cursorAt(text, holes, from);
  skipLines(cursor);
  while (cursor.at < text.length) {
    readAndOr(cursor);
    skipBlanks(cursor);
    const isSeparated = readSeparator(cursor);
    if (isSeparated) skipBlanks(cursor);
    if (matches(cursor, '\n')) {
      cursor.at++;
      skipHeredocs(cursor);
      break;
    }
    if (!isSeparated && cursor.at < text.length) return null;
  }
  if (cursor.gaveUp || cursor.error !== null) return null;
  return cursor.unended.length + cursor.heredocs.length === 0 ? cursor.at : null;
}

function cursorAt(text: string, holes: readonly Hole[], at: number): Cursor {
  return {
    text,
    holes,
    at,
    error: null,
    gaveUp: false,
    heredocs: [],
    unended: [],
    depth: 0,
    list: readList,
    command: readCommand,
  };
}

/** Does a hole behind an offset make up whole lines? They may be any. */
function isAlone(text: string, { start, end }: Hole, after: number): boolean {
  if (start < after) return false;
  return /(^|\n)[ \t]*$/.test(text.slice(0, start)) || /^[ \t]*(\n|$)/.test(text.slice(end));
}

/** Commands until `ends` says so at the beginning of one. */
function readList(cursor: Cursor, ends: (cursor: Cursor) => boolean, mayBeEmpty: boolean): void {
  let count = 0;
  for (;;) {
    skipLines(cursor);
    if (cursor.at >= cursor.text.length || ends(cursor)) break;
    readAndOr(cursor);
    count++;
    skipBlanks(cursor);
    if (!readSeparator(cursor) && !matches(cursor, '\n')) break;
  }
  if (count === 0 && !mayBeEmpty) unexpected(cursor);
}

function readAndOr(cursor: Cursor): void {
  for (;;) {
    readPipeline(cursor);
    skipBlanks(cursor);
    if (!matches(cursor, '&&') && !matches(cursor, '||')) return;
    cursor.at += 2;
    skipLines(cursor);
  }
}

function readPipeline(cursor: Cursor): void {
  for (let word = peekWord(cursor); word === '!' || word === 'time'; word = peekWord(cursor)) {
    cursor.at += word.length;
    skipBlanks(cursor);
    // Both may stand alone or have options: what exactly Bash takes then is its own affair.
    if (/^([;&|)\n]|-|$)/.test(cursor.text.slice(cursor.at, cursor.at + 1))) {
      giveUp(cursor);
      return;
    }
  }
  for (;;) {
    readCommand(cursor);
    skipBlanks(cursor);
    if (!matches(cursor, '|') || matches(cursor, '||')) return;
    cursor.at += matches(cursor, '|&') ? 2 : 1;
    skipLines(cursor);
  }
}

function readCommand(cursor: Cursor): void {
  if (++cursor.depth > 200) {
    giveUp(cursor);
    return;
  }
  skipBlanks(cursor);
  const word = peekWord(cursor);
  const start = cursor.at;
  const isCompound = readCompound(cursor, word, start);
  if (isCompound) readRedirects(cursor);
  else readSimple(cursor, word);
  cursor.depth--;
}

/** @returns false if no compound command stands here */
function readCompound(cursor: Cursor, word: string, start: number): boolean {
  if (matches(cursor, '((')) {
    if (!closeBraces(cursor, 2)) giveUp(cursor);
    return true;
  }
  if (matches(cursor, '(')) {
    cursor.at++;
    readList(cursor, at => matches(at, ')'), false);
    expectOperator(cursor, ')', start, 'This `(` is not closed.');
    return true;
  }
  switch (word) {
    case '{':
      cursor.at++;
      readList(cursor, at => peekWord(at) === '}', false);
      expectWord(cursor, '}', start, 1, 'This `{` is not closed.');
      return true;
    case 'if':
      readIf(cursor, start);
      return true;
    case 'while':
    case 'until':
      cursor.at += word.length;
      readList(cursor, isCloser, false);
      readDo(cursor, start, word);
      return true;
    case 'for':
    case 'select':
      readFor(cursor, start, word);
      return true;
    case 'case':
      readCase(cursor, start);
      return true;
    case 'function':
      cursor.at += word.length;
      skipBlanks(cursor);
      readWord(cursor);
      skipBlanks(cursor);
      if (matches(cursor, '(')) readEmptyParentheses(cursor);
      skipLines(cursor);
      readCommand(cursor);
      return true;
    case '[[': {
      const close = /[ \t\n]\]\](?=[ \t\n;&|)]|$)/.exec(cursor.text.slice(cursor.at));
      // Of an empty test Bash reads on over the brackets.
      if (close && cursor.text.slice(cursor.at + 2, cursor.at + close.index).trim() !== '') {
        cursor.at += close.index + 3;
      } else giveUp(cursor);
      return true;
    }
    case 'coproc':
      giveUp(cursor);
      return true;
    default:
      return false;
  }
}

function isCloser(cursor: Cursor): boolean {
  return CLOSERS.has(peekWord(cursor));
}

function readIf(cursor: Cursor, start: number): void {
  cursor.at += 2;
  for (;;) {
    readList(cursor, isCloser, false);
    expectWord(cursor, 'then', start, 2, 'This `if` has no `then`.');
    readList(cursor, isCloser, false);
    if (peekWord(cursor) !== 'elif') break;
    cursor.at += 4;
  }
  if (peekWord(cursor) === 'else') {
    cursor.at += 4;
    readList(cursor, isCloser, false);
  }
  expectWord(cursor, 'fi', start, 2, 'This `if` has no `fi`.');
}

function readDo(cursor: Cursor, start: number, opener: string): void {
  expectWord(cursor, 'do', start, opener.length, `This \`${opener}\` has no \`do\`.`);
  readList(cursor, isCloser, false);
  expectWord(cursor, 'done', start, opener.length, `This \`${opener}\` has no \`done\`.`);
}

function readFor(cursor: Cursor, start: number, opener: string): void {
  cursor.at += opener.length;
  skipBlanks(cursor);
  if (matches(cursor, '((')) {
    if (!closeBraces(cursor, 2)) {
      giveUp(cursor);
      return;
    }
  } else {
    readWord(cursor);
    skipLines(cursor);
    if (peekWord(cursor) === 'in') {
      cursor.at += 2;
      for (skipBlanks(cursor); startsWord(cursor); skipBlanks(cursor)) readWord(cursor);
      if (!matches(cursor, ';') && !matches(cursor, '\n')) {
        unexpected(cursor);
        return;
      }
    }
  }
  skipBlanks(cursor);
  if (matches(cursor, ';') && !matches(cursor, ';;')) cursor.at++;
  skipLines(cursor);
  if (peekWord(cursor) === '{') {
    readCommand(cursor);
    return;
  }
  readDo(cursor, start, opener);
}

function readCase(cursor: Cursor, start: number): void {
  cursor.at += 4;
  skipBlanks(cursor);
  readWord(cursor);
  skipLines(cursor);
  expectWord(cursor, 'in', start, 4, 'This `case` has no `in`.');
  for (;;) {
    skipLines(cursor);
    if (peekWord(cursor) === 'esac' || cursor.at >= cursor.text.length) break;
    if (matches(cursor, '(')) cursor.at++;
    for (;;) {
      skipBlanks(cursor);
      if (!startsWord(cursor)) {
        unexpected(cursor);
        return;
      }
      readWord(cursor);
      skipBlanks(cursor);
      if (!matches(cursor, '|') || matches(cursor, '||')) break;
      cursor.at++;
    }
    if (!matches(cursor, ')')) {
      unexpected(cursor);
      return;
    }
    cursor.at++;
    readList(cursor, at => peekWord(at) === 'esac' || matches(at, ';;') || matches(at, ';&'), true);
    skipBlanks(cursor);
    const end = /^(;;&|;;|;&)/.exec(cursor.text.slice(cursor.at, cursor.at + 3))?.[0];
    if (end === undefined) break;
    cursor.at += end.length;
  }
  expectWord(cursor, 'esac', start, 4, 'This `case` has no `esac`.');
}

function expectWord(cursor: Cursor, word: string, start: number, length: number, message: string): void {
  skipBlanks(cursor);
  if (peekWord(cursor) === word) cursor.at += word.length;
  else if (cursor.at >= cursor.text.length) fail(cursor, start, start + length, message);
  else unexpected(cursor);
}

function expectOperator(cursor: Cursor, operator: string, start: number, message: string): void {
  skipBlanks(cursor);
  if (matches(cursor, operator)) cursor.at += operator.length;
  else if (cursor.at >= cursor.text.length) fail(cursor, start, start + 1, message);
  else unexpected(cursor);
}
