/**
 * Creates the edit that sets an option of a generator's file, in the style of its existing options. Returns
 * null if the form is not supported or several places declare the file.
 */

import { addBinding, insertBeside, namedAt } from '../../../edits/edit-bindings.ts';
import { writtenAt } from '../../../edits/edits.ts';
import type { Sources, TextEdit } from '../../../edits/text-edit.ts';
import { editAt } from '../../../edits/text-edit.ts';
import { isStillValid, type Kept, noted } from '../../memory/kept.ts';
import type { UsedFile } from './used-file.ts';

/** Cached, because each machine that has a file asks for it. */
const edits = new WeakMap<UsedFile, Map<string, Kept<TextEdit | null>>>();

/**
 * Returns the edit that sets an option of a generator's file, or null.
 *
 * @param text the option's value as a Nix expression
 */
export function setFileOption(
  sources: Sources,
  file: UsedFile,
  option: string,
  text: string,
): TextEdit | null {
  let cached = edits.get(file);
  if (cached === undefined) {
    cached = new Map();
    edits.set(file, cached);
  }
  const key = `${option} = ${text}`;
  let edit = cached.get(key);
  if (edit === undefined || !isStillValid(edit)) {
    edit = noted(() => editOf(sources, file, option, text));
    cached.set(key, edit);
  }
  return edit.value;
}

function editOf(
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
    .filter(writtenOption => writtenOption.of === 'file' && writtenOption.owner === file.name);
  const same = written.filter(writtenOption => writtenOption.name === option);
  if (same.length > 0) {
    const [only, ...more] = same;
    if (only?.valueAt == null || only.conditional || more.length > 0) return null;
    const isWritten = /^"[a-z]+"$/.test(writtenAt(sources, only.valueAt) ?? '');
    return isWritten ? editAt(only.valueAt, text) : null;
  }
  const [beside] = written;
  if (beside !== undefined) return insertBeside(sources, beside.at, `${option} = ${text};`);
  const binding = namedAt(sources, file.at);
  if (binding === null || binding.index < binding.binding.path.length - 1) return null;
  const { value } = binding.binding;
  return value.kind === 'attrs' ? addBinding(binding.file, value, `${option} = ${text};`) : null;
}
