/**
 * The table of all commands with their options, positions and texts. The parser, the help, the shell completions and
 * the manual page are made from it.
 */

import type { CommandSpec } from './command-spec.ts';
import { AROUND, PROGRAMS } from './commands-around.ts';
import { EXPLAIN, FIND_AND_SHOW } from './commands-look.ts';
import { GENERATE, STORED } from './commands-vars.ts';
import { WRITE } from './commands-write.ts';

/** In the order of the overview, with a blank line between groups. */
export const COMMAND_GROUPS: readonly (readonly CommandSpec[])[] = [
  [...FIND_AND_SHOW, ...WRITE, ...EXPLAIN],
  [...GENERATE, ...STORED, ...AROUND],
  PROGRAMS,
];

export const COMMANDS: readonly CommandSpec[] = COMMAND_GROUPS.flat();

/** Returns the commands that begin with a word: several for `add` and `new`, none for unknown words. */
export function commandsOf(word: string): readonly CommandSpec[] {
  return COMMANDS.filter(({ name }) => name.split(' ')[0] === word);
}
