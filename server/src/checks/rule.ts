/**
 * What a rule is and what it reports. A rule is one file of this folder; `index.ts` lists them all. Rules read
 * the fleet, never files or the evaluator.
 */
import type { Fleet, Place } from '../fleet/model.ts';
import type { SourceFile } from '../nix/source.ts';

export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** One replacement. An empty range inserts. */
export interface TextEdit extends Place {
  readonly text: string;
}

export interface Fix {
  /** Imperative, as a menu shows it: ``Replace with `anthropic` ``. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** True for the fix that should be offered first, and, unless it is a guess, may be applied unasked. */
  readonly preferred: boolean;
  /**
   * True where the edits may miss what was meant, or decide what only the author can: the nearest name, a secret for one
   * more machine. A guess is applied when somebody asks for that rule's fix, never with `--fix` or on saving.
   */
  readonly guess?: boolean;
}

export interface Related {
  readonly at: Place;
  readonly message: string;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, where it bites, what to do. */
  readonly message: string;
  readonly at: Place;
  /** Machines that are affected, sorted; empty where it is not about machines. */
  readonly machines: readonly string[];
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
  /** Shown faded by editors. */
  readonly unnecessary?: boolean;
}

/** What a rule yields: a finding without what the rule's metadata already says. */
export interface Report {
  readonly at: Place;
  readonly message: string;
  /** Only where it differs from the rule's. */
  readonly severity?: Severity;
  readonly machines?: readonly string[];
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
  readonly unnecessary?: boolean;
}

/** The files of the workspace, for rules that write fixes and for comments that silence. */
export interface Sources {
  /** The parsed file; null if it is not there or not Nix. */
  parse(file: string): SourceFile | null;
}

export interface CheckContext {
  readonly fleet: Fleet;
  readonly sources: Sources;
}

/** A small workspace, as files; the documentation shows it and the tests run it. */
export interface Example {
  readonly title: string;
  /** Path to text. In a bad example `# ^^^ <rule>` under a line marks the expected range. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Rule {
  /** `group/kebab-case`; never renamed. */
  readonly id: string;
  readonly severity: Severity;
  /** One line, for lists. */
  readonly summary: string;
  /** Markdown: what it finds, why it matters, what to do; where the knowledge comes from. */
  readonly documentation: string;
  readonly bad: readonly Example[];
  readonly good: readonly Example[];
  readonly check: (context: CheckContext) => Iterable<Report>;
}
