/** Types of measure.mjs for the tests: the part of options and result that they use. */

export interface Options {
  readonly command: readonly string[];
  readonly files: readonly string[];
  readonly root?: string;
  readonly break?: {
    readonly line: number;
    readonly character: number;
    readonly text: string;
    readonly each?: (count: number) => string;
  };
  readonly crossFile?: string;
  readonly pull?: 'auto' | 'yes' | 'no';
  readonly openBroken?: boolean;
  readonly untilChanged?: boolean;
  readonly untilAnswered?: boolean;
  readonly startReps?: number;
  readonly openReps?: number;
  readonly edits?: number;
  readonly burst?: number;
  readonly reps?: number;
  readonly gap?: number;
  readonly settle?: number;
  readonly timeout?: number;
}

export interface Timed {
  readonly n?: number;
  readonly counts: readonly number[];
  readonly lost: number;
}

export interface Session {
  readonly diagnostics: 'push' | 'pull';
  readonly openCounts: readonly (number | null)[];
  readonly start: { readonly n: number };
  readonly open: { readonly n: number } | null;
  readonly keystroke: Timed;
  readonly burst: { readonly n?: number; readonly lost: number } | null;
  readonly requests: Readonly<Record<string, { readonly n?: number; readonly empty: number }>>;
}

export function measure(options: Options): Promise<Session>;
