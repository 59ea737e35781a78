/** Reads compound commands: groups, conditions, loops, `case`, and functions with the keyword. */
import type { Branch, CaseItem, CaseStatement, Statement, Word, WordPart } from '../syntax.ts';
import { arithmeticEnd, readArithmetic } from './read-arithmetic.ts';
import {
  CLOSERS,
  type Cursor,
  closeBraces,
  doubt,
  fail,
  matches,
  peekWord,
  skipBlanks,
  startsWord,
  unexpected,
} from './read-cursor.ts';
import { skipLines } from './read-heredocs.ts';
import { readEmptyParentheses } from './read-simple.ts';
import { readTest } from './read-tests.ts';
import { readWord } from './read-words.ts';

/**
 * Reads a compound command.
 * @param word the word at the cursor
 * @returns null if no compound command begins here
 */
export function readCompound(cursor: Cursor, word: string): Statement | null {
  const { at: start } = cursor;
  if (matches(cursor, '((')) {
    const end = readBrackets(cursor);
    if (end !== null)
      return { kind: 'arithmetic', start, end, ...readArithmetic(cursor, start + 2, end - 2) };
  }
  if (matches(cursor, '(')) {
    cursor.at++;
    const body = cursor.reader.list(cursor, at => matches(at, ')'), false, false);
    expectOperator(cursor, ')', start, 'This `(` is not closed.');
    return { kind: 'subshell', start, end: cursor.at, body };
  }
  switch (word) {
    case '{': {
      cursor.at++;
      const body = cursor.reader.list(cursor, at => peekWord(at) === '}', false, true);
      expectWord(cursor, '}', start, 1, 'This `{` is not closed.');
      return { kind: 'group', start, end: cursor.at, body };
    }
    case 'if':
      return readIf(cursor);
    case 'while':
    case 'until': {
      cursor.at += word.length;
      const condition = readUntilCloser(cursor);
      const body = readDo(cursor, start, word);
      return { kind: 'loop', start, end: cursor.at, condition, inner: [], assigns: [], body };
    }
    case 'for':
    case 'select':
      return readFor(cursor, word);
    case 'case':
      return readCase(cursor);
    case 'function':
      return readFunction(cursor);
    case '[[':
      return readTest(cursor);
    default:
      if (word === 'coproc') doubt(cursor);
      return null;
  }
}

/**
 * Skips `((…))` and returns the offset of its end. If it is not closed, returns `null` and leaves the cursor where it
 * is.
 */
function readBrackets(cursor: Cursor): number | null {
  if (closeBraces(cursor, 2)) return cursor.at;
  doubt(cursor);
  const end = arithmeticEnd(cursor, cursor.at);
  cursor.at = end ?? cursor.at;
  return end;
}

function readUntilCloser(cursor: Cursor): Statement[] {
  return cursor.reader.list(cursor, at => CLOSERS.has(peekWord(at)), false, true);
}

function readIf(cursor: Cursor): Statement {
  const { at: start } = cursor;
  const branches: Branch[] = [];
  let otherwise: Statement[] | null = null;
  cursor.at += 2;
  for (;;) {
    const condition = readUntilCloser(cursor);
    expectWord(cursor, 'then', start, 2, 'This `if` has no `then`.');
    branches.push({ condition, body: readUntilCloser(cursor) });
    if (peekWord(cursor) !== 'elif') break;
    cursor.at += 4;
  }
  if (peekWord(cursor) === 'else') {
    cursor.at += 4;
    otherwise = readUntilCloser(cursor);
  }
  expectWord(cursor, 'fi', start, 2, 'This `if` has no `fi`.');
  return { kind: 'if', start, end: cursor.at, branches, otherwise };
}

function readDo(cursor: Cursor, start: number, opener: string): Statement[] {
  expectWord(cursor, 'do', start, opener.length, `This \`${opener}\` has no \`do\`.`);
  const body = readUntilCloser(cursor);
  expectWord(cursor, 'done', start, opener.length, `This \`${opener}\` has no \`done\`.`);
  return body;
}

