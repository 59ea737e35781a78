/**
 * The options that authors write, in the words of documentation: what completion offers and hovers explain. Reads
 * `data/option-words.json`.
 */
import data from './data/option-words.json' with { type: 'json' };

export interface OptionWords {
  readonly name: string;
  /** As the documentation of NixOS writes types. */
  readonly type: string;
  /** As Nix writes it; null where the option has to be set. */
  readonly fallback: string | null;
  readonly text: string;
  /** Values that can be chosen from, where there are few. */
  readonly values?: readonly ChoiceWords[];
  /** What is behind the `=`, with `$0` where the cursor goes. Absent: nothing but the cursor. */
  readonly body?: string;
}

export interface ChoiceWords {
  readonly value: string;
  readonly text: string;
}

export const GENERATOR_OPTIONS: readonly OptionWords[] = data.generator;
export const FILE_OPTIONS: readonly OptionWords[] = data.file;
export const PROMPT_OPTIONS: readonly OptionWords[] = data.prompt;
export const DISPLAY_OPTIONS: readonly OptionWords[] = data.display;

/** What can be read of a file once it is declared. */
export const FILE_ATTRIBUTES: readonly ChoiceWords[] = data.fileAttributes;
