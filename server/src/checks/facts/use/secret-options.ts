/** Reads `data/secret-options.json`: options of NixOS that take a secret itself, or the path of a file that has it. */

import data from './data/secret-options.json' with { type: 'json' };

export interface SecretOption {
  /** The names of the option; `*` is any one name. Items of lists have none. */
  readonly names: readonly string[];
  readonly takes: 'value' | 'path';
  /** The option beside it that takes a path. */
  readonly instead?: string;
  /** How else the service reads the secret from a file; PATH stands for the path. */
  readonly syntax?: string;
}

type Written = Omit<SecretOption, 'names'> & { readonly option: string };

const OPTIONS: readonly SecretOption[] = (data.options as readonly Written[]).map(({ option, ...entry }) => ({
  ...entry,
  names: option.split('.'),
}));

/** Matches texts that may set one of the options. */
export const SECRET_OPTION_NAMES = new RegExp(
  `\\b(${[...new Set(OPTIONS.map(({ names }) => names.at(-1)))].join('|')})\\b`,
);

/** Returns the entry for an option of a machine, or null. */
export function secretOption(option: readonly string[]): SecretOption | null {
  return (
    OPTIONS.find(
      ({ names }) =>
        names.length === option.length &&
        names.every((name, index) => name === '*' || name === option[index]),
    ) ?? null
  );
}
