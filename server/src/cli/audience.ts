/** Whom a run is told to and asked of: a person, a program that reads the end, or one that watches and answers. */
import type { Question } from '../generate/answers.ts';
import type { Generator } from '../generate/generators.ts';
import type { Plan } from '../generate/plan.ts';
import type { StepResult } from '../generate/results.ts';

export interface Audience {
  /** A wish to stop. */
  readonly signal: AbortSignal;
  /** Nothing runs where the plan has problems. */
  planned(plan: Plan): void;
  /**
   * Values that are complete are lost when their generators run again: that is to be wished for.
   *
   * @throws UsageError where nobody can be asked
   */
  mayOverwrite(count: number): Promise<boolean>;
  /** Null where nobody can be asked. */
  readonly ask: ((question: Question) => Promise<Uint8Array>) | null;
  note(sentence: string): void;
  started(generator: Generator): void;
  result(result: StepResult): void;
  ended(ending: Ending): void;
  close(): void;
}

export interface Ending {
  /** `refused`: values would have been lost, and the answer was no. */
  readonly outcome: 'done' | 'problems' | 'refused' | 'failed' | 'cancelled';
  readonly plan: Plan;
  /** Of the store. */
  readonly backend: string;
  readonly results: readonly StepResult[];
  /** Keys of generators whose secrets were encrypted to others. */
  readonly fixed: readonly string[];
}
