/**
 * Edits a generator's literal options: adds an item to a list, an option beside another, or a member to `files` or
 * `prompts`. Follows the style of the neighbours: `x.files.a = { };` or a set. Each function returns `null` if it
 * cannot determine the edit.
 */

import type { GeneratorBody, WrittenOption } from '../fleet/model/generators.ts';
import { addBinding, insertBeside, namedAt } from './edit-bindings.ts';
import { appendListItem, attributeText } from './edits.ts';
import { lastLiteralList } from './locate.ts';
import type { Sources, TextEdit } from './text-edit.ts';

/** Returns the unconditional option of the generator itself with this name. */
function optionOf(body: GeneratorBody, name: string): WrittenOption | null {
  return (
    body.options().find(option => option.of === 'generator' && option.name === name && !option.conditional) ??
    null
  );
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
    return body
      .options()
      .some(writtenOption => writtenOption.of === 'generator' && writtenOption.name === option)
      ? null
      : insertOption(sources, body, `${option} = [ ${item} ];`);
  const named = namedAt(sources, written.at);
  if (named === null) return null;
  const list = lastLiteralList(named.binding.value);
  return list === null ? null : appendListItem(named.file, list, item);
}

/** Adds an option of the generator above the first existing one of its usual neighbours. */
function insertOption(sources: Sources, body: GeneratorBody, text: string): TextEdit | null {
  for (const name of ['script', 'runtimeInputs', 'files', 'prompts', 'share']) {
    const beside = optionOf(body, name);
    if (beside !== null) return insertBeside(sources, beside.at, text);
  }
  return null;
}

/** Declares a member of `files` or `prompts` in the style of the existing ones. */
export function addMember(
  sources: Sources,
  body: GeneratorBody,
  option: 'files' | 'prompts',
  name: string,
  value = '{ }',
): TextEdit | null {
  const member = `${attributeText(name)} = ${value};`;
  const written = optionOf(body, option);
  if (written === null) return insertOption(sources, body, `${option}.${member}`);
  const named = namedAt(sources, written.at);
  if (named === null) return null;
  if (named.index < named.binding.path.length - 1)
    return insertBeside(sources, written.at, `${option}.${member}`);
  const { value: set } = named.binding;
  return set.kind === 'attrs' ? addBinding(named.file, set, member) : null;
}

/** Sets `persist = true` for a prompt. */
export function persistPrompt(sources: Sources, body: GeneratorBody, name: string): TextEdit | null {
  const options = body.options().filter(option => option.of === 'prompt' && option.owner === name);
  const persist = options.find(option => option.name === 'persist');
  if (persist !== undefined) {
    const named = namedAt(sources, persist.at);
    if (named === null || persist.conditional) return null;
    const { start, end } = named.binding.value;
    return { file: named.file.path, start, end, text: 'true' };
  }
  const [beside] = options;
  if (beside !== undefined) return insertBeside(sources, beside.at, 'persist = true;');
  const prompt = body.prompts.find(generatorPrompt => generatorPrompt.name === name);
  const named = prompt === undefined ? null : namedAt(sources, prompt.at);
  if (named === null) return null;
  const { value } = named.binding;
  if (named.index < named.binding.path.length - 1 || value.kind !== 'attrs') return null;
  return addBinding(named.file, value, 'persist = true;');
}
