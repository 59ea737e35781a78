import { expect, test } from 'vitest';
import { inOwnProcess } from './support/own-process.ts';

const SETUP = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { fixNewSpace, widenNewSpace } from '../server/src/new-space.ts';
  const capacity = () => {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    return Math.round((space.space_used_size + space.space_available_size) / 2 ** 20);
  };
  const work = () => Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
`;

test('a fixed space stays small, whatever survives', () => {
  expect(inOwnProcess(`${SETUP} fixNewSpace(); work(); console.log(capacity());`, import.meta.dirname)).toBe(
    1,
  );
});

test('a widened space is as large at once, and no larger after much work', () => {
  const code = `${SETUP}
    fixNewSpace();
    widenNewSpace(4);
    const atOnce = capacity();
    work();
    console.log(JSON.stringify([atOnce, capacity()]));`;
  expect(inOwnProcess(code, import.meta.dirname)).toEqual([4, 4]);
});

test('a size that is not allowed ends with what there is', () => {
  expect(
    inOwnProcess(`${SETUP} widenNewSpace(200); console.log(capacity() < 100);`, import.meta.dirname),
  ).toBe(true);
});
