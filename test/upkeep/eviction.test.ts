/** When answers are dropped because memory is short. */
import { expect, test } from 'vitest';
import { createEvictor, ownFilling } from '../../server/src/upkeep/eviction.ts';
import { inTurn } from '../../server/src/upkeep/idle.ts';

function evicted(used: number, limit: number): number {
  let count = 0;
  const evictor = createEvictor(
    () => ({ used, limit }),
    () => count++,
  );
  evictor.betweenEdits();
  expect(count).toBe(0);
  expect(evictor.atRest()).toBe(false);
  return count;
}

test('nothing is dropped while there is room', () => {
  expect(evicted(300, 512)).toBe(0);
});

test('at rest, when more than three fifths of the limit are used', () => {
  expect(evicted(308, 512)).toBe(1);
});

test('the limit is that of the process', () => {
  const { used, limit } = ownFilling();
  expect(used).toBeGreaterThan(2 ** 20);
  expect(limit).toBeGreaterThan(used);
});

test('several do their work in turn, and again while one of them has more', () => {
  const done: string[] = [];
  const named = (name: string, hasMore: boolean) => ({
    betweenEdits: () => void done.push(`${name} between`),
    atRest: () => {
      done.push(`${name} rest`);
      return hasMore;
    },
  });
  const both = inTurn(named('first', true), named('second', false));
  both.betweenEdits();
  expect(both.atRest()).toBe(true);
  expect(done).toEqual(['first between', 'second between', 'first rest', 'second rest']);
});
