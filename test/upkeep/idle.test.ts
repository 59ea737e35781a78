/** When the server does something for itself, by a clock that the tests move. */
import { expect, test } from 'vitest';
import { createIdle, type Idle, type Timer } from '../../server/src/upkeep/idle.ts';

interface Clock {
  readonly timer: Timer;
  pass(milliseconds: number): void;
}

function clock(): Clock {
  let now = 0;
  let waiting: { readonly at: number; readonly call: () => void }[] = [];
  return {
    timer(call, milliseconds) {
      const entry = { at: now + milliseconds, call };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter(other => other !== entry);
      };
    },
    pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const next = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        waiting = waiting.filter(other => other !== next);
        now = next.at;
        next.call();
      }
      now = end;
    },
  };
}

/** @param parts how often there is more to be done at rest */
function started(parts: number): { readonly idle: Idle; readonly done: string[]; readonly clock: Clock } {
  const done: string[] = [];
  const time = clock();
  let left = parts;
  const upkeep = {
    betweenEdits: () => void done.push('between'),
    atRest: () => {
      done.push('rest');
      return left-- > 0;
    },
  };
  return { idle: createIdle(upkeep, time.timer), done, clock: time };
}

test('nothing is done while what is sent is still leaving', () => {
  const { idle, done, clock } = started(0);
  idle.begin();
  idle.end();
  expect(done).toEqual([]);
  clock.pass(1);
  expect(done).toEqual(['between']);
});

test('a rest is recognized by some time without work', () => {
  const { idle, done, clock } = started(0);
  idle.end();
  clock.pass(399);
  expect(done).toEqual(['between']);
  clock.pass(1000);
  expect(done).toEqual(['between', 'rest']);
});

test('what is left is done after another rest', () => {
  const { idle, done, clock } = started(2);
  idle.end();
  clock.pass(400);
  expect(done).toEqual(['between', 'rest']);
  clock.pass(10_000);
  expect(done).toEqual(['between', 'rest', 'rest', 'rest']);
});

test('an edit puts everything off', () => {
  const { idle, done, clock } = started(0);
  idle.end();
  idle.begin();
  clock.pass(10_000);
  expect(done).toEqual([]);
  idle.end();
  clock.pass(300);
  idle.begin();
  clock.pass(10_000);
  expect(done).toEqual(['between']);
});

test('after a first answer the server does not rest', () => {
  const { idle, done, clock } = started(0);
  idle.begin();
  idle.answered();
  clock.pass(10_000);
  expect(done).toEqual(['between']);
});

test('the end of two analyses is followed by one rest', () => {
  const { idle, done, clock } = started(0);
  idle.end();
  clock.pass(200);
  idle.end();
  clock.pass(10_000);
  expect(done).toEqual(['between', 'between', 'rest']);
});
