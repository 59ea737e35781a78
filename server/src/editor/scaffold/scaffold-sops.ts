/**
 * Plans a new sops-nix secret: the encrypted file and key of its value, and the module of its declaration.
 * Pure; asks for anything uncertain in a sentence that says how to provide it. Encrypts nothing.
 */
import { attributeText, stringText } from '../../edits/edits.ts';
import { suggest } from '../../edits/suggest.ts';
import { textOr } from '../../fleet/secrets/secrets-files.ts';
import type { FleetSecrets } from '../../fleet/secrets/secrets-join.ts';
import { hasKeys } from '../../fleet/secrets/secrets-keys.ts';
import { compareTexts, sortedUnique } from '../../std.ts';
import { machineFiles } from '../names/machine-files.ts';
import { fleetSecrets } from './fleet-secrets.ts';
import {
  inOrder,
  pathLiteral,
  type Refused,
  type Scaffolded,
  type ScaffoldSources,
  shownAt,
} from './scaffold.ts';
import { type DeclaredSet, intoModule } from './scaffold-module.ts';
import { type Creation, creationOf } from './sops-creation.ts';

export interface SopsWish {
  readonly name: string;
  /** The key in the encrypted file, or null for the name. */
  readonly key: string | null;
  /** The encrypted file, or null for that of the module's other secrets. */
  readonly file: string | null;
  /** The module for the declaration, or `null` for the one that declares other secrets of the file. */
  readonly module: string | null;
}

export interface RefusedChoice extends Refused {
  readonly asks?: 'module' | 'file';
}

type SopsFileFormat = 'yaml' | 'json' | 'binary';

export interface SopsPlan extends Scaffolded {
  /** The encrypted file, relative to the root. */
  readonly file: string;
  readonly format: SopsFileFormat;
  /** The names of the maps that contain the value; empty if the whole file is the value. */
  readonly names: readonly string[];
  /** How to create the file, or null if it exists. */
  readonly creation: Creation | null;
  /** The module with the new declaration, or `null` if it was declared already. */
  readonly module: string | null;
}

const SECRETS: DeclaredSet = {
  names: ['sops', 'secrets'],
  path: 'sops.secrets',
  what: 'secrets',
  instead: 'name another module with --module',
};

