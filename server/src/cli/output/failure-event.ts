/** Reports a failure to the program that started us, in addition to the sentence on standard error. */
import type { FailureEvent, FailureKind } from '../../../../client/src/run-protocol.ts';
import { HostFailure, type HostFailureKind, RunFailure } from '../../generate/run-failure.ts';
import { StoreFailure, type FailureKind as StoreFailureKind } from '../../store/store-failure.ts';

/** The failures that an editor can do something about, by kind. */
const KINDS: Readonly<Partial<Record<StoreFailureKind | HostFailureKind | RunFailure['kind'], FailureKind>>> =
  {
    'no-key': 'no-key',
    'no-user': 'no-user',
    'no-matching-key': 'no-matching-key',
    'no-identity': 'no-author',
    locked: 'locked',
    'no-clan': 'no-clan',
  };

/** Returns the event, or `null` if standard error says all that an editor needs. */
export function failureEvent(error: unknown): FailureEvent | null {
  if (!(error instanceof StoreFailure || error instanceof HostFailure || error instanceof RunFailure))
    return null;
  const kind = KINDS[error.kind] ?? 'other';
  return kind === 'other' && error.what === error.message
    ? null
    : { event: 'failure', kind, message: error.what };
}
