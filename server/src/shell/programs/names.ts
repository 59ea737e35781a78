/**
 * Names that Bash itself gives meaning to, its builtins and the variables it sets, and the programs that every script
 * has.
 */
import bash from './data/bash.json' with { type: 'json' };
import data from './data/packages.json' with { type: 'json' };

/** Builtins of Bash 5.2, and its reserved words that may stand where a command does. */
export const BUILTINS: ReadonlySet<string> = new Set(bash.builtins);

/** Variables that Bash sets in every script, or that stand in every environment. */
export const SHELL_VARIABLES: ReadonlySet<string> = new Set(bash.variables);

/** The programs of GNU coreutils. */
export const COREUTILS: ReadonlySet<string> = new Set(data.packages.coreutils);
