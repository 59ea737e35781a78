/**
 * Skips the bodies of strings in a broken text, for `repair.ts`. With `byLayout`, an unclosed quote ends with its
 * line, or where the indentation of the surrounding code returns.
 */
import type { Frame } from './repair-frames.ts';

/** The end of a string's body: a hole, the closing quote, or `missing` where a quote is inserted. */
export interface BodyEnd {
  readonly at: number;
  readonly kind: 'hole' | 'closed' | 'missing';
}

/** Returns the end of the body of `frame`, a string, from `at`. At the end of the text the quote is missing. */
export function bodyEnd(text: string, at: number, frame: Frame, byLayout: boolean): BodyEnd {
  return frame.kind === 'string' ? doubleEnd(text, at, byLayout) : indentedEnd(text, at, frame, byLayout);
}

function doubleEnd(text: string, from: number, byLayout: boolean): BodyEnd {
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') return { at: at + 1, kind: 'closed' };
    if (character === '\n' && byLayout) return { at: lineTail(text, from, at), kind: 'missing' };
    if (character === '$' && text.charAt(at + 1) === '{') return { at, kind: 'hole' };
    at += character === '\\' || (character === '$' && text.charAt(at + 1) === '$') ? 2 : 1;
  }
  return { at: text.length, kind: 'missing' };
}

/** Returns the end of a line's text, without a final `;`. */
function lineTail(text: string, from: number, newline: number): number {
  let end = newline;
  while (end > from && /\s/.test(text.charAt(end - 1))) end--;
  return end > from && text.charAt(end - 1) === ';' ? end - 1 : end;
}

function indentedEnd(text: string, from: number, frame: Frame, byLayout: boolean): BodyEnd {
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === "'" && text.charAt(at + 1) === "'") {
      const next = text.charAt(at + 2);
      if (next !== "'" && next !== '$' && next !== '\\') return { at: at + 2, kind: 'closed' };
      at += next === '\\' ? 4 : 3;
      continue;
    }
    if (character === '\n' && byLayout && outdented(text, at + 1, frame.indent)) {
      let end = at;
      while (end > from && /\s/.test(text.charAt(end - 1))) end--;
      return { at: end, kind: 'missing' };
    }
    if (character === '$' && text.charAt(at + 1) === '{') return { at, kind: 'hole' };
    at += character === '$' && text.charAt(at + 1) === '$' ? 2 : 1;
  }
  return { at: text.length, kind: 'missing' };
}

/** Returns whether the line at `start` has content no deeper than `indent`, other than the closing quote. */
function outdented(text: string, start: number, indent: number): boolean {
  let at = start;
  while (text.charAt(at) === ' ' || text.charAt(at) === '\t') at++;
  if (at >= text.length || text.charAt(at) === '\n' || text.charAt(at) === '\r') return false;
  return at - start <= indent && !text.startsWith("''", at);
}
