/**
 * The edit that sets an option of a generator's file, in the manner of what is written of the file already. Null where
 * it cannot be told how, or where several places declare the file.
 */
import type { Place } from '../../fleet/model.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrBinding, AttrSetExpr } from '../../nix/syntax.ts';
import { eolOf, indentOf, insertBelow, lineAround, writtenAt } from '../edits.ts';
import { expressionsAt } from '../locate.ts';
import type { Sources, TextEdit } from '../rule.ts';
import type { UsedFile } from './used-file.ts';

/** @param text the option's value, as Nix */
export function setFileOption(
  sources: Sources,
  { declared, generators }: UsedFile,
  option: string,
  text: string,
): TextEdit | null {
  const [file, ...others] = declared;
  const [generator] = generators;
  if (file === undefined || generator === undefined || others.length > 0 || file.from === 'prompt')
    return null;
  const written = generator
    .body()
    .options()
    .filter(one => one.of === 'file' && one.owner === file.name);
  const same = written.filter(one => one.name === option);
  if (same.length > 0) {
    const [only, ...more] = same;
    if (only?.valueAt == null || only.conditional || more.length > 0) return null;
    const isWritten = /^"[a-z]+"$/.test(writtenAt(sources, only.valueAt) ?? '');
    return isWritten ? { ...only.valueAt, text } : null;
  }
  const [beside] = written;
  if (beside !== undefined) return insertBeside(sources, beside.at, `${option} = ${text};`);
  const found = bindingAt(sources, file.at);
  if (found === null || found.index < found.binding.path.length - 1) return null;
  const { value } = found.binding;
  return value.kind === 'attrs' ? addBinding(found.file, value, `${option} = ${text};`) : null;
}

interface Found {
  readonly file: SourceFile;
  readonly binding: AttrBinding;
  /** Which name of its path stands at the place. */
  readonly index: number;
}

function bindingAt(sources: Sources, at: Place): Found | null {
  const file = sources.parse(at.file);
  if (file === null) return null;
  for (const within of expressionsAt(file, at.start).reverse()) {
    if (within.kind !== 'attrs') continue;
    for (const binding of within.bindings) {
      if (binding.kind !== 'bind') continue;
      const index = binding.path.findIndex(name => name.start <= at.start && at.end <= name.end);
      if (index !== -1) return { file, binding, index };
    }
  }
  return null;
}

/** Another option of the same set, or with the same names in front. */
function insertBeside(sources: Sources, at: Place, text: string): TextEdit | null {
  const found = bindingAt(sources, at);
  if (found === null || found.index !== found.binding.path.length - 1) return null;
  const { file, binding, index } = found;
  const prefix = file.text.slice(binding.start, binding.path[index]?.start);
  const line = lineAround(file, binding);
  const isAlone = /^\s*$/.test(file.text.slice(line.start, binding.start));
  const space = isAlone ? eolOf(file) + indentOf(file, binding.start) : ' ';
  return { file: file.path, start: binding.end, end: binding.end, text: `${space}${prefix}${text}` };
}

function addBinding(file: SourceFile, set: AttrSetExpr, text: string): TextEdit {
  const last = set.bindings.at(-1);
  if (last === undefined) return { file: file.path, start: set.start, end: set.end, text: `{ ${text} }` };
  if (lineAround(file, set).contentEnd >= set.end)
    return { file: file.path, start: last.end, end: last.end, text: ` ${text}` };
  return insertBelow(file, last, [`${indentOf(file, last.start)}${text}`]);
}
