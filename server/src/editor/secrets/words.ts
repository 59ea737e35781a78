/** Documents the options of sops-nix and agenix, for completion and hovers. Reads `data/secret-words.json`. */
import type { SecretKeeper } from '../../fleet/model/secrets.ts';
import type { SecretOwner } from '../../fleet/secrets/secrets-schema.ts';
import type { OptionWords } from '../names/option-words.ts';
import data from './data/secret-words.json' with { type: 'json' };

/** The attributes of a secret that can be read. */
export const SECRET_ATTRIBUTES: Readonly<Record<SecretKeeper | 'template', readonly string[]>> =
  data.attributes;

/** The options by owner; nested names are joined by dots. */
export const OPTION_WORDS: Readonly<
  Record<SecretKeeper, Readonly<Record<SecretOwner, readonly OptionWords[]>>>
> = { sops: data.sops, age: data.age };

const BELOW_AGE = 'age.';

/** The options below `sops.age`. */
export const SOPS_AGE: readonly OptionWords[] = OPTION_WORDS.sops.keeper
  .filter(({ name }) => name.startsWith(BELOW_AGE))
  .map(option => ({ ...option, name: option.name.slice(BELOW_AGE.length) }));
