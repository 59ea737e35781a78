/** Reads the failure that a command reports as JSON. Knows no editor. */
import type { FailureEvent } from '../run-protocol.ts';

/**
 * Returns the failure, or `null` if the output contains none.
 * @param stdout the output of a command with `--json`
 */
export function failureIn(stdout: string): FailureEvent | null {
  if (stdout === '') return null;
  const { error } = JSON.parse(stdout) as { readonly error?: Omit<FailureEvent, 'event'> };
  return error === undefined ? null : { event: 'failure', ...error };
}
