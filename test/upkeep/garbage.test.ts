/** When garbage is collected, on a heap that the tests make up, and that the heap of a process is what it says it is. */
import { expect, test } from 'vitest';
import { createCollector, type Heap } from '../../server/src/upkeep/garbage.ts';
import type { Upkeep } from '../../server/src/upkeep/idle.ts';
import { inOwnProcess } from '../support/own-process.ts';

interface MadeUp {
  readonly collector: Upkeep;
  /** Calls of the collector, in their order: a growth in per cent, or "collect". */
  readonly done: (number | 'collect')[];
  /** Changes the heap as the program would. */
  set(heap: Heap): void;
}

/** A heap of which some MiB are alive. A collection gives back what the one before has found empty. */
function madeUp(alive: number, heap: Heap): MadeUp {
  const done: (number | 'collect')[] = [];
  let { used, total } = heap;
  const collector = createCollector({
    measure: () => ({ used, total }),
    collect() {
      done.push('collect');
      total = used + 5;
      used = Math.min(used, alive);
    },
    setGrowth: percent => done.push(percent),
  });
  return {
    collector,
    done,
    set(next) {
      ({ used, total } = next);
    },
  };
}

function collections({ done }: MadeUp): number {
  return done.filter(what => what === 'collect').length;
}

test('at rest a server that has started collects twice, and gives back what was empty', () => {
  const heap = madeUp(40, { used: 90, total: 100 });
  expect(heap.collector.atRest()).toBe(true);
  expect(heap.collector.atRest()).toBe(false);
  expect(heap.collector.atRest()).toBe(false);
  expect(collections(heap)).toBe(2);
});

test('there is room for the garbage of many edits until V8 collects, and as little as before after that', () => {
  const heap = madeUp(40, { used: 64, total: 70 });
  heap.collector.atRest();
  expect(heap.done).toEqual([400, 'collect', 50]);
});

test('at rest little garbage stays', () => {
  const heap = madeUp(40, { used: 40, total: 45 });
  heap.collector.atRest();
  heap.set({ used: 51, total: 60 });
  expect(heap.collector.atRest()).toBe(false);
  expect(collections(heap)).toBe(1);
  heap.set({ used: 53, total: 60 });
  heap.collector.atRest();
  expect(collections(heap)).toBe(2);
});

test('between edits only much garbage is collected', () => {
  const heap = madeUp(40, { used: 40, total: 45 });
  heap.collector.atRest();
  heap.set({ used: 160, total: 170 });
  heap.collector.betweenEdits();
  expect(collections(heap)).toBe(1);
  heap.set({ used: 170, total: 180 });
  heap.collector.betweenEdits();
  heap.collector.betweenEdits();
  expect(collections(heap)).toBe(2);
});

test('where V8 has begun to collect by itself while somebody types, there is room for many edits from then on', () => {
  const heap = madeUp(40, { used: 90, total: 100 });
  heap.collector.betweenEdits();
  heap.set({ used: 105, total: 110 });
  heap.collector.betweenEdits();
  expect(heap.done).toEqual([]);
  heap.set({ used: 64, total: 110 });
  heap.collector.betweenEdits();
  expect(heap.done).toEqual([400, 'collect', 50]);
  heap.set({ used: 90, total: 110 });
  heap.collector.betweenEdits();
  // Collections of new objects free less.
  heap.set({ used: 76, total: 110 });
  heap.collector.betweenEdits();
  expect(collections(heap)).toBe(1);
});

test('what a collection between edits has found empty is given back at rest', () => {
  const heap = madeUp(40, { used: 40, total: 45 });
  heap.collector.atRest();
  heap.set({ used: 170, total: 180 });
  heap.collector.betweenEdits();
  expect(heap.collector.atRest()).toBe(false);
  expect(collections(heap)).toBe(3);
});

test('nothing is collected between edits before the server has been at rest', () => {
  const heap = madeUp(40, { used: 300, total: 310 });
  heap.collector.betweenEdits();
  expect(heap.done).toEqual([]);
});

test('a large fleet is left to V8, since a collection would take too long', () => {
  const heap = madeUp(200, { used: 210, total: 220 });
  expect(heap.collector.atRest()).toBe(false);
  heap.set({ used: 400, total: 410 });
  heap.collector.betweenEdits();
  expect(heap.collector.atRest()).toBe(false);
  expect(heap.done).toEqual([]);
});

test('a fleet that has become large is left to V8 as well', () => {
  const heap = madeUp(170, { used: 40, total: 45 });
  heap.collector.atRest();
  heap.set({ used: 200, total: 210 });
  heap.collector.atRest();
  expect(collections(heap)).toBe(2);
  heap.set({ used: 400, total: 410 });
  heap.collector.betweenEdits();
  expect(heap.collector.atRest()).toBe(false);
  expect(collections(heap)).toBe(2);
});

const OWN_HEAP = `
  import { ownHeap } from '../../server/src/upkeep/garbage.ts';
  const heap = ownHeap();
  let garbage = Array.from({ length: 2_000_000 }, (_, index) => ({ index }));
  const full = heap.measure();
  garbage = null;
  heap.collect();
  const empty = heap.measure();
  console.log(JSON.stringify([full.used - empty.used > 50, empty.used <= empty.total, typeof globalThis.gc]));
`;

test('the heap of a process is measured and collected, and its programs see nothing of that', () => {
  expect(inOwnProcess(OWN_HEAP, import.meta.dirname)).toEqual([true, true, 'undefined']);
});

test('a process that was started so collects as well', () => {
  expect(inOwnProcess(OWN_HEAP, import.meta.dirname, ['--expose-gc'])).toEqual([true, true, 'function']);
});
