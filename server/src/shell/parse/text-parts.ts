/**
 * Splits text into parts of words: cuts it at holes, and resolves quotes and escapes. Finds no expansions except
 * `$$`.
 */
import type { Range, ScriptText, WordPart } from '../syntax.ts';

/** The context of a text: outside quotes, inside `"…"`, in a here-document, inside `'…'`. */
export type Quoting = 'none' | 'double' | 'heredoc' | 'single';

/**
 * Returns the parts of the text between two offsets, at least one.
 * @param whole the range of the string with its quotes, used as the place of an empty string
 */
export function textParts(
  { text, holes }: ScriptText,
  from: number,
  to: number,
  quoting: Quoting,
  whole: Range = { start: from, end: to },
): WordPart[] {
  const parts: WordPart[] = [];
  let at = from;
  for (const hole of holes) {
    if (hole.end <= from) continue;
    if (hole.start >= to) break;
    if (at < hole.start) plainParts(text, at, hole.start, quoting, parts);
    const name = text.slice(hole.start, hole.end);
    parts.push({ kind: 'hole', text: name, quoted: quoting !== 'none', start: hole.start, end: hole.end });
    at = hole.end;
  }
  if (at < to) plainParts(text, at, to, quoting, parts);
  if (parts.length === 0)
    parts.push({ kind: 'text', text: '', quoted: quoting !== 'none', start: whole.start, end: whole.end });
  return parts;
}

function plainParts(text: string, from: number, to: number, quoting: Quoting, parts: WordPart[]): void {
  const lastBracket = from + text.slice(from, to).lastIndexOf(']');
  let value = '';
  let start = from;
  const flush = (end: number): void => {
    if (value !== '') parts.push({ kind: 'text', text: value, quoted: quoting !== 'none', start, end });
    value = '';
    start = end;
  };
  for (let at = from; at < to; at++) {
    const char = text.charAt(at);
    if (char === '\\' && quoting !== 'single' && at + 1 < to) {
      const escaped = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
      if (quoting === 'none' || '$`\\\n'.includes(escaped) || (quoting === 'double' && escaped === '"')) {
        if (escaped !== '\n' && quoting === 'none') {
          // An escaped character counts as quoted: it is neither a pattern nor a brace.
          flush(at);
          start = at + 1 + escaped.length;
          parts.push({ kind: 'text', text: escaped, quoted: true, start: at, end: start });
        } else if (escaped !== '\n') value += escaped;
        at += escaped.length;
        continue;
      }
    }
    if (quoting === 'none' && (char === '*' || char === '?' || (char === '[' && at < lastBracket))) {
      flush(at);
      parts.push({ kind: 'glob', character: char, start: at, end: at + 1 });
      start = at + 1;
      continue;
    }
    value += char;
  }
  flush(to);
}

const ANSI: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};

/** Reads `$'…'`. Resolves single-character escapes and leaves others as written. */
export function ansiText({ text }: ScriptText, start: number, end: number): WordPart {
  const value = text
    .slice(start + 2, end - 1)
    .replace(/\\([ntrabefv'"\\?])/g, (_, c: string) => ANSI[c] ?? c);
  return { kind: 'text', text: value, quoted: true, start, end };
}
