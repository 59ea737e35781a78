/**
 * Edits inside of scripts: what is put into a string must be escaped as that string wants it.
 */
import type { Place } from '../fleet/model.ts';
import { expressionsAt } from './locate.ts';
import type { Sources, TextEdit } from './rule.ts';

/** Escapes text of a script for the string that stands at a place; null if none does. */
function escaped(sources: Sources, at: Place, text: string): string | null {
  const file = sources.parse(at.file);
  if (file === null) return null;
  const string = expressionsAt(file, at.start)
    .reverse()
    .find(one => one.kind === 'string' && one.start < at.start && at.end <= one.end);
  if (string?.kind !== 'string') return null;
  if (string.style === 'double') return text.replace(/[\\"]|\$(?=\{)/g, '\\$&');
  return string.style === 'indented' ? text.replace(/''|\$(?=\{)/g, "''$&") : null;
}

/** Puts text around a stretch of a script. */
export function wrapped(sources: Sources, at: Place, before: string, after: string): TextEdit[] | null {
  const left = escaped(sources, at, before);
  const right = escaped(sources, at, after);
  if (left === null || right === null) return null;
  return [
    { file: at.file, start: at.start, end: at.start, text: left },
    { file: at.file, start: at.end, end: at.end, text: right },
  ];
}

/** Replaces a stretch of a script that is written as it reads; null where it is not. */
export function replaced(sources: Sources, at: Place, from: string, to: string): TextEdit | null {
  const file = sources.parse(at.file);
  const text = escaped(sources, at, to);
  if (file === null || text === null || file.text.slice(at.start, at.end) !== from) return null;
  return { ...at, text };
}

/** Takes a stretch out of a script with its lines; null if something else stands there. */
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
