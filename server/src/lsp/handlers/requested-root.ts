/** Finds the open root that a request refers to. */
import type { Analysis, RootState } from '../analysis.ts';
import { pathOfUri } from '../to-protocol.ts';

/** Returns the root with this URI, or `null` if it is not open. */
export function stateOf(analysis: Analysis, uri: string): RootState | null {
  const path = pathOfUri(uri);
  return analysis.states().find(({ root }) => root === path) ?? null;
}

/** Returns the innermost root that contains a file (a URI), the first root if none does, or `null` if none is open. */
export function stateNear(analysis: Analysis, near: string | null): RootState | null {
  const path = near === null ? null : pathOfUri(near);
  const around = path === null ? undefined : analysis.folders.owner(path)?.workspace.root;
  const states = analysis.states();
  return states.find(({ root }) => root === around) ?? states[0] ?? null;
}
