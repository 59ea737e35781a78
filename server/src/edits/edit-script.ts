/** Edits scripts. Inserted text is escaped for the string that contains it. */

import type { Place } from '../nix/places.ts';
import type { Expr, StringExpr } from '../nix/syntax.ts';
import { expressionsAt } from './locate.ts';
import type { Sources, TextEdit } from './text-edit.ts';
import { editAt } from './text-edit.ts';

/** Returns text of a script escaped for the string at a place, or `null` if the place is not in a string. */
export function scriptText(sources: Sources, at: Place, text: string): string | null {
  const file = sources.parse(at.file);
  const string = file === null ? undefined : expressionsAt(file, at.start).findLast(isString);
  if (string === undefined || at.start <= string.start || at.end >= string.end) return null;
  if (string.style === 'double') return text.replace(/[\\"]|\$(?=\{)/g, '\\$&');
  return string.style === 'indented' ? text.replace(/''|\$(?=\{)/g, "''$&") : null;
}

function isString(expr: Expr): expr is StringExpr {
  return expr.kind === 'string';
}

/** Inserts text before and after a range of a script. */
export function wrapped(sources: Sources, at: Place, before: string, after: string): TextEdit[] | null {
  const left = scriptText(sources, at, before);
  const right = scriptText(sources, at, after);
  if (left === null || right === null) return null;
  return [
    { file: at.file, start: at.start, end: at.start, text: left },
    { file: at.file, start: at.end, end: at.end, text: right },
  ];
}

/** Puts a range of a script in double quotes. */
export function quotesAround(sources: Sources, at: Place): TextEdit[] | null {
  return wrapped(sources, at, '"', '"');
}

/** Replaces a range of a script, or returns `null` if its source differs from its value. */
export function replaced(sources: Sources, at: Place, from: string, to: string): TextEdit | null {
  const file = sources.parse(at.file);
  const text = scriptText(sources, at, to);
  if (file === null || text === null || file.text.slice(at.start, at.end) !== from) return null;
  return editAt(at, text);
}

/** Removes a range of a script with its lines, or returns `null` if the lines contain anything else. */
export function removed(sources: Sources, at: Place): TextEdit | null {
  const file = sources.parse(at.file);
  if (file === null) return null;
  const { text } = file;
  let start = at.start;
  while (start > 0 && /[ \t]/.test(text[start - 1] as string)) start--;
  let end = at.end;
  while (end < text.length && /[ \t]/.test(text[end] as string)) end++;
  if (text[start - 1] !== '\n' || text[end] !== '\n') return null;
  return { file: at.file, start, end: end + 1, text: '' };
}
