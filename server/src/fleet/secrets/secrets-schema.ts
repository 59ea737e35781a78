/**
 * The options that sops-nix and agenix know, of a secret, of a template, and of `sops` and `age` themselves: reads
 * `data/keeper-options.json`.
 */
import type { SecretKeeper } from '../model/secrets.ts';
import data from './data/keeper-options.json' with { type: 'json' };

/** What an option takes; `any` where nothing is claimed of it, `computed` where it is there to be read only. */
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

/** `home`: what the modules for home-manager have; `system`: only what those for machines have. */
export type SecretSide = 'home' | 'system' | 'both';

export interface KnownOption {
  readonly type: SecretOptionType;
  readonly side: SecretSide;
  /** One sentence without a stop. */
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

/** The options that a keeper's module has, by the names below what has them, joined by dots. */
export const SECRET_OPTIONS: Readonly<Record<SecretKeeper, Readonly<Record<SecretOwner, Options>>>> = {
  sops: optionsOf(data.sops as WrittenOwners),
  age: optionsOf(data.age as WrittenOwners),
};

export const SOPS_FORMATS = ['yaml', 'json', 'binary', 'dotenv', 'ini'] as const;

export const SOPS_LOGS = ['keyImport', 'secretChanges'] as const;
