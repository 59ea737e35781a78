/**
 * Counts how much of the generators' output exists according to plans, in the units and words that every view
 * uses.
 */
import { type StoredState, type Tally, tallyOf } from '../../store/vars/tally.ts';
import type { Generator, UnknownPart } from './generators.ts';
import type { Status } from './plan.ts';

/** Parts that, if unknown, could make an incomplete generator look complete. */
export const DECIDING: ReadonlySet<UnknownPart['part']> = new Set([
  'share',
  'files',
  'validation',
  'dependencies',
]);

/** Returns the state of a generator in its placement, derived from the reason why it would run. */
export function stateOfStatus({ unknown }: Generator, { reason, present }: Status): StoredState {
  if (reason === 'missing') return present.length > 0 ? 'partial' : 'missing';
  if (reason !== null) return 'outdated';
  return unknown.some(gap => DECIDING.has(gap.part)) ? 'unknown' : 'present';
}

export function generatorTally(
  generators: readonly Generator[],
  status: (generator: Generator) => Status,
): Tally {
  return tallyOf(generators.map(generator => stateOfStatus(generator, status(generator))));
}
