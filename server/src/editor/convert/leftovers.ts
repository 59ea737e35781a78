/**
 * Finds the leftovers in encrypted files after secrets have become generators: values, whole files, and the
 * default that names one. Uses the fleet as it is afterwards; a value stays if anything may still read it.
 */

import { lineAround } from '../../edits/edits.ts';
import { bindingAround } from '../../edits/locate.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { SecretDefinition, SopsDefault } from '../../fleet/model/secrets.ts';
import { textOr } from '../../fleet/secrets/secrets-files.ts';
import type { FleetSecrets } from '../../fleet/secrets/secrets-join.ts';
import type { EncryptedKey } from '../../fleet/secrets/secrets-keys.ts';
import { ruleFor } from '../../fleet/secrets/secrets-rules.ts';
import type { Place } from '../../nix/places.ts';
import { uniqueBy } from '../../std.ts';
import type { ScaffoldSources } from '../scaffold/scaffold.ts';
import { shown } from './plan.ts';
import type { ValueSource } from './value-location.ts';

export interface Leftovers {
  /** Values to remove from files that keep others. */
  readonly values: readonly {
    readonly path: string;
    readonly format: 'yaml' | 'json';
    readonly names: readonly (readonly string[])[];
  }[];
  /** Files to remove. */
  readonly files: readonly string[];
  /** Edits of modules that remove a default naming such a file. */
  readonly edits: readonly TextEdit[];
  /** Sentences about what stays and why, and what is left to do by hand. */
  readonly notes: readonly string[];
}

/** A value that has become a var, with its machines. */
export interface ConvertedValue {
  readonly source: ValueSource;
  readonly machines: readonly string[];
}

/**
 * Returns what is left over.
 *
 * @param after the fleet with the new generators @param converted the values that have become vars
 */
export function leftoversOf(
  after: ScaffoldSources,
  secrets: FleetSecrets,
  converted: readonly ConvertedValue[],
): Leftovers {
  const values: Leftovers['values'][number][] = [];
  const files: string[] = [];
  const edits: TextEdit[] = [];
  const notes: string[] = [];
  const gone: ValueSource[] = [];
  for (const source of distinct(converted)) {
    const machines = converted.flatMap(value => (isSame(value.source, source) ? value.machines : []));
    const reader = clanReader(secrets, source, machines) ?? readerOf(secrets, source);
    if (reader === null) gone.push(source);
    else notes.push(`${valueText(source)} stays: ${reader(after)}.`);
  }
  for (const path of new Set(gone.map(source => source.path))) {
    const fromFile = gone.filter(source => source.path === path);
    const [first] = fromFile;
    const names = fromFile.map(source => source.names);
    const isWhole = names.some(name => name.length === 0) || holdsNothingElse(secrets, path, names);
    if (first === undefined) continue;
    if (!isWhole) {
      if (first.format === 'yaml' || first.format === 'json')
        values.push({ path, format: first.format, names });
      continue;
    }
    const defaults = secrets.defaults.filter(
      sopsDefault => sopsDefault.option === 'file' && sopsDefault.source?.path === path,
    );
    const out = defaults.map(sopsDefault => defaultOut(after, sopsDefault));
    const by = namedElsewhere(after, secrets, path, defaults);
    if (by !== null || out.includes(null)) {
      const where = by ?? defaults.map(sopsDefault => shown(after, sopsDefault.at)).join(', ');
      notes.push(
        `${path} still contains the converted secrets, because ${where} names the file: remove both by hand.`,
      );
      continue;
    }
    // Clan's own secrets have links next to them, and no rule.
    if (CLANS.test(path)) {
      files.push(path.slice(0, path.lastIndexOf('/')));
      continue;
    }
    files.push(path);
    edits.push(...out.filter(edit => edit !== null));
    notes.push(...ruleNotes(after, secrets, path));
  }
  return { values, files, edits, notes };
}

const CLANS = /(^|\/)sops\/secrets\/([^/]+)\/secret$/;

/** Returns the readers of a clan secret, which is deployed to all machines it is linked to. */
function clanReader(
  secrets: FleetSecrets,
  { path }: ValueSource,
  machines: readonly string[],
): (() => string) | null {
  const name = CLANS.exec(path)?.[2];
  const secret = secrets.secrets.find(
    fleetSecret => fleetSecret.keeper === 'sops' && fleetSecret.name === name,
  );
  const other = secret?.implicitOn.find(machine => !machines.includes(machine));
  return other === undefined ? null : () => `clan also gives it to machine ${other}`;
}

