/**
 * Joins the secrets of all files: the definitions of one name, the encrypted file and the key of each, and the targets
 * of uses.
 */
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { byText, groupBy } from '../../std.ts';
import type { NotAnalysable } from '../model/base.ts';
import type {
  AgeRules,
  SecretDefinition,
  SecretFacts,
  SecretGap,
  SecretKeeper,
  SecretSetting,
  SecretTemplate,
  SecretUse,
  SopsDefault,
} from '../model/secrets.ts';
import { fileFinder, type Location, NOWHERE, textOr } from './secrets-files.ts';
import {
  type EncryptedFile,
  findKey,
  flawOf,
  hasKeys,
  type KeyFinding,
  readEncrypted,
} from './secrets-keys.ts';
import { readSopsConfig, type SopsConfig } from './secrets-rules.ts';
import type { TextFlaw } from './secrets-yaml-node.ts';

/** A secret, with all definitions of its name. */
export interface FleetSecret {
  readonly keeper: SecretKeeper;
  readonly name: string;
  readonly nameKind: SecretDefinition['nameKind'];
  readonly definitions: readonly SecretDefinition[];
  /** Machines that get it from `sops/secrets` without declaring it. */
  readonly implicitOn: readonly string[];
}

/** The thing that the name of a use refers to. */
export type UseTarget =
  /** A declaration in Nix, possibly one whose name has holes and matches. */
  | 'declared'
  /** A secret in `sops/secrets`. */
  | 'implicit'
  /** A generator's file: `vars/…`. */
  | 'generator'
  /** Nothing, although all declarations are known. */
  | 'undeclared'
  | 'guarded'
  | 'unknown';

/** The result of looking up a key in a file. */
export interface LocatedKey extends KeyFinding {
  readonly file: string;
  /** True if the result holds on every machine. If false, it is for display and must not be reported. */
  readonly certain: boolean;
}

export interface FleetSecrets {
  /** Sorted by keeper and name. */
  readonly secrets: readonly FleetSecret[];
  readonly templates: readonly SecretTemplate[];
  readonly defaults: readonly SopsDefault[];
  readonly uses: readonly SecretUse[];
  readonly settings: readonly SecretSetting[];
  readonly ageRules: readonly AgeRules[];
  readonly gaps: readonly SecretGap[];
  readonly notAnalysable: readonly NotAnalysable[];
  /** The `.sops.yaml` files of the root and of folders above encrypted files. */
  readonly configs: readonly SopsConfig[];
  targetOf(use: SecretUse): UseTarget;
  /** Returns the files that may contain the secret of a definition. */
  filesOf(definition: SecretDefinition): Location;
  /** Returns the format of a sops-nix definition; null if unknown. */
  formatOf(definition: SecretDefinition): string | null;
  /**
   * Looks up the key of a definition; null if the file, the key or the format is unknown, or if the format has no keys.
   */
  keyOf(definition: SecretDefinition): LocatedKey | null;
  /** Returns the keys of an encrypted file, which is read on first call. */
  encrypted(path: string): EncryptedFile | null;
}

type Files = Pick<NixFiles, 'text' | 'kind' | 'list'>;

/** Files other than Nix that the join needs. Keeping the object avoids reading them again. */
export interface SecretFiles {
  /** Returns the keys of an encrypted file; null if it is not one. */
  encrypted(path: string): EncryptedFile | null;
  /** Returns the reason why sops cannot read an encrypted file, or null. */
  flaw(path: string): TextFlaw | null;
  /** Returns a `.sops.yaml`; null if there is none. */
  config(path: string): SopsConfig | null;
}

/** Creates a reader that reads each file once. */
export function readSecretFiles(files: Files): SecretFiles {
  const encrypted = new Map<string, EncryptedFile | null>();
  const flaws = new Map<string, TextFlaw | null>();
  const configs = new Map<string, SopsConfig | null>();
  const kept = <T>(
    cache: Map<string, T | null>,
    path: string,
    read: (path: string, text: string) => T | null,
  ) => {
    const before = cache.get(path);
    if (before !== undefined) return before;
    const text = files.kind(path) === 'file' ? files.text(path) : null;
    const fresh = text === null ? null : read(path, text);
    cache.set(path, fresh);
    return fresh;
  };
  const encryptedAt = (path: string) => kept(encrypted, path, readEncrypted);
  return {
    encrypted: encryptedAt,
    flaw(path) {
      const file = encryptedAt(path);
      const isFine = file?.complete && (file.authenticated || !file.encrypted);
      return isFine ? null : kept(flaws, path, (_, text) => flawOf(text));
    },
    config: path => kept(configs, path, readSopsConfig),
  };
}

/**
 * Joins the secrets of all files.
 * @param units the secrets of each file, in a stable order
 * @param implicit secrets of `sops/secrets` by name, with the machines that get them
 */
