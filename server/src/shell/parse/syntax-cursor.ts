/**
 * A place in a script that is checked, and the small steps: blanks, brackets, the first error.
 */
import type { Hole, Range, ShellError } from '../syntax.ts';

export interface Heredoc {
  /** Where it is asked for: `EOF` of `<<EOF`. */
  readonly at: Range;
  readonly delimiter: string;
  readonly tabs: boolean;
}

export interface Cursor {
  readonly text: string;
  readonly holes: readonly Hole[];
  at: number;
  /** The first error; everything after it is skipped. */
  error: ShellError | null;
  /** True if nothing can be said of the script. */
  gaveUp: boolean;
  /** Heredocs whose bodies begin with the next line. */
  heredocs: Heredoc[];
  /** Of those, the ones that no line ends. */
  readonly unended: Range[];
  depth: number;
  /** Reads commands: words hold commands, and commands words. */
  readonly list: (cursor: Cursor, ends: (cursor: Cursor) => boolean, mayBeEmpty: boolean) => void;
  /** Reads one command. */
  readonly command: (cursor: Cursor) => void;
}

/** Notes the first error and goes to the end, where every reader stops. */
export function fail(cursor: Cursor, start: number, end: number, message: string): void {
  cursor.error ??= { start, end, message };
  cursor.at = cursor.text.length;
}

export function giveUp(cursor: Cursor): void {
  cursor.gaveUp = true;
  cursor.at = cursor.text.length;
}

export function matches(cursor: Cursor, text: string): boolean {
  return cursor.text.startsWith(text, cursor.at);
}

/** Spaces, tabs, continued lines, and a comment. */
export function skipBlanks(cursor: Cursor): void {
  const { text } = cursor;
  for (;;) {
    if (text.startsWith('\\\n', cursor.at)) cursor.at += 2;
    else if (text.charAt(cursor.at) === ' ' || text.charAt(cursor.at) === '\t') cursor.at++;
    else break;
  }
  if (text.charAt(cursor.at) !== '#') return;
  const before = text.charAt(cursor.at - 1);
  if (cursor.at > 0 && !/[ \t\n;&|()]/.test(before)) return;
  const end = text.indexOf('\n', cursor.at);
  cursor.at = end === -1 ? text.length : end;
}

/**
 * Goes behind the brackets that open at the cursor and close `count` deep: `((…))`.
 * @returns false if they are not closed, or not together
 */
export function closeBraces(cursor: Cursor, count: number): boolean {
  const { text } = cursor;
  let depth = 0;
  for (let at = cursor.at; at < text.length; at++) {
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

/** A heredoc's delimiter without its quotes. */
export function closeQuotes(word: string): string {
  return word.replace(/\\(.)/g, '$1').replace(/['"]/g, '');
}
