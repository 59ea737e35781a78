/**
 * Reads commands by Bash's own grammar: lists, pipelines and their parts. One pass yields the tree and the errors
 * that Bash reports. If Bash's reading depends on something unknown (a hole in place of a command, extended
 * patterns), no errors are reported. After an error, parsing resumes at the next line.
 */
import type { ScriptText, ShellTree, Statement } from '../syntax.ts';
import { extendPastHeredocs } from './extend-heredocs.ts';
import { readCompound } from './read-compound.ts';
import {
  type Cursor,
  doubt,
  MAX_DEPTH,
  matches,
  peekWord,
  type Reader,
  skipBlanks,
  skipRest,
  unexpected,
} from './read-cursor.ts';
import { readHeredocs, skipLines } from './read-heredocs.ts';
import { readRedirects } from './read-redirects.ts';
import { readSimple, redirected } from './read-simple.ts';
import { readParts, readUnit } from './read-words.ts';

const READER: Reader = { list: readList, command: readCommand, unit: readUnit, parts: readParts };

function cursorAt(script: ScriptText, plain: string, at: number): Cursor {
  return {
    script,
    text: plain,
    at,
    error: null,
    resume: null,
    uncertain: false,
    heredocs: [],
    bodies: [],
    unended: [],
    depth: 0,
    reader: READER,
  };
}

/**
 * Reads a whole script.
 * @param plain its text with each hole replaced by a name
 */
export function readScript(script: ScriptText, plain: string): ShellTree {
  const cursor = cursorAt(script, plain, 0);
  const body: Statement[] = [];
  for (;;) {
    body.push(...readList(cursor, () => false, true, true));
    if (cursor.at >= plain.length) break;
    const { at: start } = cursor;
    unexpected(cursor);
    recover(cursor, start, body);
  }
  // Bash drops NUL, so words may end elsewhere.
  if (cursor.uncertain || plain.includes('\0')) return { body, errors: [], unended: [] };
  if (cursor.error !== null) return { body, errors: [cursor.error], unended: [] };
  const { unended } = cursor;
  return { body, errors: [], unended: unended.filter(({ end }) => !mayBeEnded(script, plain, end)) };
}

/** Returns whether a hole after an offset may contain whole lines. */
function mayBeEnded({ holes }: ScriptText, plain: string, after: number): boolean {
  return holes.some(
    ({ start, end }) =>
      start >= after &&
      (/(^|\n)[ \t]*$/.test(plain.slice(0, start)) || /^[ \t]*(\n|$)/.test(plain.slice(end))),
  );
}

/** Commands and the offset at which they end. */
export interface Lines {
  readonly end: number;
  readonly statements: readonly Statement[];
}

/**
 * Reads the commands that begin on the line at an offset. They end with the line in which the last of them ends and
 * its here-documents, regardless of the text after that.
 * @param from the beginning of a line that is not part of an earlier command or here-document
 * @returns null if Bash rejects the commands, warns of them, or that is uncertain
 */
export function readLines(script: ScriptText, plain: string, from: number): Lines | null {
  const cursor = cursorAt(script, plain, from);
  const statements: Statement[] = [];
  skipLines(cursor);
  while (cursor.at < plain.length) {
    const statement = readAndOr(cursor);
    const separator = readSeparator(cursor);
    statements.push(separator === '&' ? inBackground(statement, cursor.at) : statement);
    skipBlanks(cursor);
    if (matches(cursor, '\n')) {
      cursor.at++;
      readHeredocs(cursor);
      extendPastHeredocs(cursor, statements);
      break;
    }
    if (separator === null && cursor.at < plain.length) return null;
  }
  if (cursor.uncertain || cursor.error !== null || cursor.unended.length + cursor.heredocs.length > 0)
    return null;
  return { end: cursor.at, statements };
}

function readList(
  cursor: Cursor,
  ends: (cursor: Cursor) => boolean,
  mayBeEmpty: boolean,
  recovers: boolean,
): Statement[] {
  const body: Statement[] = [];
  for (;;) {
    skipLines(cursor);
    extendPastHeredocs(cursor, body);
    if (cursor.at >= cursor.text.length || ends(cursor)) break;
    const { at: start } = cursor;
    const statement = readAndOr(cursor);
    if (cursor.resume !== null) {
      if (!recovers) return [...body, statement];
      recover(cursor, start, body, statement);
      continue;
    }
    const separator = readSeparator(cursor);
    body.push(separator === '&' ? inBackground(statement, cursor.at) : statement);
    if (separator === null && !matches(cursor, '\n')) break;
  }
  if (body.length === 0 && !mayBeEmpty) unexpected(cursor);
  return body;
}

