/**
 * Reads a secret of sops-nix or agenix from a module: the bindings that declare it, the options they set, and
 * the module binding that contains them. Syntax only.
 */
import { namedAt } from '../../edits/edit-bindings.ts';
import { expressionsAt } from '../../edits/locate.ts';
import type { SecretDefinition } from '../../fleet/model/secrets.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrBinding, Expr } from '../../nix/syntax.ts';
import type { ScaffoldSources } from '../scaffold/scaffold.ts';

export interface WrittenSecret {
  readonly definition: SecretDefinition;
  readonly file: SourceFile;
  /** Its bindings in text order: `x = { … };`, or several such as `x.owner = …;`. */
  readonly bindings: readonly AttrBinding[];
  readonly options: readonly WrittenValue[];
  /** The top-level binding of the module that contains them. */
  readonly outer: AttrBinding;
  /** The part before `sops` or `age` in the outer path: `config.`, or empty. */
  readonly prefix: string;
}

interface WrittenValue {
  readonly name: string;
  readonly value: Expr;
}

/**
 * Reads a secret, or returns `null` if it is not written as plain bindings or has definitions that are not
 * found here.
 */
export function writtenSecret(
  { files }: Pick<ScaffoldSources, 'files'>,
  definition: SecretDefinition,
): WrittenSecret | null {
  const named = namedAt(files, definition.at);
  if (named === null) return null;
  const { file, binding, within, index } = named;
  const textOf = (binding: AttrBinding) =>
    binding.path
      .slice(0, index + 1)
      .map(name => file.text.slice(name.start, name.end))
      .join('.');
  const bindingText = textOf(binding);
  const bindings = within.bindings.filter(
    (candidate): candidate is AttrBinding =>
      candidate.kind === 'bind' && candidate.path.length > index && textOf(candidate) === bindingText,
  );
  const options: WrittenValue[] = [];
  for (const binding of bindings) {
    const writtenValues = optionsOf(binding, index);
    if (writtenValues === null) return null;
    options.push(...writtenValues);
  }
  const names = new Set(options.map(option => option.name));
  const isAll = names.size === options.length && definition.definedOptions.every(name => names.has(name));
  const outer = outermost(file, binding, definition.keeper);
  return outer === null || !isAll || names.size !== definition.definedOptions.length
    ? null
    : { definition, file, bindings, options, ...outer };
}

/** Returns the options that a binding sets for the secret at an index of its path, or null. */
function optionsOf({ path, value }: AttrBinding, index: number): WrittenValue[] | null {
  const [option, ...further] = path.slice(index + 1);
  if (option !== undefined)
    return option.kind === 'name' && further.length === 0 ? [{ name: option.name, value }] : null;
  if (value.kind !== 'attrs' || value.recursive) return null;
  const options: WrittenValue[] = [];
  for (const inner of value.bindings) {
    const [name, ...more] = inner.kind === 'bind' ? inner.path : [];
    if (inner.kind !== 'bind' || name?.kind !== 'name' || more.length > 0) return null;
    options.push({ name: name.name, value: inner.value });
  }
  return options;
}

/** Returns the outermost binding around one, if it begins with `sops` or `age`, optionally after `config`. */
function outermost(
  file: SourceFile,
  inner: AttrBinding,
  keeper: SecretDefinition['keeper'],
): Pick<WrittenSecret, 'outer' | 'prefix'> | null {
  for (const expr of expressionsAt(file, inner.start)) {
    if (expr.kind !== 'attrs') continue;
    for (const binding of expr.bindings) {
      if (binding.kind !== 'bind' || inner.start < binding.start || binding.end < inner.end) continue;
      const names = binding.path.map(name => (name.kind === 'name' ? name.name : null));
      if (names[0] === keeper) return { outer: binding, prefix: '' };
      if (names[0] === 'config' && names[1] === keeper) return { outer: binding, prefix: 'config.' };
    }
  }
  return null;
}
