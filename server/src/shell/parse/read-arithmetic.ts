/** Reads arithmetic: its expansions and names. Does not compute anything. */
import type { ArithmeticPart, WordPart } from '../syntax.ts';
import { type Cursor, MAX_AHEAD, within } from './read-cursor.ts';

type Arithmetic = Pick<ArithmeticPart, 'inner' | 'assigns'>;

const NUMBER = /\d[\w#@.]*/y;
const NAME = /[A-Za-z_]\w*/y;

/** Reads the expansions and names (which need no `$` in arithmetic) between two offsets, without moving the cursor. */
export function readArithmetic(cursor: Cursor, from: number, to: number): Arithmetic {
  return within(cursor, from, to, readNames) ?? { inner: [], assigns: [] };
}

function readNames(cursor: Cursor): Arithmetic {
  const { text, script } = cursor;
  const inner: WordPart[] = [];
  const assigns: string[] = [];
  while (cursor.at < text.length) {
    const { at } = cursor;
    NUMBER.lastIndex = at;
    NAME.lastIndex = at;
    if (NUMBER.test(text)) cursor.at = NUMBER.lastIndex;
    else if (NAME.test(text)) {
      cursor.at = NAME.lastIndex;
      // Bash reads an unset name as 0 except under `set -u`, so this is too uncertain for a finding.
      assigns.push(script.text.slice(at, cursor.at));
    } else if (text.charAt(at) === '"') cursor.at++;
    else
      inner.push(
        ...(cursor.reader.unit(cursor) ?? []).filter(
          part => part.kind !== 'text' && part.kind !== 'arithmetic',
        ),
      );
  }
  return { inner, assigns };
}

/** Returns the offset after the `))` that closes arithmetic, or `null` if it is not closed. */
export function arithmeticEnd({ text }: Cursor, from: number): number | null {
  const last = Math.min(text.length, from + MAX_AHEAD);
  let depth = 0;
  for (let at = from; at < last; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === "'" || char === '"') {
      const end = text.indexOf(char, at + 1);
      if (end === -1) return null;
      at = end;
    } else if (char === '(') depth++;
    else if (char === ')' && --depth <= 1) return depth === 1 && text.charAt(at + 1) === ')' ? at + 2 : null;
  }
  return null;
}
