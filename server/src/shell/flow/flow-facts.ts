/**
 * Facts about a script that was followed: the commands it runs, what it reads and writes, the variables it uses. Plain
 * data at half-open UTF-16 offsets from 0 into the script's text. Its readers decide what the places mean.
 */
import type { Range } from '../syntax.ts';
import type { ShellPath, Value } from './values.ts';

/**
 * In all facts: `certain` is true if it happens in every run of the script that ends well. False inside `if`, loops,
 * `&&`, `||`, functions that may not be called, and after what may end the script.
 */
interface Fact extends Range {
  readonly certain: boolean;
}

/** A word of a command line after expansion: one of the values that it may have. */
export interface Field extends Range {
  readonly value: Value;
  /** True if it may be any number of words. */
  readonly many: boolean;
}

/** What a command does with an argument, as far as is known. */
type ArgumentRole = 'option' | 'text' | 'read' | 'write' | 'program' | 'unknown';

export interface Argument extends Range {
  readonly value: Value;
  /** As people write it. */
  readonly text: string;
  role: ArgumentRole;
}

/** Where standard output or standard error of a command goes; `log` is the script's own. */
export type Stream = 'log' | 'file' | 'pipe' | 'captured' | 'discarded';

export interface CommandFact extends Fact {
  /** Its place in `Flow.commands`. */
  readonly index: number;
  /** The name without directories; null if it is computed. */
  readonly name: string | null;
  /** The word of the name as it is written. */
  readonly word: string;
  readonly nameAt: Range;
  readonly kind: 'program' | 'builtin' | 'function' | 'unknown';
  /** How the name is found: by PATH, by an absolute path, or by a computed directory. */
  readonly lookup: 'path' | 'absolute' | 'other';
  readonly arguments: readonly Argument[];
  /** The command that starts this one: `exec`, `env`, `xargs`, `sudo`, … */
  readonly through: string | null;
  readonly stdin: 'inherited' | 'pipe' | 'file' | 'text';
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** The file that standard output goes to, of the command itself or of what it is in; null if it is none or several. */
  readonly stdoutTo: ShellPath | null;
  /** False where the script has ended on every way here, as behind an `exit`. */
  readonly reached: boolean;
  /** True if the script ends with an error when this command fails. */
  readonly checked: boolean;
}

export interface ReadFact extends Fact {
  readonly path: ShellPath;
  /**
   * `file`: opened by a command; `stdin`: by `<`; `argument`: handed to a program of which nothing is known;
   * `text`: the path itself is used as text; `test`: asked about; `environment`: exported to programs.
   */
  readonly how: 'file' | 'stdin' | 'argument' | 'text' | 'test' | 'environment';
  /** True if the script removed it before, or moved it away, and nothing made it anew. */
  readonly gone: boolean;
  readonly command: number | null;
  /** Counts reads and writes in the order they happen. */
  readonly order: number;
}

export interface WriteFact extends Fact {
  readonly path: ShellPath;
  /** `append` keeps what was there; `directory` makes a directory; `change` needs the file to be there. */
  readonly how: 'redirect' | 'append' | 'command' | 'directory' | 'link' | 'change';
  readonly command: number | null;
  readonly order: number;
  /** Whether it is gone again by the end. */
  fate: 'kept' | 'removed' | 'perhaps';
}

/** A variable that is expanded. */
export interface VariableFact extends Fact {
  readonly name: string;
  readonly nameAt: Range;
  readonly quoted: boolean;
  /** True where an unquoted value would be split into words. */
  readonly splits: boolean;
  /** True for `${x:-…}`, `${x+…}` and the like, which are fine with an unset variable. */
  readonly guarded: boolean;
  /** `never`: nothing in the script can set it. */
  readonly set: 'yes' | 'perhaps' | 'never';
  /** True in a process of its own, such as `$(…)`: an error there does not end the script by itself. */
  readonly apart: boolean;
}

export interface AssignmentFact extends Fact {
  readonly name: string;
  readonly nameAt: Range;
  /** The value where it is one and known. */
  readonly value: Value | null;
  readonly exported: boolean;
}

export interface PipelineFact extends Fact {
  /** For each stage the commands that run in it. */
  readonly stages: readonly (readonly number[])[];
  /** True if a failure of any stage ends the script: `pipefail` and `set -e` hold and nothing looks at the status. */
  readonly checked: boolean;
}

export interface OptionFact extends Fact {
  /** `xtrace`, `errexit`, `pipefail`, `nounset`, … */
  readonly name: string;
  readonly on: boolean;
}

/** Why the script may do more than what is listed. */
export interface OpaqueFact extends Range {
  readonly reason:
    | 'eval'
    | 'source'
    | 'dynamic-command'
    | 'unknown-command'
    | 'program'
    | 'unknown-path'
    | 'unreadable'
    | 'directory'
    | 'limit';
  /** It may write this and anything below it; null: anything anywhere. */
  readonly path: ShellPath | null;
}

export interface Flow {
  readonly commands: readonly CommandFact[];
  readonly reads: readonly ReadFact[];
  readonly writes: readonly WriteFact[];
  readonly variables: readonly VariableFact[];
  readonly assignments: readonly AssignmentFact[];
  readonly pipelines: readonly PipelineFact[];
  readonly options: readonly OptionFact[];
  /** Empty if everything the script writes is in `writes`. */
  readonly opaque: readonly OpaqueFact[];
  /** True if variables may be set in ways that are not seen (`eval`, `source`, a computed name). */
  readonly opaqueVariables: boolean;
  /** Paths (as `pathKey`) that are there at the end of every run that ends well; the branches of an `if` together. */
  readonly written: ReadonlySet<string>;
  /** Names of commands that the script itself asks about: `command -v x`. */
  readonly probed: ReadonlySet<string>;
  /** Bodies of functions that nothing calls: what is in them does not happen. */
  readonly uncalled: readonly Range[];
  /** True if the script sets PATH. */
  readonly setsPath: boolean;
  /** True if every run ends with an error: a placeholder. */
  readonly fails: boolean;
  /** True if it has no command at all, or only such as do nothing. */
  readonly empty: boolean;
}

/** What is known about the environment of a script. */
export interface FlowOptions {
  /** Variables that are set from outside and hold directories that matter; others count as unset. */
  readonly directories: readonly string[];
  /** Of these, the ones to which writing matters: what may write there unseen makes the script opaque. */
  readonly outputs: readonly string[];
  /** Further variables that are set from outside. */
  readonly environment: readonly string[];
  readonly errexit: boolean;
  readonly pipefail: boolean;
}
