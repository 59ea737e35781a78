/** Documents the options that authors write, for completion and hovers. Reads `data/option-words.json`. */
import data from './data/option-words.json' with { type: 'json' };

export interface OptionWords {
  readonly name: string;
  /** As in the documentation of NixOS. */
  readonly type: string;
  /** As a Nix expression; null if the option is required. */
  readonly fallback: string | null;
  readonly text: string;
  /** The accepted values, if there are few. */
  readonly values?: readonly ChoiceWords[];
  /** The text after `=`, with `$0` for the cursor. If absent, only the cursor. */
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

/** The attributes of a declared file that can be read. */
export const FILE_ATTRIBUTES: readonly ChoiceWords[] = data.fileAttributes;
