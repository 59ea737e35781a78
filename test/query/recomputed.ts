/** Which answers an edit has computed again: for tests of what depends on what. */
import type { TraceEvent } from '../../server/src/query/database.ts';

/** Returns the names of what was computed, whether the answer was another one or not, in the order of computing. */
export function recomputed(events: readonly TraceEvent[]): string[] {
  return events.filter(({ outcome }) => outcome !== 'valid').map(({ name }) => name);
}
