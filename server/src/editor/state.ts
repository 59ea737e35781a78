/**
 * What of a generator is stored, and what of that is out of date: the words of code lenses and cards. Goes by names
 * and by what the rules found; nothing is read.
 */
import type { Generator, Place } from '../fleet/model.ts';
import type { Snapshot } from './snapshot.ts';
import { storedStates } from './stored-state.ts';

export interface StoredState {
  /** Files there should be, over all machines. */
  readonly wanted: number;
  readonly missing: number;
  /** Machines that lack at least one file, sorted; empty for what is shared. */
  readonly lacking: readonly string[];
}

/**
 * Null where it cannot be told: the machines or the files are not known, or the values are kept elsewhere, or nothing
 * has been generated anywhere yet.
 */
export function storedStateOf(snapshot: Snapshot, generator: Generator): StoredState | null {
  const { name, machines } = generator;
  if (machines === null || machines.length === 0) return null;
  const states = storedStates(snapshot.fleet, snapshot.stored());
  const [only, ...others] = generator.bodies();
  const one = only !== undefined && others.length === 0 ? only : null;
  let wanted = 0;
  let missing = 0;
  const lacking = new Set<string>();
  for (const machine of machines) {
    const body = one ?? generator.bodyOn(machine);
    if (!body.complete.files) return null;
    for (const file of body.files) {
      const stored = states.isStored(name, body.share, machine, file);
      if (stored === null || file.conditional) return null;
      wanted++;
      if (stored) continue;
      missing++;
      if (body.share === false) lacking.add(machine);
    }
    // What is shared is there once.
    if (body.share === true) break;
  }
  return { wanted, missing, lacking: [...lacking].sort() };
}

/** Findings that say that what is stored was made from something else. */
const OUTDATED = 'store/stale-validation';

/** How many machines have files that were made from other inputs, as far as the rules found; shared ones count once. */
export function outdatedOf(snapshot: Snapshot, places: readonly Place[]): number {
  let outdated = 0;
  for (const { file, start, end } of places)
    for (const finding of snapshot.findings.get(file) ?? [])
      if (finding.rule === OUTDATED && start <= finding.at.start && finding.at.start < end)
        outdated += Math.max(1, finding.machines.length);
  return outdated;
}
