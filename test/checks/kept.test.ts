// What is kept of single objects and texts.

import { expect, it } from 'vitest';
import { newQuestion, perObject } from '../../server/src/checks/memory/kept.ts';
import { rememberLast } from '../../server/src/std.ts';

it('computes once for each object', () => {
  let computed = 0;
  const size = perObject(({ items }: { readonly items: readonly string[] }) => {
    computed++;
    return items.length;
  });
  const first = { items: ['a'] };
  expect([size(first), size(first), size({ items: [] })]).toEqual([1, 1, 0]);
  expect(computed).toBe(2);
});

it('numbers questions without a repetition', () => {
  const numbers = [newQuestion(), newQuestion(), newQuestion()];
  expect(new Set(numbers).size).toBe(3);
});

it('remembers the answer for the last text and for no other', () => {
  const asked: string[] = [];
  const upper = rememberLast((text: string) => {
    asked.push(text);
    return text.toUpperCase();
  });
  expect(['a', 'a', 'b', 'a'].map(upper)).toEqual(['A', 'A', 'B', 'A']);
  expect(asked).toEqual(['a', 'b', 'a']);
});
