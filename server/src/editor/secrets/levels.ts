/** Finds the options of sops-nix and agenix that a set may have, by its attribute path. */
import type { SecretKeeper } from '../../fleet/model/secrets.ts';
import type { SecretOwner } from '../../fleet/secrets/secrets-schema.ts';
import type { OptionWords } from '../names/option-words.ts';
import { OPTION_WORDS, SOPS_AGE } from './words.ts';

/** The options of a set, and their owner. */
export interface OptionLevel {
  readonly keeper: SecretKeeper;
  readonly owner: SecretOwner;
  readonly options: readonly OptionWords[];
}

const ANY = '<name>';

/** The options by attribute path. */
const LEVELS: readonly (OptionLevel & { readonly path: readonly string[] })[] = [
  { path: ['sops', 'secrets', ANY], keeper: 'sops', owner: 'secret', options: OPTION_WORDS.sops.secret },
  {
    path: ['sops', 'templates', ANY],
    keeper: 'sops',
    owner: 'template',
    options: OPTION_WORDS.sops.template,
  },
  { path: ['age', 'secrets', ANY], keeper: 'age', owner: 'secret', options: OPTION_WORDS.age.secret },
  { path: ['sops', 'age'], keeper: 'sops', owner: 'keeper', options: SOPS_AGE },
  { path: ['sops'], keeper: 'sops', owner: 'keeper', options: OPTION_WORDS.sops.keeper.filter(isOwn) },
  { path: ['age'], keeper: 'age', owner: 'keeper', options: OPTION_WORDS.age.keeper },
];

/** Returns whether an option is not nested in another set. */
function isOwn({ name }: OptionWords): boolean {
  return !name.includes('.');
}

/** Names of other things after `sops` or `age`: inputs of a flake, options of clan. */
const OTHERS: ReadonlySet<string> = new Set(['inputs', 'core', 'vars', 'settings']);

/** Returns the options of the set at an attribute path, or null if it is not part of sops-nix or agenix. */
export function levelOf(path: readonly string[]): OptionLevel | null {
  for (const level of LEVELS) {
    const at = path.length - level.path.length;
    if (at < 0 || OTHERS.has(path[at - 1] ?? '')) continue;
    if (level.path.every((name, i) => name === ANY || name === path[at + i])) return level;
  }
  return null;
}
