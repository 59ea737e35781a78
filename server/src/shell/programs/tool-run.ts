/** A call of a program as the tables of programs see it: its words, and functions to record their effects. */
import type { CommandFact, Field } from '../flow/flow-facts.ts';
import type { Expansion } from '../flow/flow-words.ts';
import type { ShellPath } from '../flow/values.ts';

export interface ToolRun {
  readonly cx: Expansion;
  readonly fact: CommandFact;
  readonly words: readonly Field[];
  /** True if everything that determines the written file is known. */
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
  /** Records a directory in which unknown files may be read or written. */
  directory(word: Field): void;
  /** Records that further files below a path may be written. */
  below(word: Field, path: ShellPath): void;
  /** Records any of these effects, by what is known of the word. */
  unknown(word: Field): void;
}
