/** Whom a run is told to and asked of: a person, a program that reads the end, or one that watches and answers. */

import type { Generator } from '../../generate/plan/generators.ts';
import type { Plan } from '../../generate/plan/planner.ts';
import type { Question } from '../../generate/run/answers.ts';
import type { StepResult } from '../../generate/run/step-results.ts';
import type { AccessChange } from '../../store/readers.ts';

export interface Reporter {
  /** A wish to stop. */
  readonly signal: AbortSignal;
  /** Nothing runs where the plan has problems. */
  planned(plan: Plan): void;
  /** Who gains and loses access by what is planned. */
  access(changes: readonly AccessChange[]): void;
  /**
   * What nobody should do by accident is to be wished for.
   *
   * @throws UsageError, RunFailure where nobody can be asked
   */
  mayGoOn(consequences: Consequences): Promise<boolean>;
  /** Null where nobody can be asked. */
  readonly ask: ((question: Question) => Promise<Uint8Array>) | null;
  note(sentence: string): void;
  started(generator: Generator): void;
  result(result: StepResult): void;
  ended(ending: Ending): void;
  close(): void;
}

export interface Consequences {
  /** Values that are complete, and are lost when their generators run again. */
  readonly overwritten: number;
  /** Keys that are given access and have none today. */
  readonly asked: readonly AccessChange[];
}

export interface Ending {
  /** `refused`: it would have had consequences, and the answer was no. */
  readonly outcome: 'done' | 'problems' | 'refused' | 'failed' | 'cancelled';
  readonly plan: Plan;
  /** Of the store. */
  readonly backend: string;
  readonly results: readonly StepResult[];
  /** Who gains and loses access; nobody has where it was not done. */
  readonly access: readonly AccessChange[];
  /** Keys of generators whose secrets were encrypted to others. */
  readonly fixed: readonly string[];
}
