/**
 * Writes the text of a new registry entry in the style of existing ones: a call of a helper that creates
 * entries of its kind, a copy of an entry, or a literal set. Works on syntax; values only determine the kinds
 * of entries.
 */

import {
  domainFor,
  type EntrySource,
  type Family,
  type FamilyWish,
  familiesOf,
  familyFor,
  fieldValue,
  type Member,
  modelsFor,
  type SecretKind,
  usualField,
} from '../../checks/facts/registry/entry-families.ts';
import { type ChosenNames, isSimple, type Names, namesFor } from '../../checks/facts/registry/new-entry.ts';
import { attributeText, stringText } from '../../edits/edits.ts';
import type { Registry } from '../../fleet/model/registries.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Formal } from '../../nix/syntax.ts';
import { findBinding } from '../names/lexical.ts';

/** The requested entry. Fields that are absent or null follow its model entries. */
export interface EntryWish extends ChosenNames, FamilyWish {
  readonly kind: SecretKind;
}

export interface EntryText {
  readonly names: Names;
  readonly domain: string | null;
  /** Lines; the first has no indentation. */
  readonly lines: readonly string[];
}

/** The properties of an entry, with defaults for unspecified fields. */
interface Decided {
  readonly kind: SecretKind;
  readonly names: Names;
  readonly domain: string | null;
  readonly category: string | null;
}

/** Returns the properties of a new entry, with defaults for unspecified fields. */
export function decided(registry: Registry, families: readonly Family[], wish: EntryWish): Decided {
  const family = familyOf(families, wish);
  // If no entry has the category, the domains of the registry still apply.
  const kin = family ?? familyFor(families, { ...wish, category: null });
  return {
    kind: wish.kind,
    names: namesFor(registry, family, wish),
    domain: wish.domain ?? (kin === null ? null : domainFor(kin, wish)),
    category: wish.category ?? family?.category ?? null,
  };
}

function familyOf(families: readonly Family[], wish: EntryWish): Family | null {
  return familyFor(
    families.filter(({ kind }) => kind === wish.kind),
    wish,
  );
}

/**
 * Writes a new entry, or returns null if no entry can serve as a model for this kind.
 *
 * @param written at least one entry @param direct whether the set with the entries is the registry itself, and
 * not the input of a function
 */
export function entryText(
  file: SourceFile,
  registry: Registry,
  written: readonly EntrySource[],
  direct: boolean,
  wish: EntryWish,
): EntryText | null {
  const families = familiesOf(registry, written);
  const entry = decided(registry, families, wish);
  const { names, domain } = entry;
  const family = familyOf(families, wish);
  const models = family === null ? [] : modelsFor(family, wish);
  const copied = family === null ? null : copyOf(file, family, models, entry);
  if (copied !== null) return { names, domain, lines: copied };
  for (const helper of helpersFor(wish.kind, models, families, written)) {
    const formals = formalsOf(file, helper);
    const toldSecret = models.some(({ written: { fields } }) => fieldValue(fields, 'secret') === null);
    const fields = formals === null ? null : helperFields(formals, entry, toldSecret);
    if (fields !== null) return { names, domain, lines: callLines(names.key, helper, fields) };
  }
  return direct ? { names, domain: null, lines: plainLines(entry, written) } : null;
}

/** Returns the names of helpers, most likely first. */
function helpersFor(
  kind: SecretKind,
  models: readonly Member[],
  families: readonly Family[],
  written: readonly EntrySource[],
): string[] {
  const prompted = families.filter(family => family.kind === 'prompt').flatMap(({ members }) => members);
  const usual = kind === 'setting' ? [...models, ...prompted] : models;
  // Any helper that accepts a script may create a password; its arguments tell whether it does.
  const others = kind === 'password' ? written : [];
  return [
    ...new Set([...usual.map(member => member.written), ...others].flatMap(({ helper }) => helper ?? [])),
  ];
}

/** Returns the parameters of a helper if it is a function of a set and written in the file. */
function formalsOf(file: SourceFile, helper: string): readonly Formal[] | null {
  const binding = findBinding(file.root, helper);
  return binding?.value.kind === 'lambda' && !binding.value.ellipsis ? binding.value.formals : null;
}

type Field = readonly [name: string, lines: readonly string[]];

/**
 * Returns the arguments for a helper that no entry uses yet, or `null` if it requires an unknown argument or
 * cannot create this kind.
 */
function helperFields(
  formals: readonly Formal[],
  entry: Decided,
  toldSecret: boolean,
): readonly Field[] | null {
  const { kind, names } = entry;
  const takes = (name: string) => formals.some(formal => formal.name.name === name);
  if ((kind === 'password') !== takes('script')) return null;
  if (kind === 'setting' && !takes('secret') && !toldSecret) return null;
  if (kind === 'password' && !takes('fileAttr')) return null;
  const fields: Field[] = [];
  for (const { name, fallback } of formals) {
    const value = fieldText(name.name, entry);
    const needed =
      fallback === null ||
      (name.name === 'secret' && kind === 'setting') ||
      (name.name === 'fileAttr' && kind !== 'prompt') ||
      (name.name === 'envVar' && names.envVar !== null) ||
      name.name === 'description';
    if (!needed) continue;
    if (value === null) return null;
    fields.push([name.name, value]);
  }
  // Multi-line values come last.
  return fields.sort(([, a], [, b]) => Number(a.length > 1) - Number(b.length > 1));
}

