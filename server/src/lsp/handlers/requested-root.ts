/** Finds the open root that a request is about. */
import type { Analysis, RootState } from '../analysis.ts';
import { pathOfUri } from '../to-protocol.ts';

/** The root of this URI; null: it is not open, or not any more. */
export function stateOf(analysis: Analysis, uri: string): RootState | null {
  const path = pathOfUri(uri);
  return analysis.states().find(({ root }) => root === path) ?? null;
}

/** The innermost root that a file lies in, by its URI; the first one where it lies in none. Null: nothing is open. */
export function stateNear(analysis: Analysis, near: string | null): RootState | null {
  const path = near === null ? null : pathOfUri(near);
  const around = path === null ? undefined : analysis.folders.owner(path)?.workspace.root;
  const states = analysis.states();
  return states.find(({ root }) => root === around) ?? states[0] ?? null;
}
