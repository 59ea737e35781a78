/**
 * The recipient of a run's progress and questions: a user at a terminal, a program that reads the result, one
 * that watches and answers, or an editor. The run knows none of them.
 */
import type { AccessChange } from '../../store/readers.ts';
import type { Generator } from '../plan/generators.ts';
import type { Plan } from '../plan/plan.ts';
import type { Question } from './answers.ts';
import type { StepResult } from './step-results.ts';

export interface Reporter {
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal;
  /**
   * Reports the plan before anything runs; nothing runs if it has problems. An exception ends the run.
   *
   * @param machines all machines of the fleet
   */
  planned(plan: Plan, machines: readonly string[]): void;
  /** Reports who gains and loses access through the plan. */
  access(changes: readonly AccessChange[]): void;
  /**
   * Asks whether to continue although values are lost or access is given. Called only if there are such
   * consequences.
   *
   * @throws if there is no one to ask
   */
  confirmRun(consequences: Consequences): Promise<boolean>;
  /** Asks for the answer to a prompt; null if there is no one to ask. */
  readonly ask: ((question: Question) => Promise<Uint8Array>) | null;
  /** Reports a sentence. */
  note(sentence: string): void;
  /** Reports that the script of a generator starts. */
  started(generator: Generator): void;
  /** Reports a finished step, in the order of the plan. */
  result(result: StepResult): void;
  /** Reports the end of the run. */
  ended(ending: RunResult): void;
  /** Releases the reporter's input. */
  close(): void;
}

export interface Consequences {
  /** The number of complete values that are lost when their generators run again. */
  readonly overwritten: number;
  /** The keys that gain access. */
  readonly asked: readonly AccessChange[];
}

export interface RunResult {
  /** `refused`: the consequences were not accepted. */
  readonly outcome: 'done' | 'problems' | 'refused' | 'failed' | 'cancelled';
  readonly plan: Plan;
  /** The name of the secret backend. */
  readonly backend: string;
  readonly results: readonly StepResult[];
  /** The gains and losses of access, which only took effect if the run was done. */
  readonly access: readonly AccessChange[];
  /** The keys of generators whose secrets were re-encrypted. */
  readonly fixed: readonly string[];
}
