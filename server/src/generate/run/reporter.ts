/**
 * Whom a run is reported to, and who is asked on its way: a person at a terminal, a program that reads the end, one
 * that watches and answers, an editor. The run knows none of them.
 */
import type { AccessChange } from '../../store/readers.ts';
import type { Generator } from '../plan/generators.ts';
import type { Plan } from '../plan/plan.ts';
import type { Question } from './answers.ts';
import type { StepResult } from './step-results.ts';

export interface Reporter {
  /** Aborted when the person wishes to stop. */
  readonly signal: AbortSignal;
  /**
   * Reports the plan before anything runs; nothing does where it has problems. What is thrown here ends the run.
   *
   * @param machines all machines of the fleet
   */
  planned(plan: Plan, machines: readonly string[]): void;
  /** Reports who gains and loses access by what is planned. */
  access(changes: readonly AccessChange[]): void;
  /**
   * Asks whether to go on although values are lost or access is given. Called only where there is such a consequence.
   *
   * @throws where there is no one to ask
   */
  mayGoOn(consequences: Consequences): Promise<boolean>;
  /** Asks for the answer to a prompt; null where there is no one to ask. */
  readonly ask: ((question: Question) => Promise<Uint8Array>) | null;
  /** Reports a sentence. */
  note(sentence: string): void;
  /** Reports that the script of a generator begins. */
  started(generator: Generator): void;
  /** Reports a step that is done with, in the order of the plan. */
  result(result: StepResult): void;
  /** Reports the end. */
  ended(ending: Ending): void;
  /** Releases what the reporter reads from. */
  close(): void;
}

export interface Consequences {
  /** How many complete values are lost when their generators run again. */
  readonly overwritten: number;
  /** The keys that are given access and have none today. */
  readonly asked: readonly AccessChange[];
}

export interface Ending {
  /** `refused`: it would have had consequences, and the answer was no. */
  readonly outcome: 'done' | 'problems' | 'refused' | 'failed' | 'cancelled';
  readonly plan: Plan;
  /** The name of the secret backend. */
  readonly backend: string;
  readonly results: readonly StepResult[];
  /** Who gains and loses access; where the run was not done, no access has changed. */
  readonly access: readonly AccessChange[];
  /** The keys of generators whose secrets were encrypted to others. */
  readonly fixed: readonly string[];
}
