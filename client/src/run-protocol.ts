/**
 * What a run of `varsmith generate --events` or `varsmith try --events` and the program that started it tell each
 * other: one JSON object per line, events on standard output, answers on standard input. It imports nothing, so that
 * either side may read it. Secrets travel in answers alone; an event holds none but what a visible prompt was answered
 * with the last time.
 */

export type RunEvent =
  | PlannedEvent
  | AccessEvent
  | ConfirmEvent
  | QuestionEvent
  | StartedEvent
  | ResultEvent
  | NoteEvent
  | TrialEvent
  | FailureEvent
  | EndEvent;

/** The plan of the run. If it has problems nothing runs, and the end follows. */
export interface PlannedEvent {
  readonly event: 'planned';
  readonly steps: readonly PlannedStep[];
  readonly problems: readonly { readonly kind: string; readonly message: string }[];
  readonly notes: readonly { readonly message: string }[];
}

export interface PlannedStep {
  /** `shared/<generator>` or `per-machine/<machine>/<generator>`. */
  readonly key: string;
  readonly generator: string;
  readonly machines: readonly string[];
  readonly reason: string;
  readonly missing: readonly string[];
  /** Files whose values would be lost. */
  readonly overwrites: readonly string[];
}

/** Who gains and who loses access by the plan; absent if no one does. */
export interface AccessEvent {
  readonly event: 'access';
  /** Without a full stop; what concerns new secrets is summed up. */
  readonly sentences: readonly string[];
  readonly changes: readonly SecretAccessChange[];
}

interface SecretAccessChange {
  /** `shared/<generator>/<file>` or `per-machine/<machine>/<generator>/<file>`. */
  readonly secret: string;
  /** Nothing is stored there yet. */
  readonly isNew: boolean;
  /** `asked`: the key has no access today, and the declarations alone do not demand it. */
  readonly gains: readonly (AccessReader & { readonly asked: boolean })[];
  readonly losses: readonly AccessReader[];
}

interface AccessReader {
  readonly kind: 'user' | 'machine' | 'admin' | 'unknown';
  readonly name: string | null;
  /** Public; null for a machine that is yet to get one. */
  readonly key: string | null;
  readonly via: readonly { readonly kind: 'user' | 'machine' | 'group' | 'setting'; readonly name: string }[];
}

/** To be answered with true or false: may what is planned overwrite so many values, and give this access? */
export interface ConfirmEvent {
  readonly event: 'confirm';
  readonly id: number;
  readonly overwrites: number;
  /** For each key that has no access today: who, and to what. Without a full stop. */
  readonly access: readonly string[];
}

/** To be answered with a text, or with null: what it was answered with before, or in a trial something made up. */
export interface QuestionEvent {
  readonly event: 'question';
  readonly id: number;
  readonly generator: string;
  readonly prompt: string;
  readonly description: string;
  readonly machines: readonly string[];
  readonly hidden: boolean;
  readonly multiline: boolean;
  /** An empty text is no answer. */
  readonly required: boolean;
  /** Null is an answer. */
  readonly optional: boolean;
  /** The last answer; null where there is none, and for hidden ones. */
  readonly previous: string | null;
}

interface StartedEvent {
  readonly event: 'started';
  readonly key: string;
}

/** The result of one generator, in the order of the plan. */
export interface ResultEvent {
  readonly event: 'result';
  readonly key: string;
  readonly generator: string;
  readonly machines: readonly string[];
  readonly outcome: 'stored' | 'failed' | 'skipped' | 'cancelled';
  /** A sentence; empty for `stored`. */
  readonly message: string;
  /** The end of what the script said, without secrets. */
  readonly output: string;
  readonly files: readonly StoredFile[];
  /** Names of files that it wrote and does not declare: few of them, without secrets. */
  readonly undeclared: readonly string[];
  /** How many there are beside them. */
  readonly undeclaredMore: number;
  /** The place of the script, or of the line that failed; `null` if unknown. */
  readonly where: SourcePlace | null;
}

interface StoredFile {
  readonly name: string;
  readonly secret: boolean;
  /** Relative to the root; null where the store is outside of it. */
  readonly path: string | null;
}

/** A file relative to the root; line and column from 1, columns in UTF-16 units. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something that a person should know. */
export interface NoteEvent {
  readonly event: 'note';
  readonly message: string;
}

/** The result of `try`. */
export interface TrialEvent {
  readonly event: 'trial';
  readonly machine: string;
  readonly generator: string;
  readonly milliseconds: number;
  readonly outcome: 'made' | 'failed' | 'cancelled';
  readonly message: string;
  readonly output: string;
  readonly files: readonly TrialFile[];
  /** Names of files that it wrote and does not declare: few of them, without secrets. */
  readonly undeclared: readonly string[];
  /** How many there are beside them. */
  readonly undeclaredMore: number;
  /** Prompts with made-up answers. */
  readonly madeUp: readonly string[];
  /** Generators that were run before it. */
  readonly dependencies: readonly string[];
  readonly where: SourcePlace | null;
}

interface TrialFile {
  readonly name: string;
  readonly secret: boolean;
  readonly written: boolean;
  /** In bytes. */
  readonly size: number | null;
  /** The value of a public file; `null` for secret files and for those that are not text. */
  readonly value: string | null;
}

/**
 * Why the program fails, where there is something that can be done about it: instead of the end. With `--json` the same is
 * an object under `error`.
 */
export interface FailureEvent {
  readonly event: 'failure';
  /** `no-key`: the person has none; `no-user`: the person's key belongs to no user of the repository. */
  readonly kind: 'no-key' | 'no-user' | 'other';
  /** The problem, without advice: the reader knows which command helps. */
  readonly message: string;
}

/** The last event. Without it, the program failed: standard error says why. */
export interface EndEvent {
  readonly event: 'end';
  readonly outcome: 'done' | 'problems' | 'refused' | 'failed' | 'cancelled';
  /** Keys of generators whose stored secrets were encrypted to others than before. */
  readonly fixed: readonly string[];
}

/** To a question or a confirmation. Standard input stays open until the end: closing it is a wish to stop. */
export interface RunAnswer {
  readonly id: number;
  readonly answer: string | boolean | null;
}