/** Returns what is wrong with the name of a new secret, or null. */
function sopsNameProblem(name: string): string | null {
  if (name === '') return 'Give the secret a name.';
  const parts = name.split('/');
  const isPath = parts.every(part => part !== '' && part !== '.' && part !== '..');
  // The name is that of a file below /run/secrets.
  if (!isPath || /[\s\p{Cc}"\\$]/u.test(name))
    return 'A name has no spaces, quotes, backslashes or dollar signs, and slashes only between its parts.';
  return parts[0] === 'sops' ? 'The key "sops" of an encrypted file is reserved for sops.' : null;
}

/**
 * Plans a new secret.
 *
 * @returns a refusal with the choices if only a choice is missing
 */
export function planSopsSecret(around: ScaffoldSources, wish: SopsWish): SopsPlan | RefusedChoice {
  const { fleet, files } = around;
  const problem = sopsNameProblem(wish.name) ?? (wish.key === null ? null : sopsNameProblem(wish.key));
  if (problem !== null) return { refused: problem };
  const secrets = fleetSecrets(around);
  const declared = secrets.secrets.find(secret => secret.keeper === 'sops' && secret.name === wish.name);
  if (declared !== undefined && declared.definitions.length > 0)
    return valueOnly(around, secrets, declared.definitions, wish);
  const choices = sopsChoices(around, secrets);
  const module = moduleFor(choices, wish);
  if (typeof module !== 'string') return module;
  const file = fileFor(choices, module, wish);
  if (typeof file !== 'string') return file;
  const source = files.parse(module);
  if (source === null) return { refused: missing(module, choices.modules, 'module') };
  if (source.errors.length > 0) return { refused: `${module} is not valid Nix: fix it first.` };
  const place = placeIn(around, file, wish.key ?? wish.name);
  if ('refused' in place) return place;
  const isDefault = choices.defaultOf(module) === file;
  const options = [
    ...(isDefault ? [] : [`sopsFile = ${pathLiteral(module, file)};`]),
    ...(place.format === choices.format ? [] : [`format = "${place.format}";`]),
    ...(place.names.length === 0 || (wish.key ?? wish.name) === (choices.key ?? wish.name)
      ? []
      : [`key = ${stringText(wish.key ?? wish.name)};`]),
  ];
  const lines =
    options.length < 2
      ? [['{', ...options, '};'].join(' ')]
      : ['{', ...options.map(option => `  ${option}`), '};'];
  const isModule =
    machineFiles(fleet).has(module) || secrets.defaults.some(sopsDefault => sopsDefault.at.file === module);
  const insertion = intoModule(source, [{ name: wish.name, lines }], isModule, SECRETS);
  if ('refused' in insertion) return insertion;
  const edits = inOrder(insertion.edits);
  const shown = shownAt(edits, insertion.main, attributeText(wish.name));
  return { edits, shown, notes: [], module, ...place };
}

type Placed = Pick<SopsPlan, 'file' | 'format' | 'names' | 'creation'>;

/** Plans only the value of a secret that is already declared. */
function valueOnly(
  around: ScaffoldSources,
  secrets: FleetSecrets,
  definitions: FleetSecrets['secrets'][number]['definitions'],
  wish: SopsWish,
): SopsPlan | Refused {
  const [definition] = definitions;
  const where = definition === undefined ? '' : `, in ${definition.at.file}`;
  const there = { refused: `A secret "${wish.name}" already exists${where}.` };
  const located = definition === undefined ? null : secrets.filesOf(definition);
  const [file, ...others] = located?.files ?? [];
  if (definition === undefined || file === undefined || !file.certain || others.length > 0) return there;
  if (wish.file !== null && wish.file !== file.path) return there;
  const key = textOr(definition, 'key', secrets.defaults, wish.name);
  const format = textOr(definition, 'format', secrets.defaults, 'yaml');
  const isMissing = around.files.kind(file.path) === null || secrets.keyOf(definition)?.kind === 'missing';
  if (!isMissing || key === null || format === null || (wish.key !== null && wish.key !== key)) return there;
  const place = placeIn(around, file.path, key);
  if ('refused' in place) return place;
  const notes = [`"${wish.name}" is already declared in ${definition.at.file}; its value is added.`];
  return { edits: [], shown: null, notes, module: null, ...place };
}

/** Returns the place of the value in a file. */
function placeIn(around: ScaffoldSources, file: string, key: string): Placed | Refused {
  const { files } = around;
  const format = formatOf(file);
  const isThere = files.kind(file) === 'file';
  if (format === null)
    return {
      refused: `sops-nix always provides ${file} as a whole: use "sops edit ${file}", or choose a YAML file.`,
    };
  if (format === 'binary' && isThere)
    return { refused: `The whole of ${file} is the value of another secret: choose a separate file.` };
  const creation = isThere ? null : creationOf(around, file);
  if (creation !== null && 'refused' in creation) return creation;
  return { file, format, creation, names: hasKeys(format) ? key.split('/') : [] };
}

/**
 * Returns the format by file name, like sops; null for formats that have keys but whose files are used as a
 * whole.
 */
function formatOf(file: string): SopsFileFormat | null {
  if (/\.ya?ml$/.test(file)) return 'yaml';
  if (file.endsWith('.json')) return 'json';
  return /\.(env|ini)$/.test(file) ? null : 'binary';
}

export interface SopsChoices {
  /** Encrypted files that secrets are taken from. */
  readonly files: readonly string[];
  /** Modules that declare or configure secrets, those with the most secrets first. */
  readonly modules: readonly string[];
  readonly format: string;
  readonly key: string | null;
  /** Returns the default file for a module's secrets, or null if it is not known. */
  defaultOf(module: string): string | null;
  /** Returns whether the module sets `defaultSopsFile`. */
  hasDefault(module: string): boolean;
  /** Returns the files that a module's secrets are taken from. */
  filesOf(module: string): readonly string[];
}

export function sopsChoices(around: ScaffoldSources, secrets = fleetSecrets(around)): SopsChoices {
  const { defaults } = secrets;
  const defaultFiles = defaults.filter(sopsDefault => sopsDefault.option === 'file');
  const byModule = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  const note = (module: string, path: string | null, count: number) => {
    const moduleFiles = byModule.get(module) ?? new Set<string>();
    if (path !== null) moduleFiles.add(path);
    byModule.set(module, moduleFiles);
    counts.set(module, (counts.get(module) ?? 0) + count);
  };
  for (const { keeper, definitions } of secrets.secrets)
    for (const definition of keeper === 'sops' ? definitions : []) {
      if (definition.via.length > 0) continue;
      const [file] = secrets.filesOf(definition).files;
      note(definition.at.file, file?.certain === true ? file.path : null, 1);
    }
  for (const { at, source } of defaultFiles) note(at.file, source?.path ?? null, 0);
  const modules = [...byModule.keys()].sort(
    (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || compareTexts(a, b),
  );
  const only = <T>(all: readonly T[]) => (new Set(all).size === 1 ? (all[0] ?? null) : null);
  return {
    modules,
    files: sortedUnique(modules.flatMap(module => [...(byModule.get(module) ?? [])])),
    format:
      only(
        defaults.filter(sopsDefault => sopsDefault.option === 'format').map(sopsDefault => sopsDefault.text),
      ) ?? 'yaml',
    key: only(
      defaults.filter(sopsDefault => sopsDefault.option === 'key').map(sopsDefault => sopsDefault.text),
    ),
    defaultOf(module) {
      const moduleDefaults = defaultFiles.filter(defaultFile => defaultFile.at.file === module);
      return only(
        (moduleDefaults.length > 0 ? moduleDefaults : defaultFiles).map(
          sopsDefault => sopsDefault.source?.path ?? null,
        ),
      );
    },
    hasDefault: module => defaultFiles.some(defaultFile => defaultFile.at.file === module),
    filesOf: module => [...(byModule.get(module) ?? [])].sort(),
  };
}

function moduleFor(
  { modules, files, filesOf, hasDefault }: SopsChoices,
  wish: SopsWish,
): string | RefusedChoice {
  if (wish.module !== null) return wish.module;
  const fitting =
    wish.file === null ? modules : modules.filter(module => filesOf(module).includes(wish.file as string));
  const all = fitting.length > 0 ? fitting : modules;
  // The module that sets the default file is the place for more secrets.
  const saying = all.filter(hasDefault);
  const choices = saying.length === 1 ? saying : all;
  const [only, ...others] = choices;
  if (only === undefined)
    return {
      refused: 'No module declares secrets of sops-nix yet. Choose one with --module FILE.',
    };
  // If all secrets of the file are declared in one module, use it; otherwise the user has to decide.
  if (others.length === 0) return only;
  const named = wish.file === null && files.length > 1 ? ' and, with --file, in which encrypted file' : '';
  return {
    asks: 'module',
    refused: `Declared in which module${named}? Name one with --module: ${choices.join(', ')}.`,
  };
}

function fileFor(
  { files, filesOf, defaultOf }: SopsChoices,
  module: string,
  wish: SopsWish,
): string | RefusedChoice {
  if (wish.file !== null) return wish.file;
  const moduleFiles = filesOf(module);
  const chosenFile =
    moduleFiles.length === 1 ? moduleFiles[0] : moduleFiles.length === 0 ? defaultOf(module) : null;
  if (chosenFile != null) return chosenFile;
  const candidates = moduleFiles.length > 0 ? moduleFiles : files;
  if (candidates.length === 0)
    return { asks: 'file', refused: 'Kept in which encrypted file? Name one with --file.' };
  return {
    asks: 'file',
    refused: `Kept in which encrypted file? Name one with --file: ${candidates.join(', ')}.`,
  };
}

function missing(path: string, candidates: readonly string[], what: string): string {
  const near = suggest(path, candidates);
  return `There is no ${what} ${path}.${near === null ? '' : ` Did you mean ${near}?`}`;
}
