/**
 * Finds the files that concern sops: those named by declarations, and those that a rule of `.sops.yaml` was
 * written for. Determines whether a file is encrypted and keeps none of its contents.
 */
import type { SecretDefinition, SecretKeeper } from '../../../fleet/model/secrets.ts';
import { flakeOf } from '../../../fleet/secrets/secrets-files.ts';
import { type CreationRule, ruleFor, type SopsConfig } from '../../../fleet/secrets/secrets-rules.ts';
import { folderOf } from '../../../nix/eval/paths.ts';
import { byText } from '../../../std.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, CheckFiles } from '../../rule.ts';
import { startOf } from './agenix-rules.ts';
import { secretFilesOf, secretsOf } from './joined-secrets.ts';

/** A file and the rule that covers it. */
export interface CoveredFile {
  readonly path: string;
  /** The rule, or null if none matches. */
  readonly rule: CreationRule | null;
  readonly config: SopsConfig;
}

/** Returns the existing files that declarations certainly name, sorted, each with one of the declarations. */
export function declaredFiles(
  context: CheckContext,
  keeper: SecretKeeper,
): ReadonlyMap<string, SecretDefinition> {
  const { sources } = context;
  const secrets = secretsOf(context);
  const byPath = new Map<string, SecretDefinition>();
  for (const secret of secrets.secrets)
    if (secret.keeper === keeper)
      for (const definition of secret.definitions)
        for (const { path, certain } of secrets.filesOf(definition).files)
          if (certain && !byPath.has(path) && sources.kind(path) === 'file') byPath.set(path, definition);
  return new Map([...byPath].sort(byText(([name]) => name)));
}

/** Yields the files named for sops-nix whose covering rule is known. */
export function* namedFiles(context: CheckContext): Iterable<CoveredFile> {
  for (const path of declaredFiles(context, 'sops').keys()) {
    const covered = coverOf(context, path);
    if (covered !== null) yield covered;
  }
}

/** Returns the rule that covers a file, or null if that is not known. */
export function coverOf(context: CheckContext, path: string): CoveredFile | null {
  return isClansOwn(path) ? null : coveredBy(secretsOf(context).configs, path, context.sources);
}

/** Returns whether clan manages the file. Clan encrypts to the keys it knows, regardless of `.sops.yaml`. */
export function isClansOwn(path: string): boolean {
  return /(^|\/)(sops\/(secrets|users|machines|groups)|vars\/(shared|per-machine|per-export))\//.test(path);
}

/**
 * Returns the rule for a file from the only `.sops.yaml` above it. Sops uses the one nearest to its working
 * directory, so with several nothing is certain.
 */
function coveredBy(configs: readonly SopsConfig[], path: string, sources: CheckFiles): CoveredFile | null {
  const above = configs.filter(config => {
    const folder = folderOf(config.path);
    return folder === '' || path.startsWith(`${folder}/`);
  });
  const [config, another] = above;
  if (config === undefined || another !== undefined || config.rules.length === 0) return null;
  // A template or an example is a flake of its own, with placeholder keys.
  if (flakeOf(sources, path) !== flakeOf(sources, config.path)) return null;
  const rule = ruleFor(config, path);
  return rule === undefined ? null : { path, rule, config };
}

/**
 * Returns the files that a rule was written for, whether or not something names them. Cached per state of the
 * files.
 */
export function filesUnderRules(context: CheckContext): readonly CoveredFile[] {
  return walkFor(context.stored()).of(context);
}

const walkFor = perObject(() => {
  let files: readonly CoveredFile[] | null = null;
  let configs: readonly SopsConfig[] = [];
  return {
    of(context: CheckContext): readonly CoveredFile[] {
      const now = secretsOf(context).configs;
      const same = now.length === configs.length && now.every((config, index) => config === configs[index]);
      if (files === null || !same) files = walk(now, context);
      configs = now;
      return files;
    },
  };
});

/** The maximum number of folders to search, more than any repository has outside of its store. */
const MAX_FOLDERS = 20_000;

/** Folders without handwritten files, or without files that concern `.sops.yaml`. */
export const NOT_SEARCHED = new Set(['node_modules', 'result', 'vars', 'target', 'dist']);

/** Formats in which a plain text file under a rule is meant to be encrypted. */
const FORMATS = /\.(ya?ml|json|env|ini)$/;

function walk(configs: readonly SopsConfig[], context: CheckContext): CoveredFile[] {
  const { sources } = context;
  const files: CoveredFile[] = [];
  if (!configs.some(({ rules }) => rules.some(isSpecific))) return files;
  const open = [''];
  for (let count = 0; open.length > 0 && count < MAX_FOLDERS; count++) {
    const folder = open.pop() as string;
    const links = new Set((sources.links?.(folder) ?? []).map(link => link.name));
    for (const { name, kind } of sources.list(folder) ?? []) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (name.startsWith('.') || links.has(name) || isClansOwn(`${path}/`)) continue;
      if (kind === 'directory') {
        if (!NOT_SEARCHED.has(name)) open.push(path);
      } else if (!name.endsWith('.nix')) {
        const covered = coveredBy(configs, path, sources);
        if (covered?.rule == null || !isSpecific(covered.rule)) continue;
        if (FORMATS.test(name) || isByContent(context, path)) files.push(covered);
      }
    }
  }
  return files.sort(byText(({ path }) => path));
}

/**
 * Returns whether sops has encrypted a file of another format. Other files that a rule matches are not
 * considered.
 */
function isByContent(context: CheckContext, path: string): boolean {
  const start = startOf(context.sources, path);
  return start?.includes('ENC[AES256_GCM,') === true && isEncrypted(context, path) === true;
}

/** Returns whether the rule names a folder or a file, rather than all files of a format. */
function isSpecific({ pathRegex }: CreationRule): boolean {
  if (pathRegex === null) return false;
  const literal = pathRegex.value
    .replace(/\[[^\]]*\]|\\[a-zA-Z]/g, ' ')
    .replace(/\b(ya?ml|json|env|ini|enc|bin|txt|dotenv|binary)\b/g, ' ');
  return /[A-Za-z0-9_-]{3,}/.test(literal);
}

/** Matches files whose contents are stored elsewhere or encrypted by another program. */
const OPAQUE = /^(version https:\/\/git-lfs|-----BEGIN |\0GITCRYPT|age-encryption\.org\/)/;

/** Returns whether a file is empty, or not a text of its own that sops could read. */
export function isOpaque(sources: CheckFiles, path: string): boolean {
  const text = sources.text(path);
  return text === null || text.trim() === '' || OPAQUE.test(text);
}

/**
 * Returns whether a file is encrypted by sops, or null if that cannot be determined.
 *
 * @param isNamed true if a declaration takes a secret from it, whatever its contents; otherwise it has to look
 * like data
 */
export function isEncrypted(context: CheckContext, path: string, isNamed = false): boolean | null {
  const text = context.sources.text(path);
  if (text === null || isOpaque(context.sources, path)) return null;
  const file = secretFilesOf(context).encrypted(path);
  if (file?.encrypted === true) return true;
  if (/\.(ya?ml|json)$/.test(path)) {
    // An empty file has nothing to hide.
    return file === null || !file.complete || file.keys.length === 0 ? null : false;
  }
  if (/"sops"\s*:/.test(text)) return null;
  return isNamed || /^\s*[\w.-]+\s*=\s*\S/m.test(text) ? false : null;
}
