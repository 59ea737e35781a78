/** Defines what a rule is and what it reports. Rules read the fleet, never files or the evaluator. */

import type { Sources, TextEdit } from '../edits/text-edit.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { NixAnswer } from '../fleet/model/nix-answer.ts';
import type { Place } from '../nix/places.ts';
import type { StoreFiles } from '../store/vars/files.ts';
import type { StoreContents } from '../store/vars/read.ts';
import type { Cure } from './cure.ts';
import type * as fixtures from './examples/all-examples.ts';

export type Severity = 'error' | 'warning' | 'info' | 'hint';

export interface Fix {
  /** Imperative, as shown in a menu: ``Replace with `anthropic` ``. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** True for the fix to offer first. Unless it is a guess, it may be applied without asking. */
  readonly preferred: boolean;
  /**
   * True if the edits may miss the author's intention or make a decision for the author: a similar name, a
   * secret for one more machine. A guess is applied only when the user asks for that rule's fix, never with
   * `--fix` or on saving.
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
  /** Says what is wrong, on which machines, and what to do. */
  readonly message: string;
  readonly at: Place;
  /** The affected machines, sorted; empty if the finding is not about machines. */
  readonly machines: readonly string[];
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
  /** A command that cures the finding; the message does not name it. */
  readonly cure?: Cure;
  /** Editors show the range faded. */
  readonly unnecessary?: boolean;
  readonly leftover?: Leftover;
  /** The findings that this one summarises. */
  readonly covers?: readonly Finding[];
}

/** Something left over in a store, for rules that summarise their findings. */
export interface Leftover {
  /** The name of its former owner: a generator, a file preceded by its generator, or a machine. */
  readonly of: string;
  /** The number of stored files. */
  readonly files: number;
  /** True if it may hold a secret that has to be revoked. */
  readonly isSecret: boolean;
  /** True if a module of another flake may still declare it. */
  readonly mayBeForeign: boolean;
}

/** The result of a rule: a finding without the parts that come from the rule's metadata. */
export interface Report {
  readonly at: Place;
  readonly message: string;
  /** Set only if it differs from the rule's severity. */
  readonly severity?: Severity;
  readonly machines?: readonly string[];
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
  readonly cure?: Cure;
  readonly unnecessary?: boolean;
  readonly leftover?: Leftover;
}

/** The files that git tracks. */
export interface TrackedFiles {
  /**
   * Returns whether git tracks a path.
   *
   * @param path relative to the workspace; a folder counts if it contains a tracked file
   */
  has(path: string): boolean;
}

/** The files of the workspace and everything read from them. */
export interface CheckFiles extends Sources, StoreFiles {
  /** Returns what is stored, computed on first use. If absent, it is read from these files. */
  stored?(): StoreContents;
  /**
   * Returns the beginning of a possibly binary file, one character per byte. If absent, only texts can be read.
   */
  start?(path: string): string | null;
  /** Returns whether a file is executable. Null or absent if that cannot be determined. */
  isExecutable?(path: string): boolean | null;
  /** Returns the tracked files. Null or absent if there is no readable git repository. */
  tracked?(): TrackedFiles | null;
}

export interface CheckContext {
  readonly fleet: Fleet;
  readonly sources: CheckFiles;
  /** Returns the contents of the repository's stores; read once per run. */
  readonly stored: () => StoreContents;
}

/** A small workspace as files, shown in the documentation and run by the tests. */
export interface Example {
  readonly title: string;
  /** Texts by path. In a bad example, `# ^^^ <rule>` under a line marks the expected range. */
  readonly files: Readonly<Record<string, string>>;
  /** Symbolic links by path; targets are relative to the link's folder. */
  readonly links?: Readonly<Record<string, string>>;
  /** The files and links that git tracks; all of them if absent. */
  readonly tracked?: readonly string[];
  /** The executable files; not known if absent. */
  readonly executable?: readonly string[];
  /** Nix's answer about the fleet; not asked if absent. */
  readonly nix?: NixAnswer;
  /** Files with a finding at their very beginning, in order. */
  readonly found?: readonly string[];
}

/** The examples of a rule: code it reports and code it accepts. The tests run all of them. */
export interface Examples {
  readonly bad: readonly Example[];
  readonly good: readonly Example[];
}

/** The files shared by examples. Rules do not import them; code that shows or runs examples passes them in. */
export type Fixtures = typeof fixtures;

export interface Rule {
  /** `group/kebab-case`; never renamed. */
  readonly id: string;
  readonly severity: Severity;
  /**
   * True for a rule that is off unless the settings give it a severity, because it matters in few places only.
   */
  readonly optional?: true;
  /**
   * True if its reports follow from registries, matrices and the texts of files, so that they are known before anything
   * else is read again.
   */
  readonly isEarly?: true;
  /** One line, for lists. */
  readonly summary: string;
  /** Markdown: what the rule finds, why it matters, what to do, and the sources of that knowledge. */
  readonly documentation: string;
  /** Created on request by `examplesOf`, because checks do not need them. */
  readonly examples: (shared: Fixtures) => Examples;
  readonly check: (context: CheckContext) => Iterable<Report>;
  /** Returns the message of a single finding for several leftovers in a folder. */
  readonly summarise?: (leftovers: readonly Leftover[], folder: string) => string;
}
