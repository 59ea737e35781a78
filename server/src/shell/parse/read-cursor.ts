/**
 * The position in a script that is being parsed, and the basic operations on it: skipping blanks and brackets,
 * recording the first error.
 */
import type { Range, ScriptText, ShellError, Statement, Word, WordPart } from '../syntax.ts';

/** A here-document whose body begins on the next line. */
export interface Heredoc {
  /** The place of the delimiter: `EOF` in `<<EOF`. */
  readonly at: Range;
  readonly delimiter: string;
  /** True for `<<-`, which ignores leading tabs. */
  readonly tabs: boolean;
  /** True if the delimiter is quoted, so that the body is not expanded. */
  readonly raw: boolean;
  /** Called with the body once it is read, and with the end of the line that terminates it. */
  readonly fill: (body: Word, end: number) => void;
}

/** A here-document whose body has been read. */
export interface ReadHeredoc {
  /** The offset of the delimiter after `<<`. */
  readonly from: number;
  /** The end of the line that terminates the body. */
  readonly end: number;
}

export interface Cursor {
  readonly script: ScriptText;
  /** The script's text with each hole replaced by a name of the same length. */
  readonly text: string;
  at: number;
  /** The first error that Bash reports. */
  error: ShellError | null;
  /**
   * After an error, the offset at which parsing resumes. Until then the cursor is at the end, where every reader
   * stops.
   */
  resume: number | null;
  /** True if Bash may read the script differently, so that no errors are reported. */
  uncertain: boolean;
  heredocs: Heredoc[];
  /** Here-documents whose statements have not been extended over their bodies yet. */
  bodies: ReadHeredoc[];
  /** The unterminated here-documents. */
  readonly unended: Range[];
  depth: number;
  readonly reader: Reader;
}

/** The mutually recursive readers: words contain commands, and commands contain words. */
export interface Reader {
  /**
   * Reads commands until `ends` returns true at the beginning of one.
   * @param recovers false to leave what follows an error to the surrounding list
   */
  list(
    cursor: Cursor,
    ends: (cursor: Cursor) => boolean,
    mayBeEmpty: boolean,
    recovers: boolean,
  ): Statement[];
  command(cursor: Cursor): Statement;
  /** Reads one character, quoted section or expansion. Returns `null` for a character of plain text. */
  unit(cursor: Cursor): readonly WordPart[] | null;
  /** Reads a word up to an unquoted character that `ends` accepts, or to the end of the word. */
  parts(cursor: Cursor, mayHoldList: boolean, ends: (char: string) => boolean): WordPart[];
}

/** The deepest nesting of commands and words that is read. */
export const MAX_DEPTH = 200;

/** The longest arithmetic or test that is searched for its end, which bounds the cost of text without one. */
export const MAX_AHEAD = 10_000;

/**
 * Records an error and moves the cursor to the end.
 * @param resume the start of the following commands; by default the end of the line
 */
export function fail(
  cursor: Cursor,
  start: number,
  end: number,
  message: string,
  resume = lineEnd(cursor.text, start),
): void {
  if (cursor.resume === null) {
    cursor.error ??= { start, end, message };
    cursor.resume = resume;
  }
  cursor.at = cursor.text.length;
}

/** Records that Bash may read the following text differently. Earlier errors remain. */
export function doubt(cursor: Cursor): void {
  if (cursor.error === null) cursor.uncertain = true;
}

/** Skips the rest of the text, which is nested too deeply. */
export function skipRest(cursor: Cursor): void {
  doubt(cursor);
  cursor.at = cursor.text.length;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/**
 * Reads a section on its own, at its own offsets and without reporting its errors.
 * @returns null if the section has an error
 */
export function within<T>(cursor: Cursor, from: number, to: number, read: (inside: Cursor) => T): T | null {
  const inside = insideOf(cursor, from, to);
  const result = read(inside);
  return inside.error === null && inside.resume === null ? result : null;
}

/** Returns a cursor for a section that is read on its own, at its own offsets. */
export function insideOf(cursor: Cursor, from: number, to: number): Cursor {
  return {
    ...cursor,
    text: cursor.text.slice(0, to),
    at: from,
    error: null,
    resume: null,
    heredocs: [],
    bodies: [],
    unended: [],
  };
}

export function matches(cursor: Cursor, text: string): boolean {
  return cursor.text.startsWith(text, cursor.at);
}

/** Moves the cursor forward, at most to the end. */
export function advance(cursor: Cursor, by: number): void {
  cursor.at = Math.min(cursor.at + by, cursor.text.length);
}

/**
 * Returns the end of the words read so far: before the backslash of a continued line, and before the carriage return
 * of a line's end, although Bash makes that part of the word.
 */
export function readEnd({ text, at }: Cursor): number {
  let end = at;
  if (text.charAt(end - 1) === '\r' && (end >= text.length || text.charAt(end) === '\n')) end--;
  while (text.charAt(end - 1) === '\n' && text.charAt(end - 2) === '\\') end -= 2;
  return end;
}

/** Skips spaces, tabs, continued lines and a comment. */
export function skipBlanks(cursor: Cursor): void {
  const { text } = cursor;
  for (;;) {
    const char = text.charCodeAt(cursor.at);
    if (char === 32 || char === 9) cursor.at++;
    else if (char === 92 && text.charCodeAt(cursor.at + 1) === 10) cursor.at += 2;
    else break;
  }
  if (text.charCodeAt(cursor.at) !== 35) return;
  const before = text.charAt(cursor.at - 1);
  if (cursor.at > 0 && !/[ \t\n;&|()]/.test(before)) return;
  cursor.at = lineEnd(text, cursor.at);
}

/**
 * Moves past the brackets that open at the cursor and close `count` levels deep: `((…))`.
 * @returns false if they are not closed, or not adjacent
 */
export function closeBraces(cursor: Cursor, count: number): boolean {
  const { text } = cursor;
  const last = Math.min(text.length, cursor.at + MAX_AHEAD);
  let depth = 0;
  for (let at = cursor.at; at < last; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === "'" || char === '"' || char === '`') return false;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) {
      if (text.slice(at + 1 - count, at + 1) !== ')'.repeat(count)) return false;
      cursor.at = at + 1;
      return true;
    }
  }
  return false;
}

const WORD_AHEAD = /[^ \t\n;&|()<>]{0,40}/y;

/** Returns the unquoted word at the cursor, if it could be a reserved word. */
export function peekWord(cursor: Cursor): string {
  skipBlanks(cursor);
  WORD_AHEAD.lastIndex = cursor.at;
  return WORD_AHEAD.exec(cursor.text)?.[0] ?? '';
}

/** Returns whether a word begins here. */
export function startsWord({ text, at }: Cursor): boolean {
  const char = text.charAt(at);
  if ((char === '<' || char === '>') && text.charAt(at + 1) === '(') return true;
  return at < text.length && !/[;&|()<>\n \t]/.test(char);
}

/** Words that end a list and cannot begin a command. */
export const CLOSERS: ReadonlySet<string> = new Set([
  'then',
  'else',
  'elif',
  'fi',
  'do',
  'done',
  'esac',
  '}',
]);

/** Records that Bash does not expect the text at the cursor. */
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
