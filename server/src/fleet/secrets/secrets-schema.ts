/**
 * The options that sops-nix and agenix have for secrets, for templates, and directly below `sops` and `age`. Reads
 * `data/keeper-options.json`.
 */
import type { SecretKeeper } from '../model/secrets.ts';
import data from './data/keeper-options.json' with { type: 'json' };

/** The kind of value that an option takes; `any` if values are not checked, `computed` if the option is read-only. */
export type SecretOptionType =
  | 'any'
  | 'bool'
  | 'computed'
  | 'count'
  | 'format'
  | 'integer'
  | 'log'
  | 'mode'
  | 'options'
  | 'path'
  | 'paths'
  | 'place'
  | 'text'
  | 'texts'
  | 'user';

/** `home`: options of the home-manager modules; `system`: options that only the modules of machines have. */
export type SecretSide = 'home' | 'system' | 'both';

export interface KnownOption {
  readonly type: SecretOptionType;
  readonly side: SecretSide;
  /** A description in one sentence, without a full stop. */
  readonly about: string;
}

export type SecretOwner = 'secret' | 'template' | 'keeper';

type Options = ReadonlyMap<string, KnownOption>;
type Written = Omit<KnownOption, 'side'> & Partial<Pick<KnownOption, 'side'>>;

type WrittenOwners = Readonly<Record<SecretOwner, Readonly<Record<string, Written>>>>;

function optionsOf(owners: WrittenOwners): Readonly<Record<SecretOwner, Options>> {
  const options = (owner: SecretOwner): Options =>
    new Map(Object.entries(owners[owner]).map(([name, option]) => [name, { side: 'both', ...option }]));
  return { secret: options('secret'), template: options('template'), keeper: options('keeper') };
}

/** The options of each keeper, by their names below the set that has them, joined by dots. */
export const SECRET_OPTIONS: Readonly<Record<SecretKeeper, Readonly<Record<SecretOwner, Options>>>> = {
  sops: optionsOf(data.sops as WrittenOwners),
  age: optionsOf(data.age as WrittenOwners),
};

export const SOPS_FORMATS = ['yaml', 'json', 'binary', 'dotenv', 'ini'] as const;

export const SOPS_LOGS = ['keyImport', 'secretChanges'] as const;
