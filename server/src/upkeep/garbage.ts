/**
 * Collects garbage when nobody waits for an answer. While somebody types, each edit of a registry leaves some megabytes that are
 * no longer needed. V8 alone marks what is alive while edits are analysed, on the same thread, and keeps much of what has died
 * meanwhile; between two edits a collection takes a thirtieth of a second and keeps nothing. Figures: docs/design/engine.md.
 */
import { getHeapStatistics } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Upkeep } from './idle.ts';
import { growthFlag, maySetFlags, setFlags, USUAL_GROWTH } from './v8-flags.ts';

/** Sizes in MiB. */
const MEBIBYTE = 2 ** 20;

/** The garbage that may pile up while somebody types. */
const MOST_GARBAGE = 128;

/** V8 does not collect by itself before this many times as much has piled up: within one analysis, or by edits without a pause. */
const RESERVE = 2;

/** If so much less is in use than at the last look, V8 has collected by itself: more than its collections of new objects free. */
const FALL = 16;

/** With more that is alive than this, a collection would keep somebody waiting who types: it takes 1 ms for 1 to 2 MiB. */
const MOST_ALIVE = 160;

/** Less garbage than this is not worth a collection at rest. */
const WORTH = 12;

/** As much more space than what is alive is given back: a collection gives back what the one before it has found empty. */
const SPARE = 24;

/** Sizes of a heap, in MiB. */
export interface Heap {
  readonly used: number;
  /** With what is empty, but not given back. */
  readonly total: number;
}

/** Measures a heap, and collects its garbage. */
export interface HeapControl {
  measure(): Heap;
  collect(): void;
  /** Has V8 collect when the heap has grown by this percentage since the last collection, from the next one on. */
  setGrowth(percent: number): void;
}

/**
 * Creates the upkeep that collects garbage.
 * @param heap of this process
 */
export function createCollector(heap: HeapControl): Upkeep {
  /** Size of the living objects after the last collection, or `null` before the first. */
  let alive: number | null = null;
  /** True if the last collection may have left empty space. */
  let isLoose = false;
  /** What was in use at the last look. */
  let last = 0;

  function look(): Heap {
    const seen = heap.measure();
    last = seen.used;
    return seen;
  }

  /**
   * Returns whether a collection is due while somebody types. That is also where V8 collects by itself, which it would then do
   * every few edits.
   */
  function isDueBetweenEdits({ used }: Heap, before: number): boolean {
    if (Math.min(used, alive ?? used) > MOST_ALIVE) return false;
    return before - used >= FALL || (alive !== null && used - alive >= MOST_GARBAGE);
  }

  function collect({ used }: Heap): Heap {
    const growth = Math.round(((RESERVE * MOST_GARBAGE) / (alive ?? used)) * 100);
    heap.setGrowth(Math.max(USUAL_GROWTH, growth));
    heap.collect();
    // V8 keeps much of what died while it was marking, and would let that grow in the same proportion.
    heap.setGrowth(USUAL_GROWTH);
    const after = look();
    alive = after.used;
    return after;
  }

  return {
    betweenEdits() {
      const earlier = last;
      const before = look();
      if (!isDueBetweenEdits(before, earlier)) return;
      collect(before);
      isLoose = true;
    },
    atRest() {
      const before = look();
      if (Math.min(before.used, alive ?? before.used) > MOST_ALIVE) return false;
      const isDue = alive === null || before.used - alive >= WORTH;
      if (!isDue && !(isLoose && before.total - before.used >= SPARE)) return false;
      const after = collect(before);
      isLoose = isDue;
      return isLoose && after.total - after.used >= SPARE;
    },
  };
}

/** Returns the heap of this process, or `null` where its garbage cannot be collected on demand. */
export function ownHeap(): HeapControl | null {
  // In Electron the client starts the server so that it may collect.
  const mayTune = maySetFlags();
  const collect = globalThis.gc ?? (mayTune ? exposedCollect() : null);
  if (collect === null) return null;
  return {
    measure() {
      const { used_heap_size, total_heap_size } = getHeapStatistics();
      return { used: used_heap_size / MEBIBYTE, total: total_heap_size / MEBIBYTE };
    },
    collect: () => collect(),
    setGrowth(percent) {
      if (mayTune) setFlags([growthFlag(percent)]);
    },
  };
}

/** Returns V8's function for a collection, which programs do not see otherwise. */
function exposedCollect(): () => void {
  setFlags(['--expose-gc']);
  const collect = runInNewContext('gc') as () => void;
  setFlags(['--no-expose-gc']);
  return collect;
}
