/** Everything that a server process does for itself when nobody waits for it. */
import { createEvictor, ownFilling } from './eviction.ts';
import { createCollector, ownHeap } from './garbage.ts';
import { inTurn, type Upkeep } from './idle.ts';

/** @param evict drops answers that can be computed again */
export function createUpkeep(evict: () => void): Upkeep {
  const heap = ownHeap();
  const evictor = createEvictor(ownFilling, evict);
  return heap === null ? evictor : inTurn(createCollector(heap), evictor);
}
