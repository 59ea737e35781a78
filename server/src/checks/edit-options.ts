/**
 * Edits of a generator's options as they are written: an item for a list, a further option beside one that is there, a
 * member of `files` or `prompts`. They follow the style of what they stand beside: `x.files.a = { };` or a set. Each
 * function answers null where it cannot tell how.
 */
import type { GeneratorBody, Place, WrittenOption } from '../fleet/model.ts';
import type { SourceFile } from '../nix/source.ts';
import type { AttrSetExpr, Binding, Range } from '../nix/syntax.ts';
import { appendListItem, attributeText, eolOf, indentOf, insertBelow, lineAround } from './edits.ts';
import { expressionsAt, lastLiteralList } from './locate.ts';
import type { Sources, TextEdit } from './rule.ts';

/** A binding with the name in its path that stands at a place. */
interface Named {
  readonly file: SourceFile;
  readonly binding: Binding;
  /** Which name of the binding's path it is; 0 for `inherit`. */
  readonly index: number;
}

function bindingOf(sources: Sources, at: Place): Named | null {
  const file = sources.parse(at.file);
  if (file === null) return null;
  for (const within of expressionsAt(file, at.start).reverse()) {
    if (within.kind !== 'attrs') continue;
    for (const binding of within.bindings) {
      const names = binding.kind === 'bind' ? binding.path : binding.names;
      const index = names.findIndex(name => name.start <= at.start && at.end <= name.end);
      if (index !== -1) return { file, binding, index: binding.kind === 'bind' ? index : 0 };
    }
  }
  return null;
}

/** The option of the generator itself that has this name and is written under no condition. */
function optionOf(body: GeneratorBody, name: string): WrittenOption | null {
  return body.options().find(one => one.of === 'generator' && one.name === name && !one.conditional) ?? null;
}

/** Adds an item to a list option, or the option beside `script` if there is none. */
export function addToListOption(
  sources: Sources,
  body: GeneratorBody,
  option: string,
  item: string,
): TextEdit | null {
  const written = optionOf(body, option);
  if (written === null)
    return body.options().some(one => one.of === 'generator' && one.name === option)
      ? null
      : addOption(sources, body, `${option} = [ ${item} ];`);
  const named = bindingOf(sources, written.at);
  if (named === null || named.binding.kind !== 'bind') return null;
  const list = lastLiteralList(named.binding.value);
  return list === null ? null : appendListItem(named.file, list, item);
}

/** Adds an option of the generator above the first of those that it is usually written near. */
function addOption(sources: Sources, body: GeneratorBody, text: string): TextEdit | null {
  for (const name of ['script', 'runtimeInputs', 'files', 'prompts', 'share']) {
    const beside = optionOf(body, name);
    if (beside !== null) return insertBeside(sources, beside.at, text);
  }
  return null;
}

/** Inserts `text` above the binding whose name stands at `at`, with the same names in front. */
export function insertBeside(sources: Sources, at: Place, text: string): TextEdit | null {
  const named = bindingOf(sources, at);
  if (named === null) return null;
  const { file, binding } = named;
  const name = binding.kind === 'bind' ? binding.path[named.index] : undefined;
  const prefix = name === undefined ? '' : file.text.slice(binding.start, name.start);
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

/** Declares a member of `files` or `prompts`, in the manner of those that are there. */
export function addMember(
  sources: Sources,
  body: GeneratorBody,
  option: 'files' | 'prompts',
  name: string,
  value = '{ }',
): TextEdit | null {
  const member = `${attributeText(name)} = ${value};`;
  const written = optionOf(body, option);
  if (written === null) return addOption(sources, body, `${option}.${member}`);
  const named = bindingOf(sources, written.at);
  if (named === null || named.binding.kind !== 'bind') return null;
  if (named.index < named.binding.path.length - 1)
    return insertBeside(sources, written.at, `${option}.${member}`);
  const { value: set } = named.binding;
  return set.kind === 'attrs' ? addBinding(named.file, set, member) : null;
}

/** Adds a binding to the end of a set that is written out. */
function addBinding(file: SourceFile, set: AttrSetExpr, text: string): TextEdit {
  const last = set.bindings[set.bindings.length - 1];
  if (last === undefined) return { file: file.path, start: set.start, end: set.end, text: `{ ${text} }` };
  const isOneLine = lineAround(file, set).contentEnd >= set.end;
  if (isOneLine) return { file: file.path, start: last.end, end: last.end, text: ` ${text}` };
  return insertBelow(file, last, [`${indentOf(file, last.start)}${text}`]);
}

/** Sets `persist = true` for a prompt. */
export function persistPrompt(sources: Sources, body: GeneratorBody, name: string): TextEdit | null {
  const options = body.options().filter(one => one.of === 'prompt' && one.owner === name);
  const persist = options.find(one => one.name === 'persist');
  if (persist !== undefined) {
    const named = bindingOf(sources, persist.at);
    if (named === null || named.binding.kind !== 'bind' || persist.conditional) return null;
    return replace(named.file, named.binding.value, 'true');
  }
  const [beside] = options;
  if (beside !== undefined) return insertBeside(sources, beside.at, 'persist = true;');
  const prompt = body.prompts.find(one => one.name === name);
  const named = prompt === undefined ? null : bindingOf(sources, prompt.at);
  if (named === null || named.binding.kind !== 'bind') return null;
  const { value } = named.binding;
  if (named.index < named.binding.path.length - 1 || value.kind !== 'attrs') return null;
  return addBinding(named.file, value, 'persist = true;');
}

/** Takes out the binding whose name stands at a place, with its line. */
export function removeOption(sources: Sources, at: Place): TextEdit | null {
  const named = bindingOf(sources, at);
  if (named === null || named.binding.kind !== 'bind') return null;
  const { file, binding } = named;
  const first = lineAround(file, binding);
  const last = lineAround(file, { start: binding.end - 1, end: binding.end });
  const alone =
    /^\s*$/.test(file.text.slice(first.start, binding.start)) &&
    /^\s*(#.*)?$/.test(file.text.slice(binding.end, last.contentEnd));
  if (alone) return { file: file.path, start: first.start, end: last.end, text: '' };
  return { file: file.path, start: binding.start, end: binding.end, text: '' };
}

function replace(file: SourceFile, { start, end }: Range, text: string): TextEdit {
  return { file: file.path, start, end, text };
}
