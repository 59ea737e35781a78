/**
 * Decides which secrets of sops-nix and agenix can become generators with their values, and why others cannot.
 * All or nothing: a secret stays as it is if its declaration, value or any use cannot be converted. Pure;
 * decrypts nothing.
 */

import { mayBeSame } from '../../checks/facts/generator/script-io.ts';
import { attributeText } from '../../edits/edits.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { SecretDefinition, SecretKeeper, SecretUse } from '../../fleet/model/secrets.ts';
import type { FleetSecret, FleetSecrets } from '../../fleet/secrets/secrets-join.ts';
import type { Place } from '../../nix/places.ts';
import { positionAt } from '../../nix/source.ts';
import type { ScaffoldSources } from '../scaffold/scaffold.ts';
import { intoModule } from '../scaffold/scaffold-module.ts';
import { usedAnew } from './rewrite-uses.ts';
import { type WrittenSecret, writtenSecret } from './secret-syntax.ts';
import { bodyLines, declaredAnew, KEPT, SOURCES, TRANSLATED } from './to-generator.ts';
import { clanPath, clanSource, machinesIn, sourceOf, type ValueSource } from './value-location.ts';

interface ConvertedDefinition {
  /**
   * The declaration, or null for a secret that clan provides without one, whose generator is added to the
   * module.
   */
  readonly written: WrittenSecret | null;
  readonly module: string;
  readonly conditional: boolean;
  readonly source: ValueSource;
  /** Machines that certainly import the module of the declaration. */
  readonly machines: readonly string[];
}

export interface Conversion {
  readonly keeper: SecretKeeper;
  /** The secret's name. */
  readonly name: string;
  /** The name of the generator, its file and its prompt. */
  readonly generator: string;
  /** True if several machines have the same value. */
  readonly share: boolean;
  readonly definitions: readonly ConvertedDefinition[];
  /** Machines that import a module which declares it. */
  readonly machines: readonly string[];
  /** The files that declare it and that contain its value. */
  readonly paths: readonly string[];
  /** The edits of its uses. */
  readonly uses: readonly TextEdit[];
}

export interface Kept {
  readonly keeper: SecretKeeper;
  readonly name: string;
  /** A sentence that begins with the name. */
  readonly reason: string;
  readonly machines: readonly string[];
  readonly paths: readonly string[];
}

export type Verdict = { readonly conversion: Conversion } | { readonly kept: Kept };

export interface ConversionChoices {
  /** Chosen generator names of some secrets; the others are derived from the secrets' names. */
  readonly names: ReadonlyMap<string, string>;
  /** Texts that may contain the paths of secrets on a machine, with the texts' own paths. */
  readonly texts: Iterable<readonly [path: string, text: string]>;
}

/** Returns the verdicts in the order of the fleet's secrets, without those that clan itself declares. */
export function conversionsIn(
  around: ScaffoldSources,
  secrets: FleetSecrets,
  wanted: ConversionChoices,
): Verdict[] {
  const texts = [...wanted.texts];
  const convertible = secrets.secrets.filter(
    secret =>
      !(secret.keeper === 'sops' && secret.name.startsWith('vars/')) &&
      (secret.definitions.length > 0 || secrets.uses.some(use => isUseOf(use, secret))),
  );
  const nameOf = ({ name }: FleetSecret) => wanted.names.get(name) ?? generatorName(name);
  const taken = new Map<string, number>();
  for (const secret of convertible) taken.set(nameOf(secret), (taken.get(nameOf(secret)) ?? 0) + 1);
  return convertible.map(secret => {
    const { keeper, name } = secret;
    const generator = nameOf(secret);
    const result =
      around.fleet.isClan === false
        ? 'would become a var of clan, but no clan here reads vars'
        : secret.nameKind === 'pattern'
          ? 'has a name that cannot be determined without Nix'
          : nameProblem(around, generator, (taken.get(generator) ?? 0) > 1);
    const made = result ?? conversionOf(around, secrets, secret, generator, texts);
    const where = machinesAndPaths(around, secrets, secret);
    return typeof made === 'string'
      ? { kept: { keeper, name, reason: `"${name}" ${made}.`, ...where } }
      : { conversion: { ...made, ...where } };
  });
}

