/**
 * Families of registry entries: those that come about in the same way and say the same kind of themselves (or, where
 * they say none, are named alike), such as all API keys that somebody types in. A new entry takes after its family:
 * helper, names, domain, fields. Works on what is written and on the values that are known of it; writes nothing.
 */
import type { Registry, RegistryKey } from '../../../fleet/model/registries.ts';
import type { AttrBinding, AttrSetExpr, Expr } from '../../../nix/syntax.ts';
import { literalText } from '../../../nix/syntax.ts';

/** How a value comes about: somebody types in a secret, or a public setting, or a script makes a password. */
export const SECRET_KINDS = ['prompt', 'setting', 'password'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** What is before and behind the key in a name that is derived from it. */
interface Affix {
  readonly before: string;
  readonly after: string;
}

export interface Family {
  readonly kind: SecretKind;
  /** The `kind` of the entries' metadata, e.g. "api-key"; null where they have none. */
  readonly category: string | null;
  /** The domains of the members, the most common first. */
  readonly domains: readonly string[];
  /** Never empty; in the order of the file. */
  readonly members: readonly Member[];
  /** How generators are named after keys; null if by no rule. */
  readonly generator: Affix | null;
  /** How variables are named after keys; `'none'` where the members have no variable, null if by no rule. */
  readonly envVar: Affix | 'none' | null;
}

export interface Member {
  readonly written: Written;
  readonly entry: RegistryKey;
}

/** What somebody asks of a new entry, beside its key. */
export interface FamilyWish {
  readonly key: string;
  readonly category: string | null;
  readonly domain: string | null;
}

/** Says how an entry's value comes about; null for entries that fit none of the kinds. */
export function kindOf({ body, secret }: RegistryKey): SecretKind | null {
  const [file] = body.files;
  if (body.files.length !== 1 || file === undefined) return null;
  const isSecret = secret ?? file.secret;
  if (body.prompts.length === 0) return isSecret === true ? 'password' : null;
  return isSecret === null ? null : isSecret ? 'prompt' : 'setting';
}

/** Returns the families of a registry, the largest first, those of one size in the order of the file. */
export function familiesOf(registry: Registry, written: readonly Written[]): readonly Family[] {
  const entries = new Map(registry.keys.map(entry => [entry.key, entry]));
  const groups = new Map<string, { readonly kind: SecretKind; readonly members: Member[] }>();
  for (const source of written) {
    const entry = entries.get(source.key);
    const kind = entry === undefined ? null : kindOf(entry);
    if (entry === undefined || kind === null) continue;
    const naming = entry.category ?? affixOf([[entry.key, entry.generator?.value ?? null]]);
    const id = JSON.stringify([kind, naming, source.helper]);
    const group = groups.get(id) ?? { kind, members: [] };
    group.members.push({ written: source, entry });
    groups.set(id, group);
  }
  return [...groups.values()]
    .sort((a, b) => b.members.length - a.members.length)
    .map(({ kind, members }) => ({
      kind,
      category: members[0]?.entry.category ?? null,
      domains: byFrequency(members.flatMap(({ entry }) => entry.domain ?? [])),
      members,
      generator: affixOf(members.map(({ entry }) => [entry.key, entry.generator?.value ?? null])),
      envVar: variableRule(members),
    }));
}

/**
 * Returns the family that a new key belongs to: one of the category and domain that are asked for, then the one whose
 * names have most words in common with the key, then the largest. Null if no family fits what is asked for.
 */
export function familyFor(families: readonly Family[], wish: FamilyWish): Family | null {
  const fitting = families.filter(({ category }) => wish.category === null || category === wish.category);
  const inDomain = fitting.filter(({ domains }) => wish.domain !== null && domains.includes(wish.domain));
  const [first, ...others] = inDomain.length > 0 ? inDomain : fitting;
  if (first === undefined) return null;
  return others.reduce(
    (best, family) => (kinship(family, wish.key) > kinship(best, wish.key) ? family : best),
    first,
  );
}

/** Returns the members of a family, those first that a new entry takes after. */
export function modelsFor({ members }: Family, { key, domain }: FamilyWish): readonly Member[] {
  const inDomain = ({ entry }: Member) => Number(domain !== null && entry.domain === domain);
  return [...members].sort(
    (a, b) =>
      sharedWords(b.entry.key, key) - sharedWords(a.entry.key, key) ||
      inDomain(b) - inDomain(a) ||
      a.written.fields.bindings.length - b.written.fields.bindings.length ||
      b.written.binding.start - a.written.binding.start,
  );
}

/** Returns the domain of the nearest member that shares a word with the key, or else the family's most common one. */
export function domainFor(family: Family, wish: FamilyWish): string | null {
  const [model] = modelsFor(family, wish);
  const isKin = model !== undefined && sharedWords(model.entry.key, wish.key) > 0;
  return (isKin ? model.entry.domain : null) ?? family.domains[0] ?? null;
}

/**
 * Returns the text that most members give a field, as it is written in `text`; null if they agree on none.
 * @param text of the file that the members are in
 */
export function usualField({ members }: Family, text: string, field: string): string | null {
  const values = members.flatMap(({ written }) => {
    const value = fieldValue(written.fields, field);
    return value !== null && isPlain(value) ? text.slice(value.start, value.end) : [];
  });
  const [most] = byFrequency(values);
  const count = values.filter(value => value === most).length;
  return most !== undefined && count * 2 > members.length ? most : null;
}

/** Returns what a set binds a name to; null if it does not, or not by itself. */
export function fieldValue(fields: AttrSetExpr, field: string): Expr | null {
  for (const binding of fields.bindings) {
    if (binding.kind !== 'bind' || binding.path.length !== 1) continue;
    const [name] = binding.path;
    if (name?.kind === 'name' && name.name === field) return binding.value;
  }
  return null;
}

/** Says whether a value is written out, and so means the same in another entry. */
export function isPlain(value: Expr): boolean {
  if (value.kind === 'string') return literalText(value.parts) !== null;
  return value.kind === 'variable' || value.kind === 'int';
}

/** Returns how many words a key has in common with the nearest member, or with what the members say that they are. */
function kinship({ members, category }: Family, key: string): number {
  const named = category === null || !endsInWords(key, category) ? 0 : category.split('-').length;
  return Math.max(named, ...members.map(({ entry }) => sharedWords(entry.key, key)));
}

/**
 * Returns words at the beginning and at the end that two keys share: 1 for `cloudflare-zone` and
 * `cloudflare-account-id`.
 */
function sharedWords(one: string, other: string): number {
  const [a, b] = [one.split('-'), other.split('-')];
  const leading = shared(a, b);
  return leading === Math.min(a.length, b.length)
    ? leading
    : leading + shared(a.toReversed(), b.toReversed());
}

function shared(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((word, index) => word !== b[index]);
  return end === -1 ? a.length : end;
}

export function endsInWords(text: string, words: string): boolean {
  return text === words || text.endsWith(`-${words}`);
}

function variableRule(members: readonly Member[]): Affix | 'none' | null {
  const without = members.filter(({ entry }) => entry.envVar === null).length;
  if (without * 2 > members.length) return 'none';
  return affixOf(members.map(({ entry }) => [variableName(entry.key), entry.envVar?.value ?? null]));
}

/** Returns the commonest way in which names are made of keys. */
function affixOf(pairs: readonly (readonly [key: string, name: string | null])[]): Affix | null {
  const ways = pairs.flatMap(([key, name]) => {
    const at = key === '' || name === null ? -1 : name.indexOf(key);
    return at === -1 || name === null ? [] : JSON.stringify([name.slice(0, at), name.slice(at + key.length)]);
  });
  const [most] = byFrequency(ways);
  if (most === undefined) return null;
  const [before, after] = JSON.parse(most) as [string, string];
  return { before, after };
}

/** Returns different texts, the most frequent first. */
function byFrequency(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([text]) => text);
}

/** Returns the variable that a key would be in by itself: `openai` in `OPENAI`. */
export function variableName(key: string): string {
  const name = key.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** An entry that is written out: its binding, the helper that makes it, and what the helper is given. */
export interface Written {
  readonly key: string;
  readonly binding: AttrBinding;
  readonly helper: string | null;
  readonly fields: AttrSetExpr;
}