/** Statements whose parts are kept even if the whole has an error. */
const COMPOUND: ReadonlySet<Statement['kind']> = new Set([
  'if',
  'for',
  'loop',
  'case',
  'group',
  'subshell',
  'function',
]);

/** Resumes parsing after an error. The part that could not be read may do anything. */
function recover(cursor: Cursor, start: number, body: Statement[], partial?: Statement): void {
  const { resume, text } = cursor;
  const at = Math.min(Math.max(resume ?? 0, start + 1), text.length);
  cursor.resume = null;
  cursor.at = at;
  if (partial !== undefined && COMPOUND.has(partial.kind)) body.push({ ...partial, end: at });
  body.push({ kind: 'unreadable', start, end: at });
}

/** Reads `;` or `&`, or returns `null` if there is none. */
function readSeparator(cursor: Cursor): ';' | '&' | null {
  skipBlanks(cursor);
  if (matches(cursor, ';;') || matches(cursor, ';&')) return null;
  if (matches(cursor, ';')) {
    cursor.at++;
    return ';';
  }
  if (!matches(cursor, '&') || matches(cursor, '&&')) return null;
  cursor.at++;
  return '&';
}

function inBackground(body: Statement, end: number): Statement {
  return { kind: 'background', start: body.start, end, body };
}

function readAndOr(cursor: Cursor): Statement {
  let left = readPipeline(cursor);
  for (let count = 0; ; count++) {
    skipBlanks(cursor);
    const operator = matches(cursor, '&&') ? '&&' : matches(cursor, '||') ? '||' : null;
    if (operator === null) return left;
    cursor.at += 2;
    skipLines(cursor);
    const right = readPipeline(cursor);
    const range = { start: left.start, end: right.end };
    left =
      count < MAX_DEPTH
        ? { kind: 'list', ...range, operator, left, right }
        : { kind: 'unreadable', ...range };
  }
}

function readPipeline(cursor: Cursor): Statement {
  const word = peekWord(cursor);
  const { at: start } = cursor;
  if (cursor.depth < MAX_DEPTH && (word === '!' || word === 'time')) {
    cursor.at += word.length;
    skipBlanks(cursor);
    // Both may appear alone or with options. Bash's exact behaviour is not modelled then.
    const isAlone = /^([;&|)\n]|-|$)/.test(cursor.text.slice(cursor.at, cursor.at + 1));
    if (isAlone) doubt(cursor);
    if (word === 'time') return readTimed(cursor, start, isAlone);
    cursor.depth++;
    const body: Statement = isAlone
      ? { kind: 'simple', start, end: cursor.at, assignments: [], words: [], redirects: [] }
      : readPipeline(cursor);
    cursor.depth--;
    return { kind: 'not', start, end: body.end, body };
  }
  return readStages(cursor, readCommand(cursor));
}

const TIMED: ReadonlySet<string> = new Set([
  ...['{', '!', 'time', '[[', 'if', 'while', 'until', 'for', 'select', 'case', 'function'],
]);

/** Reads `time`. In front of a simple command it is a word of that command, which `wrappers.ts` handles. */
function readTimed(cursor: Cursor, start: number, isAlone: boolean): Statement {
  if (!isAlone && (matches(cursor, '(') || TIMED.has(peekWord(cursor)))) {
    cursor.depth++;
    const body = readPipeline(cursor);
    cursor.depth--;
    return body;
  }
  cursor.at = start;
  return readStages(cursor, readSimple(cursor, 'time'));
}

/** Reads the stages after the first one of a pipeline. */
function readStages(cursor: Cursor, first: Statement): Statement {
  const stages = [first];
  for (;;) {
    skipBlanks(cursor);
    if (!matches(cursor, '|') || matches(cursor, '||')) break;
    cursor.at += matches(cursor, '|&') ? 2 : 1;
    skipLines(cursor);
    stages.push(readCommand(cursor));
  }
  if (stages.length === 1) return first;
  return { kind: 'pipeline', start: first.start, end: stages.at(-1)?.end ?? first.end, stages };
}

function readCommand(cursor: Cursor): Statement {
  skipBlanks(cursor);
  const { at: start } = cursor;
  if (cursor.depth >= MAX_DEPTH) {
    skipRest(cursor);
    return { kind: 'unreadable', start, end: cursor.at };
  }
  cursor.depth++;
  const word = peekWord(cursor);
  const compound = readCompound(cursor, word);
  const statement =
    compound === null ? readSimple(cursor, word) : redirected(compound, readRedirects(cursor));
  cursor.depth--;
  return statement;
}
