/** sops/rule-without-file: a rule of `.sops.yaml` matches no file while a file has no rule. */

import { writtenAt } from '../../../edits/edits.ts';
import { flakeOf } from '../../../fleet/secrets/secrets-files.ts';
import { type CreationRule, ruleFor, type SopsConfig } from '../../../fleet/secrets/secrets-rules.ts';
import { folderOf } from '../../../nix/eval/paths.ts';
import { getOrAdd } from '../../../std.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { type CorrectedPath, meantPaths } from '../../facts/sops/misspelt-paths.ts';
import {
  coverOf,
  declaredFiles,
  isClansOwn,
  isEncrypted,
  NOT_SEARCHED,
} from '../../facts/sops/sops-files.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, CheckFiles, Fix, Report, Rule } from '../../rule.ts';

export const ruleWithoutFile: Rule = {
  id: 'sops/rule-without-file',
  severity: 'warning',
  summary: 'A rule of `.sops.yaml` that matches no file, while a file has no rule',
  documentation: `\
The \`path_regex\` of a creation rule matches no file, and a file that sops-nix reads secrets from matches no rule of
the same \`.sops.yaml\`: most likely the rule was meant for the file. Paths are relative to the folder of \`.sops.yaml\`:
in \`secrets/.sops.yaml\` the file \`secrets/lea.yaml\` is \`lea.yaml\`, and \`^secrets/\` matches nothing. sops refuses to
create or update such a file ("no matching creation rules found").

Also reported where a word of a \`path_regex\` is misspelt, so that an encrypted file has no rule, even if nothing reads
that file.

If there is a single \`.sops.yaml\` above an encrypted file, \`sops/no-creation-rule\` reports it at the file.

Source: getsops/sops 15e36f97a, config/config.go.`,
  examples: ({ encryptedYaml, moduleWith, SOPS_YAML, VALUE }) => {
    const MODULE = { 'configuration.nix': moduleWith('  sops.secrets.mail = { };\n') };
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    const OTHERS = SOPS_YAML.replace('secrets/[^/]+\\.yaml$', '^hosts/');
    return {
      bad: [
        {
          title: 'A path relative to the root, in a folder below it',
          files: {
            ...MODULE,
            ...FILE,
            '.sops.yaml': OTHERS,
            'hosts/a.yaml': FILE['secrets/lea.yaml'],
            'secrets/.sops.yaml': `${SOPS_YAML.replace(
              '    key_groups',
              `#               ^^^^^^^^^^^^^^^^^^^^ sops/rule-without-file: secrets/lea.yaml\n    key_groups`,
            )}`,
          },
        },
      ],
      good: [
        {
          title: 'A path relative to its own folder',
          files: {
            ...MODULE,
            ...FILE,
            '.sops.yaml': OTHERS,
            'hosts/a.yaml': FILE['secrets/lea.yaml'],
            'secrets/.sops.yaml': SOPS_YAML.replace('secrets/', '^'),
          },
        },
      ],
    };
  },
  check: function* (context) {
    const { configs } = secretsOf(context);
    for (const config of configs) {
      const found = filesFor(context.stored());
      const files = found.below(context.sources, folderOf(config.path));
      const path = ruleless(context, config);
      // Started in another folder, sops uses the other configuration.
      const isTaken = path !== null && configs.some(other => other !== config && ruleFor(other, path));
      const meantPathOf = meantPaths(context, config, files ?? []);
      for (const rule of config.rules) {
        const { pathRegex } = rule;
        if (pathRegex === null || files === null || !found.fitsNone(config, rule, files)) continue;
        const meant = fromRoot(config, pathRegex.value);
        if (path !== null && (!isTaken || meant !== null)) {
          yield reportOf(context, config, pathRegex, { path, value: meant });
          continue;
        }
        const misspelt = found.misspelt(rule, () => meantPathOf(pathRegex));
        if (misspelt !== null) yield reportOf(context, config, pathRegex, misspelt);
      }
    }
  },
};

/**
 * Returns the first file below a configuration that none of its rules matches, unless that is reported at the
 * file.
 */
function ruleless(context: CheckContext, config: SopsConfig): string | null {
  if (config.rules.length === 0) return null;
  const { sources } = context;
  for (const path of declaredFiles(context, 'sops').keys()) {
    if (isClansOwn(path) || flakeOf(sources, path) !== flakeOf(sources, config.path)) continue;
    if (ruleFor(config, path) !== null) continue;
    if (coverOf(context, path)?.rule !== null || isEncrypted(context, path) !== true) return path;
  }
  return null;
}

/** Returns whether a rule matches none of the files; false if that is not known. */
function fitsNone(config: SopsConfig, rule: CreationRule, files: readonly string[]): boolean {
  const alone = { ...config, rules: [rule] };
  return files.every(path => ruleFor(alone, path) === null);
}

/** Returns the corrected form of an expression that begins with the configuration's own folder, or null. */
function fromRoot(config: SopsConfig, value: string): string | null {
  const folder = folderOf(config.path);
  const start = value.startsWith('^') ? 1 : 0;
  if (folder === '' || !value.startsWith(`${folder}/`, start)) return null;
  return value.slice(0, start) + value.slice(start + folder.length + 1);
}

function reportOf(
  { sources }: CheckContext,
  config: SopsConfig,
  { value, at }: NonNullable<CreationRule['pathRegex']>,
  { path, value: meant }: { readonly path: string; readonly value: string | null },
): Report {
  const written = writtenAt(sources, at);
  const index = written?.indexOf(value) ?? -1;
  const text = meant === null || written !== value ? meant : asScalar(meant);
  const fixes: Fix[] =
    text === null || index < 0
      ? []
      : [
          {
            title: `Replace with ${text}`,
            edits: [{ ...at, start: at.start + index, end: at.start + index + value.length, text }],
            preferred: true,
            guess: true,
          },
        ];
  return {
    at,
    message: `No file fits ${value}, and ${path} has no rule in ${config.path}: paths are relative to the folder that it lies in.${
      text === null ? ' Fix it, or remove the rule.' : ` Write ${text}.`
    }`,
    fixes,
  };
}

/** Returns a scalar of YAML, in quotes if it begins like something else. */
function asScalar(text: string): string {
  return /^[[\]{},*&!|>'"%@`#?:-]/.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}

/** The maximum number of files and folders to list, more than any repository has below one configuration. */
const MAX_FILES = 20_000;

/** What follows from the files other than Nix files and the rules alone, for each state of these files. */
const filesFor = perObject(() => {
  const cache = new Map<string, readonly string[] | null>();
  const fitting = new Map<CreationRule, boolean>();
  const meant = new Map<CreationRule, { readonly path: CorrectedPath | null }>();
  return {
    /** Returns whether a rule matches none of the files below its configuration. */
    fitsNone: (config: SopsConfig, rule: CreationRule, files: readonly string[]) =>
      getOrAdd(fitting, rule, () => fitsNone(config, rule, files)),
    misspelt: (rule: CreationRule, find: () => CorrectedPath | null) =>
      getOrAdd(meant, rule, () => ({ path: find() })).path,
    /** Returns the files below a folder except Nix files, which are never encrypted, or null if there are too many. */
    below(sources: CheckFiles, folder: string): readonly string[] | null {
      let files = cache.get(folder);
      if (files === undefined) {
        files = walk(sources, folder);
        cache.set(folder, files);
      }
      return files;
    },
  };
});

function walk(sources: CheckFiles, root: string): readonly string[] | null {
  const files: string[] = [];
  const open = [root];
  let count = 0;
  for (let folder = open.pop(); folder !== undefined; folder = open.pop())
    for (const { name, kind } of sources.list(folder) ?? []) {
      // Links may be circular.
      if (++count > MAX_FILES) return null;
      const path = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'file' && !name.endsWith('.nix')) files.push(path);
      if (kind === 'directory' && name !== '.git' && (name === 'vars' || !NOT_SEARCHED.has(name)))
        open.push(path);
    }
  return files;
}