function readFor(cursor: Cursor, opener: string): Statement {
  const { at: start } = cursor;
  cursor.at += opener.length;
  skipBlanks(cursor);
  if (matches(cursor, '((')) {
    const { at } = cursor;
    const end = readBrackets(cursor);
    const { inner, assigns } =
      end === null ? { inner: [] as WordPart[], assigns: [] } : readArithmetic(cursor, at + 2, end - 2);
    const body = readForBody(cursor, start, opener);
    return { kind: 'loop', start, end: cursor.at, condition: [], inner, assigns, body };
  }
  const name = readWord(cursor);
  const nameAt = { start: name.start, end: name.end };
  skipLines(cursor);
  let words: Word[] | null = null;
  if (peekWord(cursor) === 'in') {
    cursor.at += 2;
    words = [];
    for (skipBlanks(cursor); startsWord(cursor); skipBlanks(cursor)) words.push(readWord(cursor));
    if (!matches(cursor, ';') && !matches(cursor, '\n')) unexpected(cursor);
  }
  const body = readForBody(cursor, start, opener);
  const text = cursor.script.text.slice(nameAt.start, nameAt.end);
  return { kind: 'for', start, end: cursor.at, name: text, nameAt, words, body };
}

function readForBody(cursor: Cursor, start: number, opener: string): readonly Statement[] {
  skipBlanks(cursor);
  if (matches(cursor, ';') && !matches(cursor, ';;')) cursor.at++;
  skipLines(cursor);
  if (peekWord(cursor) !== '{') return readDo(cursor, start, opener);
  const body = cursor.reader.command(cursor);
  return body.kind === 'group' ? body.body : [body];
}

function readCase(cursor: Cursor): CaseStatement {
  const { at: start } = cursor;
  cursor.at += 4;
  skipBlanks(cursor);
  const subject = readWord(cursor);
  skipLines(cursor);
  expectWord(cursor, 'in', start, 4, 'This `case` has no `in`.');
  const items: CaseItem[] = [];
  for (;;) {
    skipLines(cursor);
    if (peekWord(cursor) === 'esac' || cursor.at >= cursor.text.length) break;
    const patterns = readPatterns(cursor);
    if (cursor.resume !== null) break;
    const body = cursor.reader.list(cursor, endsItem, true, true);
    skipBlanks(cursor);
    const end = /^(;;&|;;|;&)/.exec(cursor.text.slice(cursor.at, cursor.at + 3))?.[0];
    items.push({
      patterns,
      body,
      any: patterns.some(({ start: from, end: to }) => cursor.text.slice(from, to) === '*'),
      termination: end ?? ';;',
    });
    if (end === undefined) break;
    cursor.at += end.length;
  }
  expectWord(cursor, 'esac', start, 4, 'This `case` has no `esac`.');
  return { kind: 'case', start, end: cursor.at, subject, items };
}

function endsItem(cursor: Cursor): boolean {
  return peekWord(cursor) === 'esac' || matches(cursor, ';;') || matches(cursor, ';&');
}

/** Reads the patterns of `(a | b)` up to the closing parenthesis. */
function readPatterns(cursor: Cursor): Word[] {
  const patterns: Word[] = [];
  if (matches(cursor, '(')) cursor.at++;
  for (;;) {
    skipBlanks(cursor);
    if (!startsWord(cursor)) {
      unexpected(cursor);
      return patterns;
    }
    patterns.push(readWord(cursor));
    skipBlanks(cursor);
    if (!matches(cursor, '|') || matches(cursor, '||')) break;
    cursor.at++;
  }
  if (matches(cursor, ')')) cursor.at++;
  else unexpected(cursor);
  return patterns;
}

/** Reads `function name { … }`. */
function readFunction(cursor: Cursor): Statement {
  const { at: start } = cursor;
  cursor.at += 'function'.length;
  skipBlanks(cursor);
  const name = readWord(cursor);
  skipBlanks(cursor);
  if (matches(cursor, '(')) readEmptyParentheses(cursor);
  skipLines(cursor);
  const body = cursor.reader.command(cursor);
  const text = cursor.script.text.slice(name.start, name.end);
  return { kind: 'function', start, end: cursor.at, name: text, body };
}

/**
 * Reads a required word.
 * @param start with `length`, the place of the error if the script ends before the word
 */
function expectWord(cursor: Cursor, word: string, start: number, length: number, message: string): void {
  skipBlanks(cursor);
  const { text } = cursor;
  if (peekWord(cursor) === word) cursor.at += word.length;
  else if (cursor.at >= text.length) fail(cursor, start, start + length, message, text.length);
  else unexpected(cursor);
}

function expectOperator(cursor: Cursor, operator: string, start: number, message: string): void {
  skipBlanks(cursor);
  const { text } = cursor;
  if (matches(cursor, operator)) cursor.at += operator.length;
  else if (cursor.at >= text.length) fail(cursor, start, start + 1, message);
  else unexpected(cursor);
}
