/**
 * The text of a new registry entry, modelled on those that are there: made by the helper function that most of them
 * use, with names derived from the key. Works on syntax; the fleet tells only where the entries are.
 */

import type { Registry } from '../../fleet/model.ts';
import type { SourceFile } from '../../nix/source.ts';
import { type AttrBinding, type AttrSetExpr, type Expr, literalText } from '../../nix/syntax.ts';
import { attributeText, eolOf, indentOf, insertBelow, stringText } from '../edits.ts';
import { bindingNamedAt } from '../locate.ts';
import type { Fix, Sources } from '../rule.ts';

/** An entry that is written out: its binding, the helper that makes it, and what the helper is given. */
export interface Written {
  readonly key: string;
  readonly binding: AttrBinding;
  readonly helper: string | null;
  readonly fields: AttrSetExpr;
}

/** The fix that adds an entry for `key` below the last one; null if no entry can be taken as a model. */
export function newEntryFix(sources: Sources, registry: Registry, key: string): Fix | null {
  const file = sources.parse(registry.file);
  if (file === null) return null;
  const written = writtenEntries(file, registry);
  const last = written[written.length - 1];
  if (last === undefined) return null;
  const model = bestModel(written);
  const names = namesFor(registry, model, key);
  const lines =
    model.helper === null ? plainEntry(names, model) : helperEntry(file, names, model, model.helper);
  const indent = indentOf(file, last.binding.start);
  const block = lines.map(line => (line === '' ? '' : indent + line));
  const spaced = hasBlankLines(file, written) ? ['', ...block] : block;
  return {
    title: `Add "${key}" to ${registry.file}`,
    edits: [insertBelow(file, last.binding, spaced)],
    preferred: false,
  };
}

const cache = new WeakMap<
  SourceFile,
  { readonly registry: Registry; readonly written: readonly Written[] }
>();

/** The entries that are written out, in the order of the file. */
export function writtenEntries(file: SourceFile, registry: Registry): readonly Written[] {
  const known = cache.get(file);
  if (known?.registry === registry) return known.written;
  const written: Written[] = [];
  // Entries stand in one set as a rule; those that do not are looked for one by one.
  const places = new Map<number, AttrBinding>();
  for (const { key, at } of registry.keys) {
    if (at.file !== file.path) continue;
    let binding = places.get(at.start);
    if (binding === undefined) {
      const found = bindingNamedAt(file, at);
      if (found === null) continue;
      for (const each of found.within.bindings) if (each.kind === 'bind') places.set(each.start, each);
      ({ binding } = found);
    }
    const entry = readEntry(file, key, binding);
    if (entry !== null) written.push(entry);
  }
  written.sort((a, b) => a.binding.start - b.binding.start);
  cache.set(file, { registry, written });
  return written;
}

function readEntry(file: SourceFile, key: string, binding: AttrBinding): Written | null {
  if (binding.path.length !== 1) return null;
  const { value } = binding;
  if (value.kind === 'attrs') return { key, binding, helper: null, fields: value };
  if (value.kind !== 'apply' || value.arg.kind !== 'attrs') return null;
  return { key, binding, helper: file.text.slice(value.fn.start, value.fn.end), fields: value.arg };
}

/** The last entry of the most common helper that is given nothing but plain values; else the last entry. */
function bestModel(written: readonly Written[]): Written {
  const simple = written.filter(entry => entry.helper !== null && isSimple(entry.fields));
  const counts = new Map<string | null, number>();
  for (const { helper } of simple) counts.set(helper, (counts.get(helper) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const model = simple.findLast(entry => counts.get(entry.helper) === most);
  const plain = written.findLast(entry => entry.helper === null);
  return model ?? plain ?? (written[written.length - 1] as Written);
}

/** Are all fields given plain values, each under one name? */
export function isSimple(fields: AttrSetExpr): boolean {
  return fields.bindings.every(
    binding => binding.kind === 'bind' && binding.path.length === 1 && plainText(binding.value) !== undefined,
  );
}

/** The text of a string, or null for another plain value; undefined for anything else. */
function plainText(value: Expr): string | null | undefined {
  if (value.kind === 'string') return literalText(value.parts) ?? undefined;
  return value.kind === 'variable' || value.kind === 'int' ? null : undefined;
}

/** Names for the new entry, free in the registry. */
export interface Names {
  readonly key: string;
  readonly generator: string;
  readonly envVar: string;
}

/** @param model an entry whose names the new ones resemble; null: they are those of the key itself */
export function namesFor(registry: Registry, model: Pick<Written, 'key'> | null, key: string): Names {
  const old = registry.keys.find(entry => entry.key === model?.key);
  const taken = new Set(registry.keys.flatMap(entry => [entry.generator?.value, entry.envVar?.value]));
  const free = (...names: [string, ...string[]]) => names.find(name => !taken.has(name)) ?? names[0];
  const derived = (from: string | undefined, part: string, own: string) =>
    part !== '' && from?.includes(part) === true ? from.replace(part, () => own) : own;
  const variable = variableName(key);
  const part = model?.key ?? '';
  return {
    key,
    generator: free(derived(old?.generator?.value, part, key), key, `${key}-secret`),
    envVar: free(derived(old?.envVar?.value, variableName(part), variable), variable, `${variable}_SECRET`),
  };
}

function variableName(key: string): string {
  const name = key.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

function helperEntry(file: SourceFile, names: Names, model: Written, helper: string): string[] {
  const lines = model.fields.bindings.flatMap(binding => {
    const name = binding.kind === 'bind' ? binding.path[0] : undefined;
    if (binding.kind !== 'bind' || name?.kind !== 'name') return [];
    const text = newValue(file, names, name.name, binding.value);
    return text === null ? [] : [`  ${attributeText(name.name)} = ${text};`];
  });
  return [`${attributeText(names.key)} = ${helper} {`, ...lines, '};'];
}

function newValue(file: SourceFile, names: Names, field: string, value: Expr): string | null {
  switch (field) {
    case 'generator':
      return stringText(names.generator);
    case 'envVar':
      return stringText(names.envVar);
    case 'description':
      return stringText(names.key);
    default:
      // What the model computes belongs to the model alone.
      return plainText(value) === undefined
        ? null
        : file.text.slice(value.start, value.end).replaceAll(eolOf(file), ' ');
  }
}

/** An entry without a helper: a prompt that is copied to the one file. */
function plainEntry(names: Names, model: Written): string[] {
  const has = (field: string) =>
    model.fields.bindings.some(
      binding =>
        binding.kind === 'bind' && binding.path[0]?.kind === 'name' && binding.path[0].name === field,
    );
  return [
    `${attributeText(names.key)} = {`,
    `  generator = ${stringText(names.generator)};`,
    `  envVar = ${stringText(names.envVar)};`,
    '  fileAttr = "key";',
    ...(has('secret') ? ['  secret = true;'] : []),
    ...(has('share') ? ['  share = false;'] : []),
    '  files.key.secret = true;',
    '  prompts.key.type = "hidden";',
    "  script = ''",
    '    cat "$prompts/key" > "$out/key"',
    "  '';",
    '};',
  ];
}

/** Are entries set apart by blank lines? */
export function hasBlankLines(file: SourceFile, written: readonly Written[]): boolean {
  return written.some((entry, index) => {
    const next = written[index + 1];
    return next !== undefined && /\n\s*\n/.test(file.text.slice(entry.binding.end, next.binding.start));
  });
}
