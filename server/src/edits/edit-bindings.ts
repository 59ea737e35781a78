/**
 * Edits bindings: removes one, adds one to a set or beside another, replaces a value. Follows the style of the
 * neighbours. Works on text and syntax only, like edits.ts; each function returns `null` if the text is not as
 * expected.
 */

import type { Place } from '../nix/places.ts';
import type { SourceFile } from '../nix/source.ts';
import type { AttrBinding, AttrSetExpr } from '../nix/syntax.ts';
import { eolOf, indentOf, insertBelow, lineAround, writtenAt } from './edits.ts';
import { bindingAround, expressionsAt } from './locate.ts';
import type { Sources, TextEdit } from './text-edit.ts';
import { editAt } from './text-edit.ts';

/** A binding with a name of its path at a place. */
export interface NamedBinding {
  readonly file: SourceFile;
  readonly binding: AttrBinding;
  readonly within: AttrSetExpr;
  /** The index of the name in the path. */
  readonly index: number;
}

/** Returns the innermost binding `… .name = value;` with a name at a place. */
export function namedAt(sources: Sources, at: Place): NamedBinding | null {
  const file = sources.parse(at.file);
  if (file === null) return null;
  for (const within of expressionsAt(file, at.start).reverse()) {
    if (within.kind !== 'attrs') continue;
    for (const binding of within.bindings) {
      if (binding.kind !== 'bind') continue;
      const index = binding.path.findIndex(name => name.start <= at.start && at.end <= name.end);
      if (index !== -1) return { file, binding, within, index };
    }
  }
  return null;
}

/** Returns the binding if it is the last name, so that the value belongs to the name itself. */
function optionAt(sources: Sources, at: Place): NamedBinding | null {
  const binding = namedAt(sources, at);
  return binding !== null && binding.index === binding.binding.path.length - 1 ? binding : null;
}

/**
 * Removes an option with its lines and the comments on them, if it has them to itself. The names in front of it stay
 * declared: `files.key.mode = "0400";` becomes `files.key = { };`.
 */
export function removeOption(sources: Sources, at: Place): TextEdit | null {
  const namedBinding = optionAt(sources, at);
  if (namedBinding === null) return null;
  const { file, binding } = namedBinding;
  const owner = binding.path.at(-2);
  if (owner !== undefined && !isNamedElsewhere(namedBinding)) {
    const start = owner.end;
    return { file: file.path, start, end: binding.end, text: ' = { };' };
  }
  const first = lineAround(file, binding);
  const last = lineAround(file, { start: Math.max(binding.start, binding.end - 1), end: binding.end });
  const before = file.text.slice(first.start, binding.start);
  const after = file.text.slice(binding.end, last.contentEnd);
  if (/^\s*$/.test(before) && /^\s*(#.*)?$/.test(after))
    return { file: file.path, start: first.start, end: last.end, text: '' };
  const space = /[ \t]*$/.exec(before)?.[0].length ?? 0;
  const start = /^\s*$/.test(before) ? binding.start : binding.start - space;
  return { file: file.path, start, end: binding.end, text: '' };
}

/** Returns whether other bindings of the set begin with the same names before the last one. */
function isNamedElsewhere({ file, binding, within }: NamedBinding): boolean {
  const namesOf = (path: AttrBinding['path'], count: number) =>
    path.slice(0, count).map(name => file.text.slice(name.start, name.end));
  const count = binding.path.length - 1;
  const owner = namesOf(binding.path, count).join('.');
  return within.bindings.some(
    other => other !== binding && other.kind === 'bind' && namesOf(other.path, count).join('.') === owner,
  );
}

/** Replaces a literal value if its text is as expected. */
export function replaceWritten(
  sources: Sources,
  at: Place | null,
  isWritten: (text: string) => boolean,
  text: string,
): TextEdit | null {
  const written = at === null ? null : writtenAt(sources, at);
  return at === null || written === null || !isWritten(written) ? null : editAt(at, text);
}

/**
 * Adds an option as the first one of the set assigned to the name at a place, or returns `null` if the value is no
 * set.
 */
export function addOption(sources: Sources, at: Place, option: string): TextEdit | null {
  const binding = optionAt(sources, at);
  if (binding === null || binding.binding.value.kind !== 'attrs') return null;
  const { file } = binding;
  const { value } = binding.binding;
  const open = file.text.indexOf('{', value.start) + 1;
  const first = value.bindings[0];
  if (first === undefined) return addBinding(file, value, option);
  const isOwnLine = file.text.slice(open, first.start).includes('\n');
  const text = isOwnLine ? `${eolOf(file)}${indentOf(file, first.start)}${option}` : ` ${option}`;
  return { file: file.path, start: open, end: open, text };
}

/** Adds a binding to the end of a literal set. */
export function addBinding(file: SourceFile, set: AttrSetExpr, text: string): TextEdit {
  const last = set.bindings.at(-1);
  if (last === undefined) return { file: file.path, start: set.start, end: set.end, text: `{ ${text} }` };
  const isOneLine = lineAround(file, set).contentEnd >= set.end;
  if (isOneLine) return { file: file.path, start: last.end, end: last.end, text: ` ${text}` };
  return insertBelow(file, last, [`${indentOf(file, last.start)}${text}`]);
}

/** Inserts `text` above the binding whose name is at a place, with the same names in front. */
export function insertBeside(sources: Sources, at: Place, text: string): TextEdit | null {
  const file = sources.parse(at.file);
  if (file === null) return null;
  const named = namedAt(sources, at);
  // An inherited name has no names in front of it.
  const binding = named?.binding ?? bindingAround(file, at)?.binding;
  if (binding === undefined || (named === null && binding.kind !== 'inherit')) return null;
  const prefix = named === null ? '' : file.text.slice(binding.start, named.binding.path[named.index]?.start);
  const line = lineAround(file, binding);
  const before = file.text.slice(line.start, binding.start);
  const alone = /^\s*$/.test(before);
  return {
    file: file.path,
    start: binding.start,
    end: binding.start,
    text: `${prefix}${text}${alone ? `${eolOf(file)}${before}` : ' '}`,
  };
}