/** Returns the lines of a value, or null for an unknown field. */
function fieldText(field: string, { kind, names, domain, category }: Decided): readonly string[] | null {
  switch (field) {
    case 'generator':
      return [stringText(names.generator)];
    case 'envVar':
      return [names.envVar === null ? 'null' : stringText(names.envVar)];
    case 'description':
      return [stringText(names.description)];
    case 'domain':
      return [stringText(domain ?? 'general')];
    case 'kind':
      return [stringText(category ?? (kind === 'prompt' ? 'secret' : kind))];
    case 'fileAttr':
    case 'promptAttr':
      return [stringText(FILE_NAMES[kind])];
    case 'secret':
      return [kind === 'setting' ? 'false' : 'true'];
    case 'share':
      return ['false'];
    case 'runtimeInputs':
      return ['[ ]'];
    case 'script':
      return PASSWORD_SCRIPT;
    default:
      return null;
  }
}

/** Default file names, for registries without a model. */
const FILE_NAMES: Readonly<Record<SecretKind, string>> = {
  prompt: 'key',
  setting: 'value',
  password: 'password',
};

/** Uses only commands that every script has, so that no package is required. */
const PASSWORD_SCRIPT: readonly string[] = [
  "''",
  '  head -c 32 /dev/urandom | base64 -w 0 > "$out/password"',
  "''",
];

function callLines(key: string, helper: string, fields: readonly Field[]): string[] {
  const lines = fields.flatMap(([name, value]) => bindingLines(name, value));
  return [`${attributeText(key)} = ${helper} {`, ...lines.map(line => `  ${line}`), '};'];
}

function bindingLines(name: string, value: readonly string[]): string[] {
  const text = [...value];
  text[0] = `${attributeText(name)} = ${text[0]}`;
  text[text.length - 1] += ';';
  return text;
}

/** Metadata that every entry has. */
const OWN = ['generator', 'envVar', 'description', 'domain', 'kind'];
/** Names that an entry shares only with its family. */
const FILE_FIELDS = ['fileAttr', 'promptAttr'];
/** Attributes that entries created by helpers do not have. */
const SPECIAL = ['script', 'files', 'prompts'];

/** Copies the most similar entry that has only literal values, with the names of the new one. */
function copyOf(
  file: SourceFile,
  family: Family,
  models: readonly Member[],
  entry: Decided,
): readonly string[] | null {
  const model = models
    .map(({ written }) => written)
    .find(({ fields }) => isSimple(fields) && SPECIAL.every(name => fieldValue(fields, name) === null));
  if (model === undefined) return null;
  const has = (field: string) => fieldValue(model.fields, field) !== null;
  const takes = new Set(
    (model.helper === null ? null : formalsOf(file, model.helper))?.map(formal => formal.name.name),
  );
  const fields = model.fields.bindings.flatMap((binding): Field[] => {
    const name = binding.kind === 'bind' ? binding.path[0] : undefined;
    if (binding.kind !== 'bind' || name?.kind !== 'name') return [];
    const field = name.name;
    if (field === 'envVar' && entry.names.envVar === null && takes.has(field)) return [];
    if (OWN.includes(field)) return [[field, fieldText(field, entry) ?? []]];
    const usual = usualField(family, file.text, field);
    const isOwn = FILE_FIELDS.includes(field) && (usual === null || family.members.length === 1);
    const copied = usual ?? file.text.slice(binding.value.start, binding.value.end);
    return [[field, (isOwn ? fieldText(field, entry) : null) ?? [copied]]];
  });
  const missing = ['envVar', 'description'].filter(
    field => !has(field) && takes.has(field) && (field !== 'envVar' || entry.names.envVar !== null),
  );
  for (const field of missing) fields.splice(1, 0, [field, fieldText(field, entry) ?? []]);
  if (model.helper !== null) return callLines(entry.names.key, model.helper, fields);
  const lines = fields.flatMap(([name, value]) => bindingLines(name, value));
  return [`${attributeText(entry.names.key)} = {`, ...lines.map(line => `  ${line}`), '};'];
}

/** Returns a literal entry with all metadata that every other entry has. */
function plainLines(entry: Decided, written: readonly EntrySource[]): readonly string[] {
  const { kind, names } = entry;
  const file = FILE_NAMES[kind];
  const plain = written.filter(({ helper }) => helper === null);
  const also = (field: string) =>
    plain.length > 0 && plain.every(({ fields }) => fieldValue(fields, field) !== null);
  const metadata = ['domain', 'kind'].filter(also);
  const field = (name: string) => bindingLines(name, fieldText(name, entry) ?? []);
  const secret = kind === 'setting' ? 'false' : 'true';
  const prompt = [
    `prompts.${file} = {`,
    `  description = ${stringText(names.description)};`,
    `  type = "${kind === 'setting' ? 'line' : 'hidden'}";`,
    '};',
  ];
  const script =
    kind === 'password' ? PASSWORD_SCRIPT : ["''", `  cat "$prompts/${file}" > "$out/${file}"`, "''"];
  const lines = [
    ...field('generator'),
    ...field('envVar'),
    ...metadata.flatMap(field),
    ...field('fileAttr'),
    `secret = ${secret};`,
    'share = false;',
    `files.${file}.secret = ${secret};`,
    ...(kind === 'password' ? [] : prompt),
    ...bindingLines('script', script),
  ];
  return [`${attributeText(names.key)} = {`, ...lines.map(line => `  ${line}`), '};'];
}
