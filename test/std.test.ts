// Functions over lists, objects and numbers that every room shares.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToList,
  addToSet,
  byText,
  compareTexts,
  counter,
  differenceOf,
  groupBy,
  limiter,
  once,
  sameItems,
  sortedUnique,
  uniqueBy,
  withLazy,
} from '../server/src/std.ts';

describe('order', () => {
  it('of texts is the one of `sort()`', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), texts => {
        expect([...texts].sort(compareTexts)).toEqual([...texts].sort());
      }),
    );
    expect(compareTexts('a', 'a')).toBe(0);
  });

  it('by a text leaves items with equal texts as they were', () => {
    const items = ['b1', 'a1', 'b2', 'a2'];
    expect(items.sort(byText(([first = '']) => first))).toEqual(['a1', 'a2', 'b1', 'b2']);
  });
});

describe('uniqueness', () => {
  it('of texts comes with their order', () => {
    expect(sortedUnique(['b', 'a', 'b'])).toEqual(['a', 'b']);
    expect(sortedUnique([])).toEqual([]);
  });

  it('by a key keeps the first item of each', () => {
    const items = [
      { key: 'b', at: 1 },
      { key: 'a', at: 2 },
      { key: 'b', at: 3 },
    ];
    expect(uniqueBy(items, ({ key }) => key).map(({ at }) => at)).toEqual([1, 2]);
  });
});

describe('grouping', () => {
  it('keeps the order of the keys and of the items', () => {
    const groups = groupBy(['bee', 'ant', 'bug'], ([first = '']) => first);
    expect([...groups]).toEqual([
      ['b', ['bee', 'bug']],
      ['a', ['ant']],
    ]);
  });

  it('adds to lists and sets, which it creates', () => {
    const lists = new Map<string, number[]>();
    const sets = new Map<string, Set<number>>();
    for (const value of [1, 1, 2]) {
      addToList(lists, 'x', value);
      addToSet(sets, 'x', value);
    }
    expect(lists.get('x')).toEqual([1, 1, 2]);
    expect([...(sets.get('x') ?? [])]).toEqual([1, 2]);
  });
});

describe('lists', () => {
  it('are the same if they hold the same objects', () => {
    const item = {};
    expect(sameItems([item, 1], [item, 1])).toBe(true);
    expect(sameItems([item], [{}])).toBe(false);
    expect(sameItems([1], [1, 2])).toBe(false);
  });

  it('differ in what lies between their common beginning and end', () => {
    expect(differenceOf([1, 2, 3, 9], [1, 4, 9])).toEqual({ left: [2, 3], right: [4] });
    expect(differenceOf([1, 1], [1])).toEqual({ left: [1], right: [] });
    expect(differenceOf([], [])).toEqual({ left: [], right: [] });
  });
});

describe('what is computed late', () => {
  it('is computed once, and again after it threw', () => {
    let calls = 0;
    const answer = once(() => {
      calls++;
      if (calls === 1) throw new Error('not yet');
      return undefined;
    });
    expect(answer).toThrow('not yet');
    expect([answer(), answer()]).toEqual([undefined, undefined]);
    expect(calls).toBe(2);
  });

  it('is a property that looks like any other', () => {
    let calls = 0;
    const object = withLazy({ name: 'a' }, { size: () => ++calls });
    expect(calls).toBe(0);
    expect([object.size, object.size, object.name]).toEqual([1, 1, 'a']);
    expect(Object.keys(object)).toEqual(['name', 'size']);
  });
});

it('counts from 1', () => {
  const next = counter();
  expect([next(), next()]).toEqual([1, 2]);
  expect(counter()()).toBe(1);
});

describe('a limiter', () => {
  it('runs at most so many tasks at once, first come, first served, past one that fails', async () => {
    const limited = limiter(2);
    let running = 0;
    const most: number[] = [];
    const order: number[] = [];
    const task = (number: number) => async () => {
      most.push(++running);
      order.push(number);
      await Promise.resolve();
      running--;
      if (number === 1) throw new Error('failed');
      return number;
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map(number => limited(task(number))));
    expect(Math.max(...most)).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true]);
  });
});
