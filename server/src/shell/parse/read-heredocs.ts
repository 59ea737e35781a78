/** Reads line ends between commands, and the bodies of here-documents that begin there. */
import type { Word, WordPart } from '../syntax.ts';
import { type Cursor, type Heredoc, matches, skipBlanks, within } from './read-cursor.ts';
import { readQuoted } from './read-words.ts';
import { textParts } from './text-parts.ts';

/** Moves to the next command, reading here-documents on the way. */
export function skipLines(cursor: Cursor): void {
  for (;;) {
    skipBlanks(cursor);
    if (!matches(cursor, '\n')) return;
    cursor.at++;
    readHeredocs(cursor);
  }
}

/** Reads the bodies of the previous line's here-documents, at the beginning of a line. */
export function readHeredocs(cursor: Cursor): void {
  const { text, heredocs } = cursor;
  cursor.heredocs = [];
  for (const heredoc of heredocs) {
    const { at: start } = cursor;
    let end = start;
    let lineEnd = start;
    for (;;) {
      end = cursor.at;
      if (end >= text.length) {
        cursor.unended.push(heredoc.at);
        break;
      }
      const newline = text.indexOf('\n', end);
      lineEnd = newline === -1 ? text.length : newline;
      const line = text.slice(end, lineEnd);
      cursor.at = Math.min(lineEnd + 1, text.length);
      if ((heredoc.tabs ? line.replace(/^\t+/, '') : line) === heredoc.delimiter) break;
    }
    heredoc.fill(readBody(cursor, heredoc, start, end), lineEnd);
    cursor.bodies.push({ from: heredoc.at.start, end: lineEnd });
  }
}

function readBody(cursor: Cursor, { raw, tabs }: Heredoc, start: number, end: number): Word {
  const read = (from: number, to: number): WordPart[] => {
    if (raw) return textParts(cursor.script, from, to, 'single');
    const parts = within(cursor, from, to, inside => readQuoted(inside, 'heredoc'));
    return parts ?? textParts(cursor.script, from, to, 'single');
  };
  if (start === end) return { start, end, parts: [] };
  if (!tabs) return { start, end, parts: read(start, end) };
  return { start, end, parts: stretches(cursor.text, start, end).flatMap(([from, to]) => read(from, to)) };
}

/** Returns the ranges of the lines without their leading tabs. Parts that span lines are split. */
function stretches(text: string, start: number, end: number): [from: number, to: number][] {
  const lines: [number, number][] = [];
  for (let at = start; at < end; ) {
    const next = text.indexOf('\n', at);
    const to = next === -1 || next >= end ? end : next + 1;
    while (at < to && text.charAt(at) === '\t') at++;
    if (at < to) lines.push([at, to]);
    at = to;
  }
  return lines;
}
