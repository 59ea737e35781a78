/**
 * Guesses the intended form of a `path_regex` that matches no file: one word in it is almost a name of existing
 * files, and with that name it would match an encrypted file covered by no rule.
 */

import { suggest } from '../../../edits/suggest.ts';
import { ruleFor, type SopsConfig } from '../../../fleet/secrets/secrets-rules.ts';
import type { Known } from '../../../nix/places.ts';
import type { CheckContext } from '../../rule.ts';
import { isEncrypted } from './sops-files.ts';

export interface MeantPath {
  /** The whole expression with the word corrected. */
  readonly value: string;
  /** A file that the corrected expression matches. */
  readonly path: string;
}

/** Matches words without special meaning in a regular expression. */
const WORDS = /(?<!\\)[A-Za-z][\w-]{2,}/g;

/**
 * Returns the intended expression, or null if it is not known.
 *
 * @param files the files below the configuration's folder, none of which the expression matches
 */
export function meantPath(
  context: CheckContext,
  config: SopsConfig,
  { value, at }: Known<string>,
  files: readonly string[],
): MeantPath | null {
  const ruleless = files.filter(file => ruleFor(config, file) === null);
  const names = [
    ...new Set(ruleless.flatMap(path => path.split('/').flatMap(name => [name, ...name.split('.')]))),
  ];
  const knownNames = new Set(names);
  for (const { 0: word, index } of value.matchAll(WORDS)) {
    const meant = knownNames.has(word) ? null : suggest(word, names);
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
