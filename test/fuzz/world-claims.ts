/** A whole world through everything, and a failure that says which world it was. */
import { check } from '../checks/harness.ts';
import { claimFinding } from './claims.ts';
import { claimCursor, claimFile, claimWorkspace, snapshotOf } from './editor-claims.ts';
import type { World } from './worlds.ts';

/**
 * @param spot how far into each file the cursor stands: 0 is its beginning, 1 its end
 * @returns how many findings there were
 */
export function claimWorld(world: World, spot: number): number {
  try {
    return claims(world, spot);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}\nin ${JSON.stringify({ ...world, spot }, null, 1)}`, { cause: error });
  }
}

function claims({ files, ...world }: World, spot: number): number {
  const checked = check(files, world);
  for (const finding of checked.findings) claimFinding(checked.files, finding);
  const snapshot = snapshotOf(checked);
  claimWorkspace(snapshot);
  for (const path of Object.keys(files)) {
    claimFile(snapshot, path);
    claimCursor(snapshot, path, spot);
  }
  return checked.findings.length;
}
