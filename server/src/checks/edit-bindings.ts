/**
 * Edits of options: bindings taken out, and the text of values. Works on text and syntax only, as edits.ts does; each
 * function answers null where the text is not what it would have to be.
 */
import type { Place } from '../fleet/model.ts';
import type { SourceFile } from '../nix/source.ts';
import type { AttrBinding, AttrSetExpr, Range } from '../nix/syntax.ts';
import { eolOf, indentOf, lineAround, writtenAt } from './edits.ts';
import { expressionsAt } from './locate.ts';
import type { Sources, TextEdit } from './rule.ts';

interface LocatedOption {
  readonly binding: AttrBinding;
  readonly within: AttrSetExpr;
}

/** The `… .name = value;` of which the last name stands at `at`. */
export function optionAt(file: SourceFile, at: Range): LocatedOption | null {
  for (const within of expressionsAt(file, at.start).reverse()) {
    if (within.kind !== 'attrs') continue;
    for (const binding of within.bindings) {
      if (binding.kind !== 'bind') continue;
      const last = binding.path.at(-1);
      if (last !== undefined && last.start <= at.start && at.end <= last.end) return { binding, within };
    }
  }
  return null;
}

/**
 * Takes an option out, with its lines and what is said about it on them if it has them to itself. What the names in
 * front of it declare stays declared: of `files.key.mode = "0400";` there is left `files.key = { };`.
 */
export function removeOption(sources: Sources, at: Place): TextEdit | null {
  const file = sources.parse(at.file);
  const found = file === null ? null : optionAt(file, at);
  if (file === null || found === null) return null;
  const { binding } = found;
  const owner = binding.path.at(-2);
  if (owner !== undefined && !isNamedElsewhere(file, found)) {
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

/** Do other bindings of the set begin with the names in front of the last one? */
function isNamedElsewhere(file: SourceFile, { binding, within }: LocatedOption): boolean {
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
  const file = sources.parse(at.file);
  const value = file === null ? undefined : optionAt(file, at)?.binding.value;
  if (file === null || value === undefined || value.kind !== 'attrs') return null;
  const open = file.text.indexOf('{', value.start) + 1;
  const first = value.bindings[0];
  const insert = (text: string): TextEdit => ({ file: file.path, start: open, end: open, text });
  if (first === undefined) return insert(` ${option}`);
  const isOwnLine = file.text.slice(open, first.start).includes('\n');
  return insert(isOwnLine ? `${eolOf(file)}${indentOf(file, first.start)}${option}` : ` ${option}`);
}
