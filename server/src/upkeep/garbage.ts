/**
 * Collects garbage when nobody waits for an answer. While somebody types, each edit of a registry leaves some megabytes that are
 * no longer needed. V8 alone marks what is alive while edits are analysed, on the same thread, and keeps much of what has died
 * meanwhile; between two edits a collection takes a thirtieth of a second and keeps nothing. Figures: docs/design/engine.md.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import type { Upkeep } from './idle.ts';

/** Sizes in MiB. */
const MEBIBYTE = 2 ** 20;

/** The garbage that may pile up while somebody types. */
const MOST_GARBAGE = 128;

/** V8 does not collect by itself before this many times as much has piled up: within one analysis, or by edits without a pause. */
const RESERVE = 2;

/** By how much the heap grows before V8 collects, as a percentage of what is alive: at least, and after it has collected by itself. */
const GROWTH = 50;

/** With more that is alive than this, a collection would keep somebody waiting who types: it takes 1 ms for 1 to 2 MiB. */
const MOST_ALIVE = 160;

/** Less garbage than this is not worth a collection at rest. */
const WORTH = 12;

/** As much more space than what is alive is given back: a collection gives back what the one before it has found empty. */
const SPARE = 24;

/** What is known of the heap, in MiB. */
export interface Heap {
  readonly used: number;
  /** With what is empty, but not given back. */
  readonly total: number;
}

/** What is done with the heap. */
export interface HeapControl {
  measure(): Heap;
  collect(): void;
  /** Has V8 collect when the heap has grown by this percentage since the last collection, from the next one on. */
  setGrowth(percent: number): void;
}

/** @param heap of this process */
export function createCollector(heap: HeapControl): Upkeep {
  /** What was alive after the last collection, or `null` before the first. */
  let alive: number | null = null;
  /** True if the last collection may have left empty space. */
  let isLoose = false;

  function collect({ used }: Heap): Heap {
    const growth = Math.round(((RESERVE * MOST_GARBAGE) / (alive ?? used)) * 100);
    heap.setGrowth(Math.max(GROWTH, growth));
    heap.collect();
    // V8 keeps much of what died while it was marking, and would let that grow in the same proportion.
    heap.setGrowth(GROWTH);
    const after = heap.measure();
    alive = after.used;
    return after;
  }

  return {
    betweenEdits() {
      const before = heap.measure();
      if (alive === null || alive > MOST_ALIVE || before.used - alive < MOST_GARBAGE) return;
      collect(before);
      isLoose = true;
    },
    atRest() {
      const before = heap.measure();
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
  // Electron may have its flags frozen. There the client starts the server so that it may collect.
  const mayTune = process.versions.electron === undefined && isMainThread;
  const collect = globalThis.gc ?? (mayTune ? exposedCollect() : null);
  if (collect === null) return null;
  return {
    measure() {
      const { used_heap_size, total_heap_size } = getHeapStatistics();
      return { used: used_heap_size / MEBIBYTE, total: total_heap_size / MEBIBYTE };
    },
    collect: () => collect(),
    setGrowth(percent) {
      if (mayTune) setFlagsFromString(`--heap-growing-percent=${percent}`);
    },
  };
}

function exposedCollect(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
