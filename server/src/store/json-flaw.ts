/** Finds the place where a text stops being valid JSON. Messages never quote the text, which may be a secret. */

/** The reason why a text is invalid, and the place. */
export interface Flaw {
  /** Continues "cannot be used: ". */
  readonly reason: string;
  /** Half-open UTF-16 offsets from 0. */
  readonly start: number;
  readonly end: number;
}

/** The reason given for a file with the marks of a merge. */
export const UNFINISHED_MERGE = 'a merge in it is not finished';

const SPACE = /[ \t\r\n]*/y;

const TOKEN =
  /(?:([[\]{},:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?![\w.+-]))/y;

/** The expected token: a value, a key, the colon after it, or what follows a value. */
type Wanted = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'next';

/**
 * Returns the flaw of a text.
 * @param text a text that `JSON.parse` has rejected
 */
export function jsonFlaw(text: string): Flaw {
  const marks = /^(<{7}|={7}|>{7})( .*)?$/m.exec(text);
  if (marks) return at(UNFINISHED_MERGE, marks.index, marks[0].length);
  if (text.trim() === '') return at('it is empty', 0, 0);
  const pos = firstOdd(text);
  const isCut = pos >= text.trimEnd().length || (text[pos] === '"' && !/["\n]/.test(text.slice(pos + 1)));
  return isCut ? at('its JSON ends too early', text.trimEnd().length, 0) : at('it is not JSON', pos, 1);
}

function at(reason: string, start: number, length: number): Flaw {
  return { reason, start, end: start + length };
}

/** Returns the offset of the first unexpected token, or the end of the text if a token is missing. */
function firstOdd(text: string): number {
  const open: string[] = [];
  let wanted: Wanted = 'value';
  for (let pos = 0; ; ) {
    SPACE.lastIndex = pos;
    SPACE.test(text);
    const start = SPACE.lastIndex;
    TOKEN.lastIndex = start;
    const match = TOKEN.exec(text);
    if (match === null) return start;
    const next = after(wanted, match[1] ?? (match[2] === undefined ? 'scalar' : 'string'), open);
    if (next === null) return start;
    wanted = next;
    pos = TOKEN.lastIndex;
  }
}

/** Returns what is expected after a token, or `null` for an unexpected token. Updates `open`, the open brackets. */
function after(wanted: Wanted, token: string, open: string[]): Wanted | null {
  const isValue = wanted === 'value' || wanted === 'first value';
  switch (token) {
    case '{':
    case '[':
      if (!isValue) return null;
      open.push(token);
      return token === '{' ? 'first key' : 'first value';
    case '}':
    case ']': {
      const empty = token === '}' ? 'first key' : 'first value';
      if (wanted !== 'next' && wanted !== empty) return null;
      return open.pop() === (token === '}' ? '{' : '[') ? 'next' : null;
    }
    case ',':
      if (wanted !== 'next' || open.length === 0) return null;
      return open.at(-1) === '{' ? 'key' : 'value';
    case ':':
      return wanted === 'colon' ? 'value' : null;
    case 'string':
      if (wanted === 'key' || wanted === 'first key') return 'colon';
      return isValue ? 'next' : null;
    default:
      return isValue ? 'next' : null;
  }
}
