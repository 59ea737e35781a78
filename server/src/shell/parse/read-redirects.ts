/** Reads redirections, including here-documents. */
import type { Redirect, Word } from '../syntax.ts';
import { CLOSERS, type Cursor, peekWord, skipBlanks, startsWord, unexpected } from './read-cursor.ts';
import { readWord } from './read-words.ts';

const OPERATOR = /(?:(\d+)|\{[A-Za-z_]\w*\})?(<<<|<<-?|<>|<&|>>|>&|>\||<(?!\()|>(?!\()|&>>|&>)/y;

/** Reads the redirections after a compound command. */
export function readRedirects(cursor: Cursor): Redirect[] {
  const redirects: Redirect[] = [];
  for (;;) {
    skipBlanks(cursor);
    const redirect = readRedirect(cursor);
    if (redirect !== null) {
      redirects.push(redirect);
      continue;
    }
    if (startsWord(cursor) && !CLOSERS.has(peekWord(cursor))) unexpected(cursor);
    return redirects;
  }
}

/** Reads a redirection, or returns `null` if there is none. */
export function readRedirect(cursor: Cursor): Redirect | null {
  const { text, at: start } = cursor;
  OPERATOR.lastIndex = start;
  const match = OPERATOR.exec(text);
  if (match === null) return null;
  const [whole, digits, operator = ''] = match;
  const descriptor = digits === undefined ? null : Number(digits);
  cursor.at += whole.length;
  skipBlanks(cursor);
  const plain = { start, descriptor, operator, target: null, heredoc: null };
  if (!startsWord(cursor)) {
    unexpected(cursor);
    return { ...plain, end: start + whole.length };
  }
  const word = readWord(cursor);
  const target = text.slice(word.start, cursor.at);
  const { end } = word;
  if (operator === '<<' || operator === '<<-') return heredoc(cursor, { ...plain, end }, word, target);
  if (target === '-' && operator.endsWith('&')) return { ...plain, operator: `${operator}-`, end };
  return { ...plain, target: word, end };
}

/** A redirection whose here-document is filled in later. */
type Unfilled = { -readonly [Key in keyof Redirect]: Redirect[Key] };

/**
 * Reads a redirection whose body begins on the next line.
 * @param word the delimiter, with quotes
 */
function heredoc(
  cursor: Cursor,
  { start, end, descriptor, operator }: Redirect,
  at: Word,
  word: string,
): Redirect {
  const body: Word = { start: end, end, parts: [] };
  const redirect: Unfilled = { start, end, descriptor, operator: '<<', target: null, heredoc: body };
  cursor.heredocs.push({
    at: { start: at.start, end: at.end },
    delimiter: word.replace(/\\(.)/g, '$1').replace(/['"]/g, ''),
    tabs: operator === '<<-',
    raw: /['"\\]/.test(word),
    fill: (read, behind) => {
      redirect.heredoc = read;
      redirect.end = behind;
    },
  });
  return redirect;
}