export function joinSecrets(
  files: Files,
  units: Iterable<SecretFacts>,
  implicit: ReadonlyMap<string, readonly string[]> = new Map(),
  { encrypted, config }: SecretFiles = readSecretFiles(files),
): FleetSecrets {
  const all = [...units];
  const definitions = all.flatMap(unit => unit.definitions);
  const templates = all.flatMap(unit => unit.templates);
  const defaults = all.flatMap(unit => unit.defaults);
  const gaps = all.flatMap(unit => unit.gaps);

  const groups = byName(definitions, implicit);
  const groupOf = new Map(
    groups.flatMap(group => group.definitions.map(definition => [definition, group] as const)),
  );

  /** Returns whether another definition of the same name may set the option, possibly for the same machine. */
  const setElsewhere = (definition: SecretDefinition, option: string) =>
    !definition.definedOptions.includes(option) &&
    groupOf
      .get(definition)
      ?.definitions.some(
        other => other !== definition && (other.definedOptions.includes(option) || !other.complete),
      ) === true;

  const finder = fileFinder(files, defaults);

  function find(definition: SecretDefinition): Location {
    const { source } = definition;
    if (source !== null) return finder.locate(source, definition.at.file);
    if (definition.keeper === 'age' || !definition.complete || setElsewhere(definition, 'sopsFile'))
      return NOWHERE;
    // A definition that extends a secret declared by clan-core gets its file from there.
    if (implicit.has(definition.name) || definition.name.startsWith('vars/')) return NOWHERE;
    return finder.locateDefault(definition);
  }

  const locations = new Map(definitions.map(definition => [definition, find(definition)] as const));
  const filesOf = (definition: SecretDefinition) => locations.get(definition) ?? find(definition);

  function formatOf(definition: SecretDefinition): string | null {
    return setElsewhere(definition, 'format') ? null : textOr(definition, 'format', defaults, 'yaml');
  }

  function keyOf(definition: SecretDefinition): LocatedKey | null {
    if (definition.keeper !== 'sops') return null;
    if (setElsewhere(definition, 'key')) return null;
    const format = formatOf(definition);
    const name = definition.nameKind === 'pattern' ? null : definition.name;
    const key = textOr(definition, 'key', defaults, name);
    if (format === null || key === null || key === '' || !hasKeys(format)) return null;
    return locateKey(filesOf(definition), key, encrypted);
  }

  return {
    secrets: groups,
    templates,
    defaults,
    uses: all.flatMap(unit => unit.uses),
    settings: all.flatMap(unit => unit.settings),
    ageRules: all.flatMap(unit => unit.ageRules ?? []),
    gaps,
    notAnalysable: all.flatMap(unit => unit.notAnalysable),
    configs: configsFor(
      config,
      definitions.flatMap(definition => filesOf(definition).files.map(file => file.path)),
    ),
    targetOf: targets(definitions, templates, implicit, gaps),
    filesOf,
    formatOf,
    keyOf,
    encrypted,
  };
}

/** Looks up a key in the files of a secret. Returns `null` if the result is unknown. */
function locateKey(
  { files, complete }: Location,
  key: string,
  encrypted: SecretFiles['encrypted'],
): LocatedKey | null {
  const findings = files.map(file => {
    const content = encrypted(file.path);
    // Keys of line-based formats are not read.
    if (content === null || content.shape === 'dotenv' || content.shape === 'ini') return null;
    const finding = findKey(content, key);
    // A key may be missing only because the text is broken.
    if (finding.kind !== 'found' && !content.complete) return null;
    return { ...finding, file: file.path, certain: file.certain };
  });
  const [first] = findings;
  if (!first) return null;
  if (first.certain || first.kind === 'found') return first;
  // The key is certainly missing if it is missing in every file that may contain the secret.
  const everywhere = complete && findings.every(finding => finding !== null && finding.kind !== 'found');
  return { ...first, certain: everywhere };
}

function byName(
  definitions: readonly SecretDefinition[],
  implicit: ReadonlyMap<string, readonly string[]>,
): FleetSecret[] {
  const groups = groupBy(definitions, ({ keeper, name }) => `${keeper}\0${name}`);
  for (const name of implicit.keys()) if (!groups.has(`sops\0${name}`)) groups.set(`sops\0${name}`, []);
  return [...groups].sort(byText(([id]) => id)).map(([id, group]) => {
    const [keeper, name] = id.split('\0') as [SecretKeeper, string];
    return {
      keeper,
      name,
      nameKind:
        group.find(definition => definition.nameKind !== 'pattern')?.nameKind ??
        group[0]?.nameKind ??
        'literal',
      definitions: group,
      implicitOn: keeper === 'sops' ? (implicit.get(name) ?? []) : [],
    };
  });
}

function targets(
  definitions: readonly SecretDefinition[],
  templates: readonly SecretTemplate[],
  implicit: ReadonlyMap<string, readonly string[]>,
  gaps: readonly SecretGap[],
): (use: SecretUse) => UseTarget {
  const names = new Set<string>();
  const patterns: { readonly set: string; readonly regex: RegExp }[] = [];
  const note = (set: string, named: Pick<SecretDefinition, 'name' | 'nameKind'>) => {
    if (named.nameKind === 'pattern') patterns.push({ set, regex: patternOf(named.name) });
    names.add(`${set}:${named.name}`);
  };
  for (const definition of definitions) note(definition.keeper, definition);
  for (const template of templates) note('template', template);
  return use => {
    const set = use.of === 'template' ? 'template' : use.keeper;
    if (names.has(`${set}:${use.name}`)) return 'declared';
    if (use.keeper === 'sops' && use.of !== 'template') {
      if (implicit.has(use.name)) return 'implicit';
      if (use.name.startsWith('vars/')) return 'generator';
    }
    if (
      use.nameKind !== 'pattern' &&
      patterns.some(pattern => pattern.set === set && pattern.regex.test(use.name))
    )
      return 'declared';
    if (use.guarded) return 'guarded';
    if (use.nameKind === 'pattern' || gaps.some(gap => gap.keeper === use.keeper)) return 'unknown';
    return 'undeclared';
  };
}

/** Returns a pattern for the names that a name with holes may become. A hole matches any text. */
export function patternOf(name: string): RegExp {
  const parts = name.split(/\$\{(?:[^{}]|\{[^}]*\})*\}/);
  return new RegExp(`^${parts.map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`);
}

function configsFor(config: SecretFiles['config'], encrypted: readonly string[]): SopsConfig[] {
  const folders = new Set(['']);
  for (const path of encrypted)
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.add(folder);
  return [...folders].sort().flatMap(folder => config(joinPath(folder, '.sops.yaml') as string) ?? []);
}
