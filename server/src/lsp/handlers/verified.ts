/**
 * Answers `varsmith/verified`: keeps the results of *Verify Vars* or of a run, which every view shows until a file
 * changes, and reads the store's files again.
 */
import type { Analysis } from '../analysis.ts';
import type { VerifiedParams } from '../messages.ts';
import { pathOfUri } from '../to-protocol.ts';

export function onVerified(analysis: Analysis, { root, states }: VerifiedParams): null {
  const path = pathOfUri(root);
  // The store said nothing about unknown states.
  const told = states.filter(({ state }) => state !== 'unknown');
  for (const workspace of analysis.folders.all()) {
    if (workspace.root !== path) continue;
    workspace.verified(
      new Map(told.map(({ key, state, missing }) => [key, { missing, outdated: state === 'outdated' }])),
    );
    analysis.schedule();
  }
  return null;
}
