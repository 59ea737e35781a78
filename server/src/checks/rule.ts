/**
 * What a rule is and what it reports. A rule is one file of this folder; `index.ts` lists them all. Rules read
 * the fleet, never files or the evaluator.
 */

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
  /** A command that cures it; the message does not name it. */
  readonly cure?: Cure;
  /** Shown faded by editors. */
  readonly unnecessary?: boolean;
  readonly leftover?: Leftover;
  /** The single findings that this one sums up. */
  readonly covers?: readonly Finding[];
}

/** What is left over in a store, for a rule that sums its findings up. */
export interface Leftover {
  /** The name of what it was of: a generator, a file with its generator before it, a machine. */
  readonly of: string;
  /** How many stored files there are of it. */
  readonly files: number;
  /** It may hold something that has to be revoked. */
  readonly isSecret: boolean;
  /** A module of another flake may still declare it. */
  readonly mayBeForeign: boolean;
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
  readonly cure?: Cure;
  readonly unnecessary?: boolean;
  readonly leftover?: Leftover;
}

/** Which files git knows. */
export interface TrackedFiles {
  /** @param path relative to the workspace; a folder counts if a file in it does */
  has(path: string): boolean;
}

/** The files of the workspace, and what is found among them. */
export interface CheckFiles extends Sources, StoreFiles {
  /** What is stored; computed when first asked for. Absent: it is read from these files. */
  stored?(): StoreContents;
  /** The beginning of a file that may be no text, a character for each byte. Absent: only texts can be read. */
  start?(path: string): string | null;
  /** May a file be run as a program? Null, or absent: that cannot be told. */
  isExecutable?(path: string): boolean | null;
  /** Null, or absent: not a git repository, or not one that can be read. */
  tracked?(): TrackedFiles | null;
}

export interface CheckContext {
  readonly fleet: Fleet;
  readonly sources: CheckFiles;
  /** What lies in the stores of the repository; read once a run. */
  readonly stored: () => StoreContents;
}

/** A small workspace, as files; the documentation shows it and the tests run it. */
export interface Example {
  readonly title: string;
  /** Path to text. In a bad example `# ^^^ <rule>` under a line marks the expected range. */
  readonly files: Readonly<Record<string, string>>;
  /** Symbolic links among them: path to target, relative to the link's folder. */
  readonly links?: Readonly<Record<string, string>>;
  /** The files and links that git knows; all of them where it is absent. */
  readonly tracked?: readonly string[];
  /** The files that may be run as programs; not known where it is absent. */
  readonly executable?: readonly string[];
  /** What Nix says of it; Nix was not asked where it is absent. */
  readonly nix?: NixAnswer;
  /** Files at the very beginning of which the rule reports, in their order. */
  readonly found?: readonly string[];
}

/** The examples of a rule: what it reports, and what it accepts. The tests run all of them. */
export interface Examples {
  readonly bad: readonly Example[];
  readonly good: readonly Example[];
}

/** The files that examples share. A rule does not import them: who shows or tries examples hands them in. */
export type Fixtures = typeof fixtures;

export interface Rule {
  /** `group/kebab-case`; never renamed. */
  readonly id: string;
  readonly severity: Severity;
  /** Off unless the settings give it a severity: for what bites in few places only. */
  readonly optional?: true;
  /** One line, for lists. */
  readonly summary: string;
  /** Markdown: what it finds, why it matters, what to do; where the knowledge comes from. */
  readonly documentation: string;
  /** Made when somebody asks for them, by `examplesOf`: no check needs them. */
  readonly examples: (shared: Fixtures) => Examples;
  readonly check: (context: CheckContext) => Iterable<Report>;
  /** The message of one finding for several leftovers in a folder. */
  readonly summarise?: (leftovers: readonly Leftover[], folder: string) => string;
}
