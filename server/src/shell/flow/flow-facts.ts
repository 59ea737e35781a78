/**
 * The facts that following a script yields: its commands, reads, writes and variables. Plain data at half-open UTF-16
 * offsets from 0 into the script's text; their meaning is up to the reader.
 */
import type { Range } from '../syntax.ts';
import type { ShellPath, Value } from './values.ts';

/**
 * In all facts, `certain` is true if the event happens in every successful run of the script. It is false inside
 * `if`, loops, `&&`, `||` and functions that may not be called, and after anything that may end the script.
 */
interface Fact extends Range {
  readonly certain: boolean;
}

/** A word of a command line after expansion, with one of its possible values. */
export interface Field extends Range {
  readonly value: Value;
  /** True if it may expand to any number of words. */
  readonly many: boolean;
}

/** The use that a command makes of an argument, as far as it is known. */
type ArgumentRole = 'option' | 'text' | 'read' | 'write' | 'program' | 'unknown';

export interface Argument extends Range {
  readonly value: Value;
  /** The argument for display. */
  readonly text: string;
  role: ArgumentRole;
}

/** The destination of a command's standard output or standard error; `log` is that of the script itself. */
export type Stream = 'log' | 'file' | 'pipe' | 'captured' | 'discarded';

export interface CommandFact extends Fact {
  /** The index in `Flow.commands`. */
  readonly index: number;
  /** The name without directories, or `null` if it is computed. */
  readonly name: string | null;
  /** The word of the name as written. */
  readonly word: string;
  readonly nameAt: Range;
  readonly kind: 'program' | 'builtin' | 'function' | 'unknown';
  /** How Bash finds the program: by PATH, by an absolute path, or in a computed directory. */
  readonly lookup: 'path' | 'absolute' | 'other';
  readonly arguments: readonly Argument[];
  /** The command that starts this one: `exec`, `env`, `xargs`, `sudo`, … */
  readonly through: string | null;
  readonly stdin: 'inherited' | 'pipe' | 'file' | 'text';
  readonly stdout: Stream;
  readonly stderr: Stream;
  /**
   * The file that receives standard output, by a redirection of the command or of a block around it; `null` if there
   * is none, or several.
   */
  readonly stdoutTo: ShellPath | null;
  /** False if the script has certainly ended before, as after an `exit`. */
  readonly reached: boolean;
  /** True if a failure of this command ends the script with an error. */
  readonly checked: boolean;
}

export interface ReadFact extends Fact {
  readonly path: ShellPath;
  /**
   * `file`: opened by a command; `stdin`: by `<`; `argument`: passed to an unknown program; `text`: the path itself
   * is used as text; `test`: tested; `environment`: exported to programs.
   */
  readonly how: 'file' | 'stdin' | 'argument' | 'text' | 'test' | 'environment';
  /** True if the script removed or moved the file before and did not create it again. */
  readonly isRemoved: boolean;
  readonly command: number | null;
  /** Position among all reads and writes, in the order in which they happen. */
  readonly order: number;
}

export interface WriteFact extends Fact {
  readonly path: ShellPath;
  /** `append` keeps existing content; `directory` creates a directory; `change` requires the file to exist. */
  readonly how: 'redirect' | 'append' | 'command' | 'directory' | 'link' | 'change';
  readonly command: number | null;
  readonly order: number;
  /** Whether the file still exists at the end. */
  fate: 'kept' | 'removed' | 'perhaps';
}

/** An expansion of a variable. */
export interface VariableFact extends Fact {
  readonly name: string;
  readonly nameAt: Range;
  readonly quoted: boolean;
  /** True if an unquoted value would be split into words. */
  readonly splits: boolean;
  /** True for `${x:-…}`, `${x+…}` and the like, which allow an unset variable. */
  readonly guarded: boolean;
  /** `never` if nothing in the script can set the variable. */
  readonly set: 'yes' | 'perhaps' | 'never';
  /** True in a process of its own, such as `$(…)`, where an error does not by itself end the script. */
  readonly inSubprocess: boolean;
}

export interface AssignmentFact extends Fact {
  readonly name: string;
  readonly nameAt: Range;
  /** The value, or `null` if it is unknown or not unique. */
  readonly value: Value | null;
  readonly exported: boolean;
}

export interface PipelineFact extends Fact {
  /** The indexes of each stage's commands. */
  readonly stages: readonly (readonly number[])[];
  /** True if a failure of any stage ends the script: `pipefail` and `set -e` are on, and nothing checks the status. */
  readonly checked: boolean;
}

export interface OptionFact extends Fact {
  /** `xtrace`, `errexit`, `pipefail`, `nounset`, … */
  readonly name: string;
  readonly on: boolean;
}

/** The reason why the script may do more than the facts list. */
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
  /** The path at and below which it may write, or `null` for any place. */
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
  /** Empty if `writes` lists everything that the script writes. */
  readonly opaque: readonly OpaqueFact[];
  /** True if variables may be set by code that cannot be followed (`eval`, `source`, a computed name). */
  readonly opaqueVariables: boolean;
  /**
   * Paths (as `pathKey`) that exist at the end of every successful run. The branches of an `if` are considered
   * together.
   */
  readonly written: ReadonlySet<string>;
  /** Paths (as `pathKey`) that the script tests, and ends with an error where they do not exist: `[ -s f ] || exit 1`. */
  readonly demanded: ReadonlySet<string>;
  /** Names of commands whose existence the script checks: `command -v x`. */
  readonly probed: ReadonlySet<string>;
  /** Bodies of functions that are never called, so that nothing in them happens. */
  readonly uncalled: readonly Range[];
  /** True if the script sets PATH. */
  readonly setsPath: boolean;
  /** True if every run ends with an error, as in a placeholder. */
  readonly fails: boolean;
  /** True if it has no commands, or only ones without effect. */
  readonly empty: boolean;
}

/** The known environment of a script. */
export interface FlowOptions {
  /**
   * Environment variables that hold watched directories. Variables not listed here or in `environment` count as
   * unset.
   */
  readonly directories: readonly string[];
  /**
   * The watched directories to which writing matters. A command that may write there unseen makes the script opaque.
   */
  readonly outputs: readonly string[];
  /** Further environment variables. */
  readonly environment: readonly string[];
  readonly errexit: boolean;
  readonly pipefail: boolean;
}
