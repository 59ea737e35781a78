/** The results of a run per generator: plain data, and error messages. */
import { HostFailure } from '../../host/host-failure.ts';
import { NOTHING_MORE, type Undeclared } from '../../host/sandbox/run-script.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { PlanStep } from '../plan/plan.ts';
import { whereOf } from '../plan/plan-words.ts';
import type { Execution } from './execute.ts';

export interface FileResult {
  readonly name: string;
  readonly secret: boolean;
  /** Path relative to the root, or null if the store is outside of the repository. */
  readonly path: string | null;
  /** The former content of a public file; null for secret and new files. */
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

/**
 * - `stored`: its values are in the repository, or in the store outside of it that keeps its secrets;
 * - `failed`: see the message; nothing was stored;
 * - `skipped`: one of its dependencies failed;
 * - `cancelled`: it was not started, or not finished.
 */
export interface StepResult {
  readonly step: PlanStep;
  readonly outcome: 'stored' | 'failed' | 'skipped' | 'cancelled';
  /** A sentence; empty for `stored`. */
  readonly message: string;
  /** The end of the script's output, without secrets. */
  readonly output: string;
  /** The 1-based line where the script failed, or null if not known. */
  readonly line: number | null;
  readonly files: readonly FileResult[];
  readonly undeclared: Undeclared;
}

/** The fields of a result without any details. */
export const NOTHING = {
  message: '',
  output: '',
  line: null,
  files: [],
  undeclared: NOTHING_MORE,
} as const;

/** Returns the result of a step that was not finished. */
export function unfinished(step: PlanStep, execution: Execution | 'skipped'): StepResult {
  const { generator } = step;
  const name = `Generator "${generator.name}" (${whereOf(generator)})`;
  if (execution === 'skipped')
    return {
      ...NOTHING,
      step,
      outcome: 'skipped',
      message: `${name} was not run: one of its dependencies failed.`,
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
    message: `${name} was cancelled; none of its files were stored.`,
  };
}

/** Describes an error for the user, without anything that an error could quote. */
export function messageOf(error: unknown): string {
  if (error instanceof HostFailure || error instanceof StoreFailure) return error.message;
  // Any other error is a bug of this program, and its message could quote data.
  return `something unexpected happened (${error instanceof Error ? error.name : typeof error})`;
}
