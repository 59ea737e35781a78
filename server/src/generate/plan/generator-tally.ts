/** How much of what generators make is there, as plans see it: in the unit and the words that every view has. */
import { type StoredState, type Tally, tallyOf } from '../../store/vars/tally.ts';
import type { Generator, UnknownPart } from './generators.ts';
import type { Status } from './plan.ts';

/** What would keep a complete generator from being seen as incomplete. */
export const DECIDING: ReadonlySet<UnknownPart['part']> = new Set([
  'share',
  'files',
  'validation',
  'dependencies',
]);

/** Returns the state of a generator in its place, by why it would run. */
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
