// How much is generated, in one unit and in the same words wherever it is shown.
import { expect, test } from 'vitest';
import {
  lackingIn,
  progressText,
  type StoredState,
  shortTallyText,
  stateOfFiles,
  stateOfPlacements,
  stateOfTally,
  tallyOf,
  tallyText,
  unfinishedIn,
} from '../../../server/src/store/vars/tally.ts';

const many = (count: number, state: StoredState) => Array<StoredState>(count).fill(state);

test.each<[readonly StoredState[], string, string]>([
  [[], '', ''],
  [many(2, 'missing'), '2 of 2 generators missing', 'missing'],
  [many(1, 'missing'), '1 of 1 generator missing', 'missing'],
  [many(3, 'present'), '3 of 3 generators generated', 'generated'],
  [
    [...many(3, 'missing'), 'present', 'partial'],
    '3 of 5 generators missing · 1 partly generated',
    '3 of 5 missing · 1 partly generated',
  ],
  [['outdated', 'present'], '1 of 2 generators outdated', '1 of 2 outdated'],
  [
    ['missing', 'unreadable', 'present'],
    '1 of 3 generators missing · 1 not readable yet',
    '1 of 3 missing · 1 not readable yet',
  ],
  [['unknown', 'missing'], '1 of 2 generators missing · 1 unknown', '1 of 2 missing · 1 unknown'],
])('%j', (states, text, short) => {
  expect(tallyText(tallyOf(states))).toBe(text);
  expect(shortTallyText(tallyOf(states))).toBe(short);
});

test.each<[readonly StoredState[], boolean, string]>([
  [[], true, ''],
  [many(3, 'present'), true, 'all generated'],
  [many(3, 'present'), false, '3 generated'],
  [many(2, 'missing'), true, 'all missing'],
  [[...many(3, 'present'), ...many(2, 'missing')], true, '3/5 · 2 missing'],
  [['missing', 'outdated', 'unreadable'], true, '0/3 · 1 missing · 1 outdated · 1 not readable yet'],
])('the progress of %j', (states, complete, text) => {
  expect(progressText(tallyOf(states), complete)).toBe(text);
});

test.each<[readonly StoredState[], StoredState]>([
  [[], 'unknown'],
  [many(2, 'present'), 'present'],
  [['present', 'missing'], 'partial'],
  [['present', 'unreadable'], 'unreadable'],
  [['present', 'unknown'], 'unknown'],
])('the state of all of %j', (states, state) => {
  expect(stateOfTally(tallyOf(states))).toBe(state);
});

test('what is to be generated is what is not wholly and freshly there', () => {
  const tally = tallyOf(['missing', 'partial', 'outdated', 'unreadable', 'unknown', 'present']);
  expect(lackingIn(tally)).toBe(3);
  expect(unfinishedIn(tally)).toBe(4);
});

test.each<[readonly (boolean | null)[], StoredState]>([
  [[true, true], 'present'],
  [[true, false], 'partial'],
  [[false, false], 'missing'],
  [[true, null], 'unknown'],
  // A file that is certainly not there is to be made, whatever is known of its neighbours.
  [[false, null], 'missing'],
  [[false, true, null], 'partial'],
  [[], 'present'],
])('of files %j', (stored, state) => {
  expect(stateOfFiles(stored, false)).toBe(state);
});

test('only what is whole can be outdated', () => {
  expect(stateOfFiles([true], true)).toBe('outdated');
  expect(stateOfFiles([true, false], true)).toBe('partial');
});

test.each<[readonly StoredState[], StoredState]>([
  [['missing', 'missing'], 'missing'],
  [['missing', 'present'], 'partial'],
  [['outdated', 'present'], 'outdated'],
  [['unreadable', 'present'], 'unreadable'],
  [['unknown', 'present'], 'unknown'],
  [[], 'unknown'],
])('of a generator on several machines %j', (states, state) => {
  expect(stateOfPlacements(states)).toBe(state);
});
