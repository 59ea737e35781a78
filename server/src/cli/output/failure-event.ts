/** Reports a failure to the program that started us, in addition to the sentence on standard error. */
import type { FailureEvent } from '../../../../client/src/run-protocol.ts';
import { RunFailure } from '../../generate/run-failure.ts';
import { StoreFailure } from '../../store/store-failure.ts';

/** Returns the event, or `null` if an editor could not do anything about the failure. */
export function failureEvent(error: unknown): FailureEvent | null {
  if (error instanceof StoreFailure && (error.kind === 'no-key' || error.kind === 'no-user'))
    return { event: 'failure', kind: error.kind, message: error.what };
  if (error instanceof RunFailure && error.what !== error.message)
    return { event: 'failure', kind: 'other', message: error.what };
  return null;
}