function machinesAndPaths(
  around: ScaffoldSources,
  secrets: FleetSecrets,
  { keeper, name, definitions, implicitOn }: FleetSecret,
): Pick<Conversion, 'machines' | 'paths'> {
  const encrypted = definitions.flatMap(definition =>
    secrets.filesOf(definition).files.map(({ path }) => path),
  );
  // Clan provides a secret that no module declares.
  const uses = secrets.uses.filter(use => use.keeper === keeper && use.name === name);
  const origins = definitions.length > 0 ? definitions : uses;
  const modules = [...new Set(origins.map(origin => origin.at.file))];
  const machines = new Set([
    ...modules.flatMap(file => machinesIn(around, file)),
    ...(definitions.length > 0 ? [] : implicitOn),
  ]);
  const clans = implicitOn.length > 0 ? [clanPath(around, name)] : [];
  return { machines: [...machines], paths: [...new Set([...modules, ...encrypted, ...clans])] };
}

/** Returns the name of the generator, which cannot contain a slash. */
export function generatorName(secret: string): string {
  return secret.replaceAll('/', '-').replace(/\.age$/, '');
}

/** Matches the names that clan accepts for generators, files and secrets alike. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

export function isGeneratorName(name: string): boolean {
  return NAME.test(name) && name.length <= 200;
}

function nameProblem(around: ScaffoldSources, generator: string, isDouble: boolean): string | null {
  if (!isGeneratorName(generator))
    return `cannot be the name of a generator, which has letters, digits, dots, dashes and underscores: choose one with --name`;
  if (isDouble)
    return `would have the same name as another one, "${generator}": convert it separately, with --name`;
  return around.fleet.generators.some(candidate => candidate.name === generator)
    ? `would have the same name as an existing generator, "${generator}": choose one with --name`
    : null;
}

/** Returns the conversion, or the reason why there is none, as a clause following the secret's name. */
function conversionOf(
  around: ScaffoldSources,
  secrets: FleetSecrets,
  secret: FleetSecret,
  generator: string,
  texts: readonly (readonly [path: string, text: string])[],
): Omit<Conversion, 'machines' | 'paths'> | string {
  const { keeper, name, definitions: all } = secret;
  const definitions: ConvertedDefinition[] = [];
  const owners = new Map<string, SecretDefinition>();
  for (const definition of all) {
    const where = shown(around, definition.at);
    const problem = definitionProblem(definition);
    if (problem !== null) return `${problem} (${where})`;
    const machines = machinesWith(around, definition.at.file);
    if (typeof machines === 'string') return `${machines} (${where})`;
    for (const machine of machines) {
      const other = owners.get(machine);
      if (other !== undefined)
        return `is declared in several places for machine ${machine} (${shown(around, other.at)} and ${where})`;
      owners.set(machine, definition);
    }
    const written = writtenSecret(around, definition);
    if (written === null) return `is not declared as plain bindings in one place (${where})`;
    const alone = { written, generator: { name: generator, share: false, multiline: false } };
    if (declaredAnew([alone]) === null)
      return `has an option that cannot be converted in its current form (${where})`;
    const source = clanSource(around, secret, definition, machines) ?? sourceOf(around, secrets, definition);
    if (typeof source === 'string') return `${source} (${where})`;
    const { conditional, at } = definition;
    definitions.push({ written, source, machines, conditional, module: at.file });
  }
  if (all.length === 0) {
    const added = withoutDeclaration(around, secrets, secret, generator);
    if (typeof added === 'string') return added;
    definitions.push(added);
  }
  const having = new Set(definitions.flatMap(definition => definition.machines));
  const byPath = pathMention(around, keeper, name, texts);
  if (byPath !== null) return byPath;
  const uses: TextEdit[] = [];
  for (const use of secrets.uses) {
    if (use.keeper !== keeper || use.of === 'template' || !mayBeSame(use.name, name)) continue;
    const readers = machinesIn(around, use.at.file);
    // A use with an unknown name is of one of its own machine's secrets.
    if (use.name !== name && readers.length > 0 && !readers.some(reader => having.has(reader))) continue;
    const stranger = readers.find(reader => !having.has(reader) && secret.implicitOn.includes(reader));
    const edit = isOfHome(around, use.at)
      ? 'is read in a module of home-manager'
      : stranger !== undefined
        ? `is read on machine ${stranger}, which clan gives it without a declaration`
        : usedAnew(around, use, name, generator);
    if (typeof edit === 'string') return `${edit} (${shown(around, use.at)})`;
    uses.push(edit);
  }
  const sources = new Set(definitions.map(({ source }) => JSON.stringify(source)));
  const share = sources.size === 1 && having.size > 1;
  if (sources.size > 1 && definitions.some(definition => definition.machines.length > 1))
    return 'has several values, one of which is for several machines';
  return { keeper, name, generator, share, definitions, uses };
}

