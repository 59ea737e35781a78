/**
 * What a `path_regex` that fits no file was meant to be: one word of it is nearly a name that files have, and with that name
 * it fits an encrypted file that no rule takes.
 */

import { suggest } from '../../../edits/suggest.ts';
import { ruleFor, type SopsConfig } from '../../../fleet/secrets/secrets-rules.ts';
import type { Known } from '../../../nix/places.ts';
import type { CheckContext } from '../../rule.ts';
import { isEncrypted } from './sops-files.ts';

export interface MeantPath {
  /** The whole expression with the word put right. */
  readonly value: string;
  /** A file that it fits. */
  readonly path: string;
}

/** Words that stand for themselves. */
const WORDS = /(?<!\\)[A-Za-z][\w-]{2,}/g;

/**
 * Returns what an expression was meant to be; null where that is not known.
 * @param files below the configuration's folder; the expression fits none of them
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
  const known = new Set(names);
  for (const { 0: word, index } of value.matchAll(WORDS)) {
    const meant = known.has(word) ? null : suggest(word, names);
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
