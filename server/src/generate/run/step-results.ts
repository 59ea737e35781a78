/** What comes of a run, a generator at a time: plain data, and the words for what went wrong. */
import { HostFailure } from '../../host/host-failure.ts';
import { NOTHING_MORE, type Undeclared } from '../../host/sandbox/run-script.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { PlanStep } from '../plan/plan.ts';
import { whereOf } from '../plan/plan-words.ts';
import type { Execution } from './execute.ts';

export interface FileResult {
  readonly name: string;
  readonly secret: boolean;
  /** Where it lies, relative to the root; null where the store is outside of it. */
  readonly path: string | null;
  /** Of public files; null for secret ones and for those that were not there. */
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

/**
 * - `stored`: its values are in the repository, or in the store that keeps its secrets outside of it;
 * - `failed`: see the message; nothing of it was stored;
 * - `skipped`: something that it depends on failed;
 * - `cancelled`: it was not begun, or not brought to its end.
 */
export interface StepResult {
  readonly step: PlanStep;
  readonly outcome: 'stored' | 'failed' | 'skipped' | 'cancelled';
  /** A sentence; empty for `stored`. */
  readonly message: string;
  /** The end of what the script said, without secrets. */
  readonly output: string;
  /** The line of the script that failed, from 1; null where that is not known. */
  readonly line: number | null;
  readonly files: readonly FileResult[];
  readonly undeclared: Undeclared;
}

/** Of what has nothing to tell. */
export const NOTHING = {
  message: '',
  output: '',
  line: null,
  files: [],
  undeclared: NOTHING_MORE,
} as const;

/** Of a step that was not brought to its end. */
export function unfinished(step: PlanStep, execution: Execution | 'skipped'): StepResult {
  const { generator } = step;
  const name = `Generator "${generator.name}" (${whereOf(generator)})`;
  if (execution === 'skipped')
    return {
      ...NOTHING,
      step,
      outcome: 'skipped',
      message: `${name} was not run: something that it depends on failed.`,
    };
  if (execution.outcome === 'failed')
    return {
      ...NOTHING,
      step,
      outcome: 'failed',
      message: `${name} ${execution.message.replace(/\.$/, '')}.`,
      output: execution.output,
      line: execution.line,
    };
  return {
    ...NOTHING,
    step,
    outcome: 'cancelled',
    message: `${name} was cancelled; nothing of it was stored.`,
  };
}

/** In words for a person, and without anything that an error could quote. */
export function messageOf(error: unknown): string {
  if (error instanceof HostFailure || error instanceof StoreFailure) return error.message;
  // Anything else is a mistake of this program; its words could quote what it was working on.
  return `something unexpected happened (${error instanceof Error ? error.name : typeof error})`;
}
