import { expect, test } from 'vitest';
import type { Analysis } from '../../server/src/lsp/analysis.ts';
import { rehearse } from '../../server/src/lsp/rehearse.ts';

/** An analysis of which only the rehearsing matters. */
function analysisOf(rehearseOne: (turn: number) => boolean, isBusy = () => false): Analysis {
  return { folders: { all: () => [{ rehearse: rehearseOne }] }, isBusy } as unknown as Analysis;
}

/** Resolves when nothing is left in the event loop's queue of immediate work. */
const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve));
};

test('rehearses as often as told, one analysis a turn', async () => {
  const seen: number[] = [];
  rehearse(
    analysisOf(turn => seen.push(turn) > 0),
    3,
    () => {},
  );
  expect(seen).toEqual([]);
  await turns(6);
  expect(seen).toEqual([3, 2, 1]);
});

test('ends where there is nothing to rehearse with', async () => {
  let calls = 0;
  rehearse(
    analysisOf(() => ++calls < 0),
    5,
    () => {},
  );
  await turns(6);
  expect(calls).toBe(1);
});

test('waits while something has changed', async () => {
  let busy = true;
  let calls = 0;
  rehearse(
    analysisOf(
      () => ++calls > 0,
      () => busy,
    ),
    1,
    () => {},
  );
  await turns(4);
  expect(calls).toBe(0);
  busy = false;
  await turns(4);
  expect(calls).toBe(1);
});

test('a failure ends it, with a word in the log', async () => {
  const log: string[] = [];
  const fail = () => {
    throw new Error('broken');
  };
  rehearse(analysisOf(fail), 5, line => log.push(line));
  await turns(6);
  expect(log).toEqual(['rehearsal: broken']);
});
