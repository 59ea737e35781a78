/**
 * Names that have a meaning in every script: Bash's builtins, the variables that it sets, and the programs of
 * coreutils.
 */
import bash from './data/bash.json' with { type: 'json' };
import data from './data/packages.json' with { type: 'json' };

/** Builtins of Bash 5.2, and reserved words that may appear in place of a command. */
export const BUILTINS: ReadonlySet<string> = new Set(bash.builtins);

/** Variables that Bash sets in every script, or that every environment contains. */
export const SHELL_VARIABLES: ReadonlySet<string> = new Set(bash.variables);

/** The programs of GNU coreutils. */
export const COREUTILS: ReadonlySet<string> = new Set(data.packages.coreutils);
