/**
 * Edits of bindings, whatever they belong to: one taken out, one added to a set or beside another, a value replaced.
 * They follow the style of what they are beside. Works on text and syntax only, as edits.ts does; each function
 * answers null where the text is not what it would have to be.
 */

import type { Place } from '../nix/places.ts';
import type { SourceFile } from '../nix/source.ts';
import type { AttrBinding, AttrSetExpr } from '../nix/syntax.ts';
import { eolOf, indentOf, insertBelow, lineAround, writtenAt } from './edits.ts';
import { bindingAround, expressionsAt } from './locate.ts';
import type { Sources, TextEdit } from './text-edit.ts';

/** A binding with the name in its path that is at a place. */
export interface NamedBinding {
  readonly file: SourceFile;
  readonly binding: AttrBinding;
  readonly within: AttrSetExpr;
  /** Which name of the path it is. */
  readonly index: number;
}

/** Returns the `… .name = value;` of which a name is at a place, innermost first. */
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

/** The same where it is the last name, so that the value is the name's own. */
function optionAt(sources: Sources, at: Place): NamedBinding | null {
  const binding = namedAt(sources, at);
  return binding !== null && binding.index === binding.binding.path.length - 1 ? binding : null;
}

/**
 * Takes an option out, with its lines and what is said about it on them if it has them to itself. What the names in
 * front of it declare stays declared: of `files.key.mode = "0400";` there is left `files.key = { };`.
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

/** Returns whether other bindings of the set begin with the names in front of the last one. */
function isNamedElsewhere({ file, binding, within }: NamedBinding): boolean {
  const namesOf = (path: AttrBinding['path'], count: number) =>
    path.slice(0, count).map(name => file.text.slice(name.start, name.end));
  const count = binding.path.length - 1;
  const owner = namesOf(binding.path, count).join('.');
  return within.bindings.some(
    other => other !== binding && other.kind === 'bind' && namesOf(other.path, count).join('.') === owner,
  );
}

/** Replaces a value that is written out exactly as it is thought to be. */
export function replaceWritten(
  sources: Sources,
  at: Place | null,
  isWritten: (text: string) => boolean,
  text: string,
): TextEdit | null {
  const written = at === null ? null : writtenAt(sources, at);
  return at === null || written === null || !isWritten(written) ? null : { ...at, text };
}

/** Writes an option into the set that is assigned to the name at a place, as its first; null if that is no set. */
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

/** Adds a binding to the end of a set that is written out. */
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
  // A name that is inherited has none in front of it.
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