/** Returns a function that names the remaining reader of a value, or `null` if there is none. */
function readerOf(secrets: FleetSecrets, source: ValueSource): ((around: ScaffoldSources) => string) | null {
  const keeper = source.format === 'age' ? 'age' : 'sops';
  // The readers of a clan secret follow from its links.
  const gap = CLANS.test(source.path)
    ? undefined
    : secrets.gaps.find(secretGap => secretGap.keeper === keeper);
  if (gap !== undefined)
    return around => `the secrets declared there cannot be determined without Nix: ${shown(around, gap.at)}`;
  for (const secret of secrets.secrets)
    for (const definition of secret.keeper === keeper ? secret.definitions : [])
      if (mayRead(secrets, definition, source))
        return around => `"${secret.name}" reads it (${shown(around, definition.at)})`;
  return null;
}

function mayRead(secrets: FleetSecrets, definition: SecretDefinition, source: ValueSource): boolean {
  const { files, complete } = secrets.filesOf(definition);
  if (complete && !files.some(file => file.path === source.path)) return false;
  if (source.names.length === 0) return true;
  const { name, nameKind } = definition;
  const key = textOr(definition, 'key', secrets.defaults, nameKind === 'pattern' ? null : name);
  const keyPath = source.names.join('/');
  return (
    key === null ||
    key === keyPath ||
    key === '' ||
    `${keyPath}/`.startsWith(`${key}/`) ||
    key.startsWith(`${keyPath}/`)
  );
}

/** Returns whether these are all the values of a file. */
function holdsNothingElse(
  secrets: FleetSecrets,
  path: string,
  names: readonly (readonly string[])[],
): boolean {
  const file = secrets.encrypted(path);
  if (file === null || !file.complete) return false;
  const gone = new Set(names.map(name => JSON.stringify(name)));
  const isGone = (key: EncryptedKey, above: readonly string[]): boolean => {
    const keyPath = [...above, key.name];
    if (gone.has(JSON.stringify(keyPath))) return true;
    return key.kind === 'map' && key.below.every(below => isGone(below, keyPath));
  };
  return file.keys.every(key => isGone(key, []));
}

/** Returns the edit that removes `sops.defaultSopsFile = …;` if it is on lines of its own. */
function defaultOut({ files }: ScaffoldSources, { at }: SopsDefault): TextEdit | null {
  const file = files.parse(at.file);
  const surrounding = file === null ? null : bindingAround(file, at);
  if (file === null || surrounding?.binding.kind !== 'bind') return null;
  const { binding } = surrounding;
  const last = binding.path.at(-1);
  if (last?.kind !== 'name' || last.name !== 'defaultSopsFile') return null;
  const first = lineAround(file, binding);
  const end = lineAround(file, { start: binding.end - 1, end: binding.end });
  const isAlone =
    /^\s*$/.test(file.text.slice(first.start, binding.start)) &&
    /^\s*(#.*)?$/.test(file.text.slice(binding.end, end.contentEnd));
  return isAlone ? { file: file.path, start: first.start, end: end.end, text: '' } : null;
}

/** Returns a file that still mentions the path, in a declaration or a text, or null. */
function namedElsewhere(
  after: ScaffoldSources,
  secrets: FleetSecrets,
  path: string,
  defaults: readonly SopsDefault[],
): string | null {
  for (const { definitions } of secrets.secrets)
    for (const definition of definitions)
      if (secrets.filesOf(definition).files.some(file => file.path === path))
        return shown(after, definition.at);
  const keptNames = new Set([
    ...defaults.map(sopsDefault => sopsDefault.at.file),
    ...secrets.ageRules.map(ageRule => ageRule.at.file),
  ]);
  return after.fleet.namedBy(path).find(file => !keptNames.has(file)) ?? null;
}

/** Returns notes about rules for the readers of the file, which the user has to remove. */
function ruleNotes(after: ScaffoldSources, secrets: FleetSecrets, path: string): string[] {
  const rules = secrets.configs.flatMap(config => {
    const rule = ruleFor(config, path);
    return rule?.pathRegex ? [lineOf(after, rule.at)] : [];
  });
  const ages = secrets.ageRules
    .flatMap(({ rules: all }) => all)
    .filter(rule => rule.path === path)
    .map(rule => shown(after, rule.at));
  const where = [...rules.slice(-1), ...ages];
  if (where.length === 0) return [];
  return [`${path} is removed; its rule is in ${where.join(', ')}: remove it if nothing else needs it.`];
}

function lineOf({ files }: ScaffoldSources, { file, start }: Place): string {
  const line = (files.text(file) ?? '').slice(0, start).split('\n').length;
  return `${file}:${line}`;
}

function valueText({ path, names }: ValueSource): string {
  return names.length === 0 ? path : `The key "${names.join('/')}" of ${path}`;
}

function distinct(converted: readonly ConvertedValue[]): ValueSource[] {
  const sources = converted.map(value => value.source);
  return uniqueBy(sources, ({ path, names }) => `${path}\0${names.join('/')}`);
}

function isSame(a: ValueSource, b: ValueSource): boolean {
  return a.path === b.path && a.names.join('/') === b.names.join('/');
}