function isUseOf(use: SecretUse, { keeper, name }: FleetSecret): boolean {
  return use.keeper === keeper && use.of !== 'template' && use.name === name;
}

/**
 * Converts a secret that clan provides and modules only read: its generator goes into a module that all of its
 * machines import.
 */
function withoutDeclaration(
  around: ScaffoldSources,
  secrets: FleetSecrets,
  secret: FleetSecret,
  generator: string,
): ConvertedDefinition | string {
  const { name, implicitOn } = secret;
  const files = new Map<string, readonly string[]>();
  for (const use of secrets.uses) {
    if (!isUseOf(use, secret)) continue;
    const readers = machinesIn(around, use.at.file);
    if (readers.length === 0)
      return `is read in a module that may not belong to a machine (${shown(around, use.at)})`;
    const stranger = readers.find(reader => !implicitOn.includes(reader));
    if (stranger !== undefined)
      return `is read on machine ${stranger}, which has no such secret (${shown(around, use.at)})`;
    files.set(use.at.file, readers);
  }
  const machines = new Set([...files.values()].flat());
  const [module] = [...files].find(([, readers]) => readers.length === machines.size) ?? [];
  const source = module === undefined ? null : around.files.parse(module);
  const alone = { name: generator, share: false, multiline: false };
  const fits =
    source !== null &&
    !('refused' in intoModule(source, [{ name: generator, lines: bodyLines(alone) }], true));
  if (module === undefined || !fits)
    return `is a secret of clan that no module declares: write sops.secrets.${attributeText(name)} = { }; into a module of all machines that read it`;
  return {
    ...{ written: null, module, conditional: false, machines: [...machines] },
    source: { path: clanPath(around, name), format: 'binary', names: [] },
  };
}

function definitionProblem(definition: SecretDefinition): string | null {
  const { complete, definedOptions, via } = definition;
  if (via.length > 0) return 'is declared by a function';
  if (!complete) return 'may have options that cannot be seen';
  const foreign = definedOptions.find(
    option => !SOURCES.has(option) && !KEPT.has(option) && !TRANSLATED.has(option),
  );
  return foreign === undefined ? null : `sets "${foreign}", which a var does not have`;
}

/** Returns the machines that import a module, or a clause that says what is wrong with it. */
function machinesWith({ fleet }: ScaffoldSources, file: string): readonly string[] | string {
  const reasons: string[] = [];
  let isOfUser = false;
  for (const [machine, { files, homeFiles }] of fleet.modules) {
    if (files.includes(file)) reasons.push(machine);
    isOfUser ||= homeFiles.includes(file);
  }
  if (isOfUser) return 'is a secret of home-manager, but vars belong to machines';
  return reasons.length === 0 ? 'is not known to be declared for a machine' : reasons;
}

function isOfHome({ fleet, files }: ScaffoldSources, { file, start }: Place): boolean {
  const isHome = [...fleet.modules.values()].some(({ homeFiles }) => homeFiles.includes(file));
  return isHome && !(files.text(file) ?? '').startsWith('osConfig.', start);
}

/** Returns a text that mentions the path itself, so that its reader would no longer find the secret, or null. */
function pathMention(
  around: ScaffoldSources,
  keeper: SecretKeeper,
  name: string,
  texts: readonly (readonly [path: string, text: string])[],
): string | null {
  const folders = keeper === 'sops' ? ['/run/secrets/', '/run/secrets-for-users/'] : ['/run/agenix/'];
  for (const [path, text] of texts)
    for (const folder of folders)
      for (let at = text.indexOf(folder + name); at !== -1; at = text.indexOf(folder + name, at + 1)) {
        const end = at + folder.length + name.length;
        if (/[\w./-]/.test(text[end] ?? '')) continue;
        return `is read by its path, ${folder}${name} (${shown(around, { file: path, start: at, end })})`;
      }
  return null;
}

/** Returns a place for display: the file and the 1-based line. */
export function shown({ files }: Pick<ScaffoldSources, 'files'>, { file, start }: Place): string {
  const source = file.endsWith('.nix') ? files.parse(file) : null;
  return source === null ? file : `${file}:${positionAt(source.lineStarts, start).line + 1}`;
}
