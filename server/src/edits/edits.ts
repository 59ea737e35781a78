/**
 * Edits that keep a file's formatting: replace names, add and remove list items, insert bindings. Work on text and
 * syntax only; each function returns `null` if the text is not as expected.
 */

import type { Place } from '../nix/places.ts';
import { positionAt, type SourceFile } from '../nix/source.ts';
import type { ListExpr, Range } from '../nix/syntax.ts';
import { listWithItem } from './locate.ts';
import type { Sources, TextEdit } from './text-edit.ts';
import { editAt } from './text-edit.ts';

const KEYWORDS: ReadonlySet<string> = new Set('assert else if in inherit let or rec then with'.split(' '));

/** Returns whether the name can be written as an attribute without quotes. */
export function isBareName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !KEYWORDS.has(name);
}

/** Returns a string in double quotes. */
export function stringText(value: string): string {
  return `"${value.replace(/[\\"]|\$(?=\{)/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Returns a name as written before `=` or after a dot. */
export function attributeText(name: string): string {
  return isBareName(name) ? name : stringText(name);
}

/**
 * Replaces a literal name at a place: a string, the text inside its quotes, or an attribute. Returns `null` for
 * anything else, since a computed name has no single place.
 */
export function replaceName(sources: Sources, at: Place, name: string, replacement: string): TextEdit | null {
  const file = sources.parse(at.file);
  if (file === null) return null;
  const written = file.text.slice(at.start, at.end);
  if (written === stringText(name)) return editAt(at, stringText(replacement));
  if (written === `''${name}''`) return editAt(at, stringText(replacement));
  if (written !== name) return null;
  const before = file.text[at.start - 1];
  const after = file.text[at.end];
  if (before === '"' && after === '"') return editAt(at, stringText(replacement).slice(1, -1));
  if (before === "'" || after === "'") return null;
  return editAt(at, attributeText(replacement));
}

/** Removes an item from a list. If it is alone on its line, removes the whole line with its comment. */
export function removeListItem(file: SourceFile, at: Range): TextEdit | null {
  const listItem = listWithItem(file, at);
  if (listItem === null) return null;
  const { item, list } = listItem;
  const inner = { start: list.start + 1, end: list.end - 1 };
  const isLast = list.items.length === 1 && /^\s*$/.test(file.text.slice(inner.start, item.start));
  // A comment on the line of the only item belongs to it; other comments stay, and keep the list as it is.
  if (isLast && /^[ \t]*(#.*)?\s*$/.test(file.text.slice(item.end, inner.end)))
    return { file: file.path, ...inner, text: ' ' };
  const line = lineAround(file, item);
  const before = file.text.slice(line.start, item.start);
  const after = file.text.slice(item.end, line.contentEnd);
  const alone = /^\s*$/.test(before) && /^\s*(#.*)?$/.test(after) && item.end <= line.contentEnd;
  if (alone) return { file: file.path, start: line.start, end: line.end, text: '' };
  const index = list.items.indexOf(item);
  const previous = index === 0 ? null : list.items[index - 1];
  const start = previous?.end ?? list.start + 1;
  const gap = file.text.slice(start, item.start);
  // The space before the item is removed with it or, for the first item of a line, the space after it.
  if (/^[ \t]*$/.test(gap)) return { file: file.path, start, end: item.end, text: '' };
  const behind = /^[ \t]*/.exec(file.text.slice(item.end, line.contentEnd))?.[0].length ?? 0;
  return { file: file.path, start: item.start, end: item.end + behind, text: '' };
}

/** Adds an item to the end of a literal list, on a line of its own if the other items have that. */
export function appendListItem(file: SourceFile, list: ListExpr, text: string): TextEdit {
  const last = list.items[list.items.length - 1];
  const closing = list.end - 1;
  if (last === undefined) {
    const inner = file.text.slice(list.start + 1, closing);
    if (/^\s*$/.test(inner))
      return { file: file.path, start: list.start + 1, end: closing, text: ` ${text} ` };
    return { file: file.path, start: closing, end: closing, text: `${text} ` };
  }
  const line = lineAround(file, last);
  if (closing < line.contentEnd) return { file: file.path, start: last.end, end: last.end, text: ` ${text}` };
  return {
    file: file.path,
    start: line.contentEnd,
    end: line.contentEnd,
    text: `${eolOf(file)}${indentOf(file, last.start)}${text}`,
  };
}

/** Inserts whole lines below the line on which a range ends. The first line is given without indentation. */
export function insertBelow(file: SourceFile, range: Range, lines: readonly string[]): TextEdit {
  const { contentEnd } = lineAround(file, { start: Math.max(range.start, range.end - 1), end: range.end });
  const eol = eolOf(file);
  return {
    file: file.path,
    start: contentEnd,
    end: contentEnd,
    text: lines.map(line => eol + line).join(''),
  };
}

/** Returns the offsets of the line around a range's start; `end` is after the line break, `contentEnd` before it. */
export function lineAround(
  file: SourceFile,
  range: Range,
): { readonly start: number; readonly contentEnd: number; readonly end: number } {
  const { line } = positionAt(file.lineStarts, range.start);
  const start = file.lineStarts[line] as number;
  const end = file.lineStarts[line + 1] ?? file.text.length;
  let contentEnd = end;
  while (contentEnd > start && /[\r\n]/.test(file.text[contentEnd - 1] as string)) contentEnd--;
  return { start, contentEnd, end };
}

/** Returns the indentation of the line at an offset. */
export function indentOf(file: SourceFile, offset: number): string {
  const { start, contentEnd } = lineAround(file, { start: offset, end: offset });
  return /^[ \t]*/.exec(file.text.slice(start, contentEnd))?.[0] ?? '';
}

/** Returns the line break that the file uses. */
export function eolOf(file: SourceFile): string {
  return file.text.includes('\r\n') ? '\r\n' : '\n';
}

/** Returns the text at a place, or `null` if the file does not exist. */
export function writtenAt(sources: Sources, at: Place): string | null {
  return sources.parse(at.file)?.text.slice(at.start, at.end) ?? null;
}
