/**
 * Reads simple commands: assignments, words and redirections, declarations, `[ … ]`, and the beginning of functions.
 */
import type { Assignment, Redirect, SimpleStatement, Statement, Word } from '../syntax.ts';
import {
  CLOSERS,
  type Cursor,
  doubt,
  matches,
  readEnd,
  skipBlanks,
  startsWord,
  unexpected,
} from './read-cursor.ts';
import { skipLines } from './read-heredocs.ts';
import { readRedirect } from './read-redirects.ts';
import { readArray, readValue, readWord } from './read-words.ts';

/** Builtins whose arguments are assignments and names. */
const DECLARING: ReadonlySet<string> = new Set(['declare', 'export', 'local', 'readonly', 'typeset']);

/** The parts of a simple command read so far. */
interface Gathered {
  readonly start: number;
  /** `end` is the end of the last part, `wordsEnd` that of the last part other than a redirection. */
  end: number;
  wordsEnd: number;
  readonly assignments: Assignment[];
  readonly words: Word[];
  readonly redirects: Redirect[];
  /** The options of a declaration. */
  readonly options: Word[];
}

/**
 * Reads a simple command.
 * @param first the word at the cursor, if it could be a reserved word
 */
export function readSimple(cursor: Cursor, first: string): Statement {
  const { at: start, script } = cursor;
  if (CLOSERS.has(first)) {
    unexpected(cursor);
    return { kind: 'unreadable', start, end: start };
  }
  const hole = script.holes.find(candidate => candidate.start === start);
  // A hole may be anything, including an `if` or a quote.
  if (hole && cursor.text.charAt(hole.end) !== '/') doubt(cursor);
  const gathered: Gathered = {
    ...{ start, end: start, wordsEnd: start },
    ...{ assignments: [], words: [], redirects: [], options: [] },
  };
  let parts = 0;
  for (;;) {
    skipBlanks(cursor);
    const redirect = readRedirect(cursor);
    if (redirect !== null) gathered.redirects.push(redirect);
    else if (startsWord(cursor)) readArgument(cursor, gathered);
    else if (matches(cursor, '(') && gathered.words.length === 1 && parts === 1)
      return readFunction(cursor, gathered);
    else break;
    gathered.end = readEnd(cursor);
    if (redirect === null) gathered.wordsEnd = gathered.end;
    parts++;
  }
  skipBlanks(cursor);
  if (parts === 0 || matches(cursor, '(')) unexpected(cursor);
  return statementOf(cursor, gathered);
}

function readArgument(cursor: Cursor, gathered: Gathered): void {
  const { assignments, words, options } = gathered;
  if (words.length === 0) {
    const assignment = readAssignment(cursor);
    if (assignment === null) addWord(cursor, words);
    else assignments.push(assignment);
    return;
  }
  if (!isDeclaration(cursor, gathered)) {
    addWord(cursor, words);
    return;
  }
  const assignment = readAssignment(cursor) ?? readName(cursor);
  if (assignment === null) addWord(cursor, options);
  else assignments.push(assignment);
}

/** Adds the word at the cursor, unless it is only the carriage return of a line's end. */
function addWord(cursor: Cursor, words: Word[]): void {
  const word = readWord(cursor);
  if (word.end > word.start || cursor.at === word.start) words.push(word);
}

/** Returns whether the command begins with the name of a declaring builtin. */
function isDeclaration({ text }: Cursor, { words, start }: Gathered): boolean {
  const [command] = words;
  return command?.start === start && DECLARING.has(text.slice(command.start, command.end));
}

const TARGET = /[A-Za-z_]\w*/y;

