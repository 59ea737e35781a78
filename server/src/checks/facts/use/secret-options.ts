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

/** The names of each option, the longest first, since that is the one that most texts lack. */
const WORDS = OPTIONS.map(({ names }) =>
  [...new Set(names.filter(name => name !== '*'))].sort((left, right) => right.length - left.length),
);

/** Tells the texts that may set one of the options: all of its names occur. */
export const SECRET_OPTION_TEXTS: Pick<RegExp, 'test'> = {
  test: text => WORDS.some(words => words.every(word => text.includes(word))),
};

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
