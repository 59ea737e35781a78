/** Drops what can be computed again when the heap comes near its limit, instead of ending for want of memory. */
import { getHeapStatistics } from 'node:v8';
import type { Upkeep } from './idle.ts';

/** The share of the limit from which on something is dropped. What an analysis needs for itself has to fit in the rest. */
const SHARE = 0.6;

/** How much of a heap is used, garbage included, and how much may be; in the same unit. */
export interface Filling {
  readonly used: number;
  readonly limit: number;
}

/**
 * Creates the upkeep that keeps the heap below its limit. Nothing is dropped while somebody types, who would have to wait for it.
 * @param evict drops what is not needed for the findings that are shown
 */
export function createEvictor(measure: () => Filling, evict: () => void): Upkeep {
  return {
    betweenEdits() {},
    atRest() {
      const { used, limit } = measure();
      if (used > limit * SHARE) evict();
      return false;
    },
  };
}

/** Returns how much of the heap of this process is used; its limit is that of V8, or of `--max-old-space-size`. */
export function ownFilling(): Filling {
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  return { used: used_heap_size, limit: heap_size_limit };
}
