/**
 * A place in a script that is read, and the small steps: blanks, brackets, the first mistake.
 */
import type { Range, ScriptText, ShellError, Statement, Word, WordPart } from '../syntax.ts';

/** A here-document whose body begins with the next line. */
export interface Heredoc {
  /** Where it is asked for: `EOF` of `<<EOF`. */
  readonly at: Range;
  readonly delimiter: string;
  /** True for `<<-`: tabs in front of lines do not count. */
  readonly tabs: boolean;
  /** True if the delimiter is quoted: nothing in the body is expanded. */
  readonly raw: boolean;
  /** Takes the body when it has been read, and the end of the line that ends it. */
  readonly fill: (body: Word, end: number) => void;
}

/** A here-document that has been read. */
export interface ReadHeredoc {
  /** The offset of the delimiter where it is asked for. */
  readonly from: number;
  /** The end of the line that ends the body. */
  readonly end: number;
}

export interface Cursor {
  readonly script: ScriptText;
  /** The script's text with a name of the same length in the place of each hole. */
  readonly text: string;
  at: number;
  /** The first mistake that Bash rejects. */
  error: ShellError | null;
  /**
   * After a mistake: the offset where reading goes on. Until then the cursor is at the end, where every reader stops.
   */
  resume: number | null;
  /** True if Bash may read the script in another way: its mistakes are not reported. */
  uncertain: boolean;
  heredocs: Heredoc[];
  /** Those that have been read, until the statements that they belong to are stretched over them. */
  bodies: ReadHeredoc[];
  /** Of those, the ones that no line ends. */
  readonly unended: Range[];
  depth: number;
  readonly reader: Reader;
}

/** What is read inside of each other: words hold commands, and commands words. */
export interface Reader {
  /**
   * Commands until `ends` says so at the beginning of one.
   * @param recovers false: what is behind a mistake is left to the list around
   */
  list(
    cursor: Cursor,
    ends: (cursor: Cursor) => boolean,
    mayBeEmpty: boolean,
    recovers: boolean,
  ): Statement[];
  command(cursor: Cursor): Statement;
  /** Reads one character, quoted stretch or expansion. @returns null for a character, which is text */
  unit(cursor: Cursor): readonly WordPart[] | null;
  /** Reads a word up to an unquoted character that `ends` accepts, or to its end. */
  parts(cursor: Cursor, mayHoldList: boolean, ends: (char: string) => boolean): WordPart[];
}

/** Commands and words inside each other more deeply than this are not read. */
export const MAX_DEPTH = 200;

/**
 * Arithmetic and tests longer than this are not looked through for their ends, which texts without any would pay for.
 */
export const MAX_AHEAD = 10_000;

/**
 * Notes a mistake and moves the cursor to the end.
 * @param resume where the commands behind it begin: by default the end of its line
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

/** Notes that Bash may read what follows in another way. What was wrong before stays wrong. */
export function doubt(cursor: Cursor): void {
  if (cursor.error === null) cursor.uncertain = true;
}

/** Gives up on the rest of the text, which is nested too deeply. */
export function skipRest(cursor: Cursor): void {
  doubt(cursor);
  cursor.at = cursor.text.length;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/**
 * Reads a stretch by itself, at its own offsets; its mistakes are not the script's.
 * @returns null if something is wrong in it
 */
export function within<T>(cursor: Cursor, from: number, to: number, read: (inside: Cursor) => T): T | null {
  const inside = insideOf(cursor, from, to);
  const result = read(inside);
  return inside.error === null && inside.resume === null ? result : null;
}

/** Returns a cursor for a stretch that is read by itself, at its own offsets. */
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

/** Goes on by some characters, never behind the end. */
export function advance(cursor: Cursor, by: number): void {
  cursor.at = Math.min(cursor.at + by, cursor.text.length);
}

/**
 * Returns the offset where the words end that have been read: before the backslash of a line that goes on, and before
 * the carriage return of a line's end, though Bash takes that for a part of the word.
 */
export function readEnd({ text, at }: Cursor): number {
  let end = at;
  if (text.charAt(end - 1) === '\r' && (end >= text.length || text.charAt(end) === '\n')) end--;
  while (text.charAt(end - 1) === '\n' && text.charAt(end - 2) === '\\') end -= 2;
  return end;
}

/** Spaces, tabs, continued lines, and a comment. */
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
 * Goes behind the brackets that open at the cursor and close `count` deep: `((…))`.
 * @returns false if they are not closed, or not together
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

/** Returns the unquoted word at the cursor, as far as it could be a reserved one. */
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

/** Words that end a list and begin nothing. */
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

/** Notes that Bash does not expect what is at the cursor. */
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
