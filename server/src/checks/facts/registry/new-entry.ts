/**
 * Writes the text of a new registry entry, modelled on existing ones: it uses their most common helper function
 * and derives names from the key. Works on syntax; the fleet only provides the places of the entries.
 */

import { attributeText, eolOf, indentOf, insertBelow, stringText } from '../../../edits/edits.ts';
import { bindingNamedAt } from '../../../edits/locate.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { Registry } from '../../../fleet/model/registries.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { AttrBinding, AttrSetExpr, Expr } from '../../../nix/syntax.ts';
import { memoized } from '../../../std.ts';
import type { Fix } from '../../rule.ts';
import {
  type EntrySource,
  endsInWords,
  type Family,
  familiesOf,
  familyFor,
  isPlain,
  modelsFor,
  variableName,
} from './entry-families.ts';

/**
 * Returns the fix that adds an entry for `key` below the last one, or null if no entry can serve as a model.
 */
export function newEntryFix(sources: Sources, registry: Registry, key: string): Fix | null {
  const file = sources.parse(registry.file);
  if (file === null) return null;
  const written = writtenEntries(file, registry);
  const last = written[written.length - 1];
  if (last === undefined) return null;
  const family = familyToFollow(registry, written, key);
  const wish = { key, category: null, domain: null };
  const model = (family === null ? null : modelsFor(family, wish)[0]?.written) ?? last;
  const names = namesFor(registry, family, { ...wish, generator: null, envVar: null, description: null });
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

/** Returns the entries written out in the source, in file order. */
export function writtenEntries(file: SourceFile, registry: Registry): readonly EntrySource[] {
  return entriesIn(file)(registry);
}

const entriesIn = memoized((file: SourceFile) =>
  memoized((registry: Registry) => readEntries(file, registry)),
);

function readEntries(file: SourceFile, registry: Registry): readonly EntrySource[] {
  const written: EntrySource[] = [];
  // Entries are usually in one set; others are looked up one by one.
  const places = new Map<number, AttrBinding>();
  for (const { key, at } of registry.keys) {
    if (at.file !== file.path) continue;
    let binding = places.get(at.start);
    if (binding === undefined) {
      const locatedBinding = bindingNamedAt(file, at);
      if (locatedBinding === null) continue;
      for (const sibling of locatedBinding.within.bindings)
        if (sibling.kind === 'bind') places.set(sibling.start, sibling);
      ({ binding } = locatedBinding);
    }
    const entry = readEntry(file, key, binding);
    if (entry !== null) written.push(entry);
  }
  written.sort((a, b) => a.binding.start - b.binding.start);
  return written;
}

function readEntry(file: SourceFile, key: string, binding: AttrBinding): EntrySource | null {
  if (binding.path.length !== 1) return null;
  const { value } = binding;
  if (value.kind === 'attrs') return { key, binding, helper: null, fields: value };
  if (value.kind !== 'apply' || value.arg.kind !== 'attrs') return null;
  return { key, binding, helper: file.text.slice(value.fn.start, value.fn.end), fields: value.arg };
}

/** Returns the family that a new entry follows, preferring families whose entries can be copied. */
function familyToFollow(registry: Registry, written: readonly EntrySource[], key: string): Family | null {
  return familyFor(familiesAmong(written)(registry), { key, category: null, domain: null });
}

/** Kept, because several rows may lack keys of one registry. */
const familiesAmong = memoized((written: readonly EntrySource[]) =>
  memoized((registry: Registry) => copyableFamilies(registry, written)),
);

function copyableFamilies(registry: Registry, written: readonly EntrySource[]): readonly Family[] {
  const simple = written.filter(({ helper, fields }) => helper !== null && isSimple(fields));
  return familiesOf(registry, simple.length > 0 ? simple : written);
}

/** Returns whether every field is a literal bound to a single name. */
export function isSimple(fields: AttrSetExpr): boolean {
  return fields.bindings.every(
    binding => binding.kind === 'bind' && binding.path.length === 1 && isPlain(binding.value),
  );
}

/** Names for the new entry that are not yet used in the registry. */
export interface Names {
  readonly key: string;
  readonly generator: string;
  /** The variable, or null if the entry has none. */
  readonly envVar: string | null;
  readonly description: string;
}

/** Names chosen by the user; null where the family decides. */
export interface ChosenNames {
  readonly key: string;
  readonly category: string | null;
  readonly generator: string | null;
  /** The variable; empty for none. */
  readonly envVar: string | null;
  readonly description: string | null;
}

/** Returns the names of a new entry: the chosen ones, or names that follow the family's pattern. */
export function namesFor(registry: Registry, family: Family | null, chosen: ChosenNames): Names {
  const { key } = chosen;
  const taken = new Set(registry.keys.flatMap(entry => [entry.generator?.value, entry.envVar?.value]));
  const free = (...names: [string, ...string[]]) => names.find(name => !taken.has(name)) ?? names[0];
  const category = chosen.category ?? family?.category ?? null;
  const generator = () =>
    free(derivedName(key, family?.generator ?? suffix('-', category)), key, `${key}-secret`);
  const envVar = () => {
    const { envVar: rule = null } = family ?? {};
    if (rule === 'none') return null;
    const variable = variableName(key);
    const affix = rule ?? suffix('_', category === null ? null : variableName(category));
    return free(derivedName(variable, affix), variable, `${variable}_SECRET`);
  };
  return {
    key,
    generator: chosen.generator ?? generator(),
    envVar: chosen.envVar === null ? envVar() : chosen.envVar || null,
    description: chosen.description ?? describe(key, category),
  };
}

/** Categories that become part of a name: `mistral` and "api-key" make `mistral-api-key`. */
const NAMING = ['api-key', 'token', 'password'];

function suffix(joint: string, category: string | null): { before: string; after: string } {
  const names = category !== null && NAMING.includes(category.toLowerCase().replaceAll('_', '-'));
  return { before: '', after: names ? joint + category : '' };
}

/** Adds the pattern's prefix and suffix to a key unless it already has them: `x-api-key` stays as it is. */
function derivedName(
  key: string,
  { before, after }: { readonly before: string; readonly after: string },
): string {
  const end = after !== '' && key.endsWith(after) ? '' : after;
  return key.startsWith(before) ? key + end : before + key + end;
}

/** Returns the description of the entry: "Mistral API key" for `mistral` of category "api-key". */
function describe(key: string, category: string | null): string {
  const words = key.split(/[-_.]+/).filter(word => word !== '');
  const more = category !== null && NAMING.includes(category) && !endsInWords(key, category);
  const text = [...words, ...(more ? category.split('-') : [])].join(' ').replace(/\bapi\b/gi, 'API');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function helperEntry(file: SourceFile, names: Names, model: EntrySource, helper: string): string[] {
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
      return names.envVar === null ? 'null' : stringText(names.envVar);
    case 'description':
      return stringText(names.description);
    default:
      // A computed value applies to the model alone.
      return !isPlain(value) ? null : file.text.slice(value.start, value.end).replaceAll(eolOf(file), ' ');
  }
}

/** Returns the lines of an entry without a helper: a prompt that is copied to the only file. */
function plainEntry(names: Names, model: EntrySource): string[] {
  const has = (field: string) =>
    model.fields.bindings.some(
      binding =>
        binding.kind === 'bind' && binding.path[0]?.kind === 'name' && binding.path[0].name === field,
    );
  return [
    `${attributeText(names.key)} = {`,
    `  generator = ${stringText(names.generator)};`,
    `  envVar = ${names.envVar === null ? 'null' : stringText(names.envVar)};`,
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

/** Returns whether entries are separated by blank lines. */
export function hasBlankLines(file: SourceFile, written: readonly EntrySource[]): boolean {
  return written.some((entry, index) => {
    const next = written[index + 1];
    return next !== undefined && /\n\s*\n/.test(file.text.slice(entry.binding.end, next.binding.start));
  });
}
