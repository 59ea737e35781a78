/** Describes failures for people. Knows nothing of evaluation. */
import type { FailureValue } from './value.ts';

/** Describes a failure for people, as a phrase without a full stop. */
export function describeFailure(failed: FailureValue): string {
  const { message } = failed;
  switch (failed.failure) {
    case 'throw':
    case 'abort':
      return message === '' ? 'evaluation is aborted' : message;
    case 'missing-attribute':
      return message === '' ? 'an attribute is missing' : `attribute '${message}' is missing`;
    case 'missing-argument':
      return `a function is called without its argument '${message}'`;
    case 'unexpected-argument':
      return `a function is called with an unexpected argument '${message}'`;
    case 'missing-file':
      return `the file ${message} does not exist`;
    default:
      return message;
  }
}
