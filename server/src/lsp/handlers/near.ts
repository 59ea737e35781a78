/** Which of the open roots a request is about. */
import type { RootState } from '../analysis.ts';
import { pathOfUri } from '../convert.ts';

/** The root that a file lies in, by its URI; the first one where it lies in none. Null: nothing is open. */
export function stateNear(states: readonly RootState[], near: string | null): RootState | null {
  const path = near === null ? null : pathOfUri(near);
  const around = states.find(({ root }) => path === root || path?.startsWith(`${root}/`) === true);
  return around ?? states[0] ?? null;
}
