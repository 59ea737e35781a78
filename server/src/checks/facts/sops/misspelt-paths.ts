/**
 * Guesses the intended form of a `path_regex` that matches no file: one word in it is almost a name of existing
 * files, and with that name it would match an encrypted file covered by no rule.
 */

import { suggest } from '../../../edits/suggest.ts';
import { ruleFor, type SopsConfig } from '../../../fleet/secrets/secrets-rules.ts';
import type { Known } from '../../../nix/places.ts';
import { once } from '../../../std.ts';
import type { CheckContext } from '../../rule.ts';
import { isEncrypted } from './sops-files.ts';

export interface CorrectedPath {
  /** The whole expression with the word corrected. */
  readonly value: string;
  /** A file that the corrected expression matches. */
  readonly path: string;
}

/** Matches words without special meaning in a regular expression. */
const WORDS = /(?<!\\)[A-Za-z][\w-]{2,}/g;

/**
 * Returns a function that finds the intended form of an expression, or null if it is not known. The names of files
 * are collected once for all expressions of the configuration.
 *
 * @param files the files below the configuration's folder, none of which the expressions match
 */
export function meantPaths(
  context: CheckContext,
  config: SopsConfig,
  files: readonly string[],
): (pathRegex: Known<string>) => CorrectedPath | null {
  const ruleless = once(() => files.filter(file => ruleFor(config, file) === null));
  const names = once(
    () => new Set(ruleless().flatMap(path => path.split('/').flatMap(name => [name, ...name.split('.')]))),
  );
  return pathRegex => meantPath(context, config, pathRegex, ruleless(), names());
}

function meantPath(
  context: CheckContext,
  config: SopsConfig,
  { value, at }: Known<string>,
  ruleless: readonly string[],
  names: ReadonlySet<string>,
): CorrectedPath | null {
  for (const { 0: word, index } of value.matchAll(WORDS)) {
    const meant = names.has(word) ? null : suggest(word, names);
    if (meant === null) continue;
    const written = meant.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const corrected = value.slice(0, index) + written + value.slice(index + word.length);
    const alone = {
      ...config,
      rules: [{ at, pathRegex: { value: corrected, at }, groups: [], otherKeys: [] }],
    };
    const path = ruleless.find(file => ruleFor(alone, file) && isEncrypted(context, file) === true);
    if (path !== undefined) return { value: corrected, path };
  }
  return null;
}