/** Reads `a=…`, `a+=…` or `a[i]=…`. If there is none, returns `null` and leaves the cursor where it is. */
function readAssignment(cursor: Cursor): Assignment | null {
  const { text, script, at: start } = cursor;
  TARGET.lastIndex = start;
  if (!TARGET.test(text)) return null;
  const nameAt = { start, end: TARGET.lastIndex };
  const behind = text.charAt(nameAt.end) === '[' ? subscriptEnd(cursor, nameAt.end) : nameAt.end;
  const append = text.charAt(behind) === '+';
  cursor.at = start;
  if (text.charAt(behind + (append ? 1 : 0)) !== '=') return null;
  cursor.at = behind + (append ? 2 : 1);
  const isList = matches(cursor, '(');
  const list = isList ? readArray(cursor) : null;
  const value = isList ? null : readValue(cursor);
  return {
    start,
    end: readEnd(cursor),
    name: script.text.slice(nameAt.start, nameAt.end),
    nameAt,
    append,
    element: behind > nameAt.end,
    value: value !== null && value.end > value.start ? value : null,
    list: list?.words ?? null,
    keyed: list?.keyed ?? false,
  };
}

/** Reads a subscript and returns the offset after its `]`, or that of its `[` if it is no subscript. */
function subscriptEnd(cursor: Cursor, from: number): number {
  cursor.at = from + 1;
  while (cursor.at < cursor.text.length && !/[ \t\n;&|()<>]/.test(cursor.text.charAt(cursor.at))) {
    if (matches(cursor, ']')) return cursor.at + 1;
    cursor.reader.unit(cursor);
  }
  return from;
}

const PLAIN_NAME = /\w+(?=[ \t\n;&|()<>]|$)/y;

/** Reads a declared name without a value, or returns `null` if there is none. */
function readName(cursor: Cursor): Assignment | null {
  const { at: start } = cursor;
  PLAIN_NAME.lastIndex = start;
  if (!PLAIN_NAME.test(cursor.text)) return null;
  cursor.at = PLAIN_NAME.lastIndex;
  const at = { start, end: cursor.at };
  const name = cursor.script.text.slice(start, cursor.at);
  return { ...at, name, nameAt: at, append: false, element: false, value: null, list: null, keyed: false };
}

/** Reads the rest of a function after its name. */
function readFunction(cursor: Cursor, { start, words }: Gathered): Statement {
  const name = cursor.script.text.slice(start, words[0]?.end);
  readEmptyParentheses(cursor);
  skipLines(cursor);
  const body = cursor.reader.command(cursor);
  return { kind: 'function', start, end: cursor.at, name, body };
}

export function readEmptyParentheses(cursor: Cursor): void {
  cursor.at++;
  skipBlanks(cursor);
  if (matches(cursor, ')')) cursor.at++;
  else unexpected(cursor);
}

function statementOf(cursor: Cursor, gathered: Gathered): Statement {
  const { start, end, assignments, words, redirects, options } = gathered;
  const simple: SimpleStatement = { kind: 'simple', start, end, assignments, words, redirects };
  const [command, ...rest] = words;
  if (!command) return simple;
  const textOf = (word: Word): string => cursor.text.slice(word.start, word.end);
  const range = { start, end: gathered.wordsEnd };
  if (isDeclaration(cursor, gathered))
    return redirected({ kind: 'declare', ...range, command, options, assignments }, redirects);
  if (assignments.length > 0 || command.start !== start) return simple;
  const last = rest.at(-1);
  if (textOf(command) === '[' && last !== undefined && textOf(last) === ']')
    return redirected({ kind: 'test', ...range, double: false, words: rest.slice(0, -1) }, redirects);
  if (textOf(command) === 'unset')
    return redirected({ kind: 'unset', ...range, command, words: rest }, redirects);
  return simple;
}

/** Wraps a statement that has no place for redirections itself. The inner statement ends where they begin. */
export function redirected(body: Statement, redirects: readonly Redirect[]): Statement {
  const [first] = redirects;
  if (first === undefined) return body;
  const end = Math.max(body.end, redirects.at(-1)?.end ?? 0);
  return { kind: 'redirected', start: body.start, end, body, redirects };
}
