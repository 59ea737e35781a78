/**
 * The text of a new registry entry of a wanted kind, in the form of those that are there: a call of the helper that
 * makes entries of the kind, a copy of one, or a set that is written out. Works on syntax; values only tell of which
 * kind the entries are.
 */
import { attributeText, stringText } from '../checks/edits.ts';
import { isSimple, type Names, namesFor, type Written } from '../checks/registry/new-entry.ts';
import type { Registry, RegistryKey } from '../fleet/model.ts';
import { childrenOf } from '../nix/inside.ts';
import type { SourceFile } from '../nix/source.ts';
import type { AttrBinding, Expr, Formal } from '../nix/syntax.ts';

/** How a value comes about: somebody types in a secret, or a public setting, or a script makes a password. */
export const SECRET_KINDS = ['prompt', 'setting', 'password'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

export interface EntryWish {
  readonly key: string;
  readonly kind: SecretKind;
  /** What is asked for; null: the key itself. */
  readonly description: string | null;
}

export interface EntryText {
  readonly names: Names;
  /** Whose kin it is among the entries; null where it has none. */
  readonly domain: string | null;
  /** Lines without the indentation of the first. */
  readonly lines: readonly string[];
}

/** Of which kind an entry is; null for what none of them is. */
function kindOf({ body, secret }: RegistryKey): SecretKind | null {
  const [file] = body.files;
  if (body.files.length !== 1 || file === undefined) return null;
  const isSecret = secret ?? file.secret;
  if (body.prompts.length === 0) return isSecret === true ? 'password' : null;
  return isSecret === null ? null : isSecret ? 'prompt' : 'setting';
}

/**
 * @param written at least one entry
 * @param direct the set with the entries is the registry itself, and not what something is made from
 * @returns null if no entry shows how one of this kind is written
 */
export function entryText(
  file: SourceFile,
  registry: Registry,
  written: readonly Written[],
  direct: boolean,
  wish: EntryWish,
): EntryText | null {
  const keys = new Map(registry.keys.map(key => [key.key, key]));
  const ofKind = (kind: SecretKind) =>
    written.filter(({ key }) => {
      const entry = keys.get(key);
      return entry !== undefined && kindOf(entry) === kind;
    });
  const models = nearest(ofKind(wish.kind), wish.key);
  const model = models[0] ?? null;
  const kin = model === null ? null : (keys.get(model.key) ?? null);
  const domain = kin?.domain ?? null;
  const names = namesFor(registry, wish.kind === 'prompt' ? model : null, wish.key);
  for (const helper of helpersFor(wish.kind, models, ofKind('prompt'), written)) {
    const formals = formalsOf(file, helper);
    const fields = formals === null ? null : helperFields(formals, names, wish, kin, models);
    if (fields !== null) return { names, domain, lines: callLines(names.key, helper, fields) };
  }
  const copied = wish.kind === 'password' ? null : copyOf(file, models, names, wish);
  if (copied !== null) return { names, domain, lines: copied };
  return direct ? { names, domain: null, lines: plainLines(names, wish, written) } : null;
}

/** Those with the most in common with the key in front, then those that say least. */
function nearest(models: readonly Written[], key: string): Written[] {
  const common = (other: string) => {
    const [a, b] = [key.split('-'), other.split('-')];
    const end = a.findIndex((part, index) => part !== b[index]);
    return end === -1 ? a.length : end;
  };
  return [...models].sort(
    (a, b) =>
      common(b.key) - common(a.key) ||
      a.fields.bindings.length - b.fields.bindings.length ||
      b.binding.start - a.binding.start,
  );
}

/** Names of helpers, the likeliest first. */
function helpersFor(
  kind: SecretKind,
  models: readonly Written[],
  prompted: readonly Written[],
  written: readonly Written[],
): string[] {
  const usual = kind === 'setting' ? [...models, ...prompted] : models;
  // Any helper that takes a script can make a password; whether it does is seen from its arguments.
  const others = kind === 'password' ? written : [];
  return [...new Set([...usual, ...others].flatMap(({ helper }) => helper ?? []))];
}

/** What the helper of this name takes, if it is a function of a set that is written in the file. */
function formalsOf(file: SourceFile, helper: string): readonly Formal[] | null {
  const binding = findBinding(file.root, helper);
  return binding?.value.kind === 'lambda' && !binding.value.ellipsis ? binding.value.formals : null;
}

function findBinding(expr: Expr, name: string): AttrBinding | null {
  if (expr.kind === 'let' || expr.kind === 'attrs') {
    for (const binding of expr.bindings) {
      if (binding.kind !== 'bind' || binding.path.length !== 1) continue;
      const [first] = binding.path;
      if (first?.kind === 'name' && first.name === name) return binding;
    }
  }
  for (const child of childrenOf(expr)) {
    const found = findBinding(child, name);
    if (found !== null) return found;
  }
  return null;
}

type Field = readonly [name: string, lines: readonly string[]];

/** Null if the helper asks for something that nobody has said, or cannot make this kind. */
function helperFields(
  formals: readonly Formal[],
  names: Names,
  wish: EntryWish,
  kin: RegistryKey | null,
  models: readonly Written[],
): readonly Field[] | null {
  const { kind } = wish;
  const takes = (name: string) => formals.some(formal => formal.name.name === name);
  if ((kind === 'password') !== takes('script')) return null;
  const toldSecret = models.some(({ fields }) => !hasField(fields.bindings, 'secret'));
  if (kind === 'setting' && !takes('secret') && !toldSecret) return null;
  const fileName = kind === 'prompt' ? 'key' : kind === 'setting' ? 'value' : 'password';
  if (kind === 'password' && !takes('fileAttr')) return null;
  const fields: Field[] = [];
  for (const { name, fallback } of formals) {
    const value = fieldText(name.name, names, wish, kin, fileName);
    const needed =
      fallback === null ||
      (name.name === 'secret' && kind === 'setting') ||
      (name.name === 'fileAttr' && kind !== 'prompt') ||
      (name.name === 'description' && wish.description !== null);
    if (!needed) continue;
    if (value === null) return null;
    fields.push([name.name, value]);
  }
  // What has several lines comes last.
  return fields.sort(([, a], [, b]) => Number(a.length > 1) - Number(b.length > 1));
}

/** The lines of a value; null for a field of which nothing is known. */
function fieldText(
  field: string,
  names: Names,
  { kind, description, key }: EntryWish,
  kin: RegistryKey | null,
  fileName: string,
): readonly string[] | null {
  switch (field) {
    case 'generator':
      return [stringText(names.generator)];
    case 'envVar':
      return [stringText(names.envVar)];
    case 'description':
      return [stringText(description ?? key)];
    case 'domain':
      return [stringText(kin?.domain ?? 'general')];
    case 'kind':
      return [stringText(kin?.category ?? (kind === 'prompt' ? 'secret' : kind))];
    case 'fileAttr':
    case 'promptAttr':
      return [stringText(fileName)];
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

/** With what every script has at hand, so that no package has to be named. */
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

/** As the nearest entry that is given plain values only, with the names of the new one. */
function copyOf(
  file: SourceFile,
  models: readonly Written[],
  names: Names,
  wish: EntryWish,
): readonly string[] | null {
  const special = ['script', 'files', 'prompts'];
  const model = models.find(
    ({ fields }) => isSimple(fields) && !special.some(name => hasField(fields.bindings, name)),
  );
  if (model === undefined) return null;
  const fields = model.fields.bindings.flatMap((binding): Field[] => {
    const name = binding.kind === 'bind' ? binding.path[0] : undefined;
    if (binding.kind !== 'bind' || name?.kind !== 'name') return [];
    const own = ['generator', 'envVar', 'description'].includes(name.name)
      ? fieldText(name.name, names, wish, null, '')
      : null;
    return [[name.name, own ?? [file.text.slice(binding.value.start, binding.value.end)]]];
  });
  if (model.helper !== null) return callLines(names.key, model.helper, fields);
  const lines = fields.flatMap(([name, value]) => bindingLines(name, value));
  return [`${attributeText(names.key)} = {`, ...lines.map(line => `  ${line}`), '};'];
}

function hasField(bindings: Written['fields']['bindings'], field: string): boolean {
  return bindings.some(binding => {
    const names = binding.kind === 'inherit' ? binding.names : binding.path.slice(0, 1);
    return names.some(name => name.kind === 'name' && name.name === field);
  });
}

/** Everything written out, with the metadata that all others have. */
function plainLines(names: Names, wish: EntryWish, written: readonly Written[]): readonly string[] {
  const { kind } = wish;
  const file = kind === 'prompt' ? 'key' : kind === 'setting' ? 'value' : 'password';
  const plain = written.filter(({ helper }) => helper === null);
  const also = (field: string) =>
    plain.length > 0 && plain.every(({ fields }) => hasField(fields.bindings, field));
  const metadata = ['domain', 'kind'].filter(also);
  const field = (name: string) => bindingLines(name, fieldText(name, names, wish, null, file) ?? []);
  const secret = kind === 'setting' ? 'false' : 'true';
  const prompt = [
    `prompts.${file} = {`,
    `  description = ${stringText(wish.description ?? wish.key)};`,
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
