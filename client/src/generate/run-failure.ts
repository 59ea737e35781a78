/** Reads the failure that a command reports as JSON. Knows no editor. */
import type { FailureEvent } from '../run-protocol.ts';

/** @param stdout of a command with `--json`; null where it says nothing of the kind */
export function failureIn(stdout: string): FailureEvent | null {
  if (stdout === '') return null;
  const { error } = JSON.parse(stdout) as { readonly error?: Omit<FailureEvent, 'event'> };
  return error === undefined ? null : { event: 'failure', ...error };
}
