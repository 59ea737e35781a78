/**
 * The protocol between a run (`varsmith generate --events` or `varsmith try --events`) and the program that started
 * it: one JSON object per line, events on standard output and answers on standard input. It imports nothing, so that
 * both sides can use it. Only answers contain secrets; events contain at most the previous answer to a visible
 * prompt.
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

/** The plan of the run. If it has problems nothing is run, and the end follows. */
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

/** The changes of access in the plan; absent if there are none. */
export interface AccessEvent {
  readonly event: 'access';
  /** Without a full stop. Changes for new secrets are summarised. */
  readonly sentences: readonly string[];
  readonly changes: readonly SecretAccessChange[];
}

interface SecretAccessChange {
  /** `shared/<generator>/<file>` or `per-machine/<machine>/<generator>/<file>`. */
  readonly secret: string;
  /** True if nothing is stored there yet. */
  readonly isNew: boolean;
  /** `asked` is true if the key has no access today and the declarations alone do not require it. */
  readonly gains: readonly (AccessReader & { readonly asked: boolean })[];
  readonly losses: readonly AccessReader[];
}

interface AccessReader {
  readonly kind: 'user' | 'machine' | 'admin' | 'unknown';
  readonly name: string | null;
  /** The public key, or `null` for a machine that will get one. */
  readonly key: string | null;
  readonly via: readonly { readonly kind: 'user' | 'machine' | 'group' | 'setting'; readonly name: string }[];
}

/** Asks whether the plan may overwrite this many values and give this access. The answer is true or false. */
export interface ConfirmEvent {
  readonly event: 'confirm';
  readonly id: number;
  readonly overwrites: number;
  /** For each key without access today, its owner and the secrets, without a full stop. */
  readonly access: readonly string[];
}

/** Asks for the answer to a prompt: a text, or `null` for the previous answer or, in a trial, a made-up one. */
export interface QuestionEvent {
  readonly event: 'question';
  readonly id: number;
  readonly generator: string;
  readonly prompt: string;
  readonly description: string;
  readonly machines: readonly string[];
  readonly hidden: boolean;
  readonly multiline: boolean;
  /** True if an empty text is not accepted. */
  readonly required: boolean;
  /** True if `null` is accepted. */
  readonly optional: boolean;
  /** The previous answer, or `null` if there is none or the prompt is hidden. */
  readonly previous: string | null;
}

interface StartedEvent {
  readonly event: 'started';
  readonly key: string;
}

/** The result of a generator, in the order of the plan. */
export interface ResultEvent {
  readonly event: 'result';
  readonly key: string;
  readonly generator: string;
  readonly machines: readonly string[];
  readonly outcome: 'stored' | 'failed' | 'skipped' | 'cancelled';
  /** A sentence, or '' for `stored`. */
  readonly message: string;
  /** The end of the script's output, without secrets. */
  readonly output: string;
  readonly files: readonly StoredFile[];
  /** Names of undeclared files that it wrote: the first few, without secrets. */
  readonly undeclared: readonly string[];
  /** The number of further undeclared files. */
  readonly undeclaredMore: number;
  /** The place of the script, or of the line that failed; `null` if unknown. */
  readonly where: SourcePlace | null;
}

interface StoredFile {
  readonly name: string;
  readonly secret: boolean;
  /** Relative to the root, or `null` if the store is outside of it. */
  readonly path: string | null;
}

/** A place in a file relative to the root, with 1-based line and column in UTF-16 units. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A message for the person. */
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
  /** Names of undeclared files that it wrote: the first few, without secrets. */
  readonly undeclared: readonly string[];
  /** The number of further undeclared files. */
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
  /** Size in bytes. */
  readonly size: number | null;
  /** The value of a public file, or `null` for secret files and those that are not text. */
  readonly value: string | null;
}

/**
 * The reason why the program fails, if something can be done about it; sent instead of the end. With `--json` the
 * same object is under `error`.
 */
export interface FailureEvent {
  readonly event: 'failure';
  readonly kind: FailureKind;
  /** The problem without advice, as the reader knows which command helps. */
  readonly message: string;
}

/**
 * `no-key`: the person has no key; `no-user`: the person's key belongs to no user of the repository;
 * `no-matching-key`: none of the person's keys decrypts a file; `no-author`: git has no name and address for commits;
 * `locked`: another run writes to the repository; `no-clan`: the fleet uses no clan, which alone reads vars.
 */
export const failureKinds = [
  'no-key',
  'no-user',
  'no-matching-key',
  'no-author',
  'locked',
  'no-clan',
  'other',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** The last event. Without it, the program has failed, and standard error has the reason. */
export interface EndEvent {
  readonly event: 'end';
  readonly outcome: 'done' | 'problems' | 'refused' | 'failed' | 'cancelled';
  /** Keys of the generators whose stored secrets were re-encrypted to other recipients. */
  readonly fixed: readonly string[];
}

/** The answer to a question or a confirmation. Standard input stays open until the end; closing it cancels the run. */
export interface RunAnswer {
  readonly id: number;
  readonly answer: string | boolean | null;
}
