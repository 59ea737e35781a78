/**
 * A call of a program that is followed, as the tables of programs see it: its words, and what can be noted of them.
 */
import type { CommandFact, Field } from '../flow/flow-facts.ts';
import type { Expansion } from '../flow/flow-words.ts';
import type { ShellPath } from '../flow/values.ts';

export interface ToolRun {
  readonly cx: Expansion;
  readonly fact: CommandFact;
  readonly words: readonly Field[];
  /** True if everything is known that decides which file is written. */
  readonly sure: boolean;
  path(word: Field): ShellPath;
  read(word: Field, path?: ShellPath): void;
  write(
    word: Field,
    path: ShellPath,
    sure?: boolean,
    how?: 'command' | 'directory' | 'link' | 'change' | 'append',
  ): void;
  text(word: Field): void;
  option(word: Field): void;
  /** Notes a directory in which unknown files may be read or written. */
  directory(word: Field): void;
  /** Notes that there may be more below a place that is written. */
  below(word: Field, path: ShellPath): void;
  /** Notes any of this, by what is known of a word. */
  unknown(word: Field): void;
}
