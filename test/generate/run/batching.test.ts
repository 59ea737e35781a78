import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Pace, paceOf } from '../../../server/src/generate/run/batching.ts';

// Pauses end on a clock that stands still here.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
});

const NEVER = new AbortController().signal;

/** A run of 100 steps on a clock of its own, which begins with a time of storing. */
async function begunRun(storingMs: number) {
  let milliseconds = 0;
  const pace = paceOf(100, () => new Date(milliseconds));
  const pass = (duration: number) => {
    milliseconds += duration;
  };
  const tick = (count: number) => {
    for (let i = 0; i < count; i++) {
      pass(10);
      pace.tick();
    }
  };
  const stopped = new AbortController();
  stopped.abort();
  const store = async () => {
    await pace.due(stopped.signal);
    pass(storingMs);
    pace.stored();
  };
  tick(10);
  await store();
  return { pace, tick, store };
}

/** Whether it is time now, without waiting for it. */
async function isDue(pace: Pace): Promise<boolean> {
  let is = false;
  void pace.due(NEVER).then(() => {
    is = true;
  });
  for (let i = 0; i < 5; i++) await Promise.resolve();
  return is;
}

describe('a run of many quick steps', () => {
  it('stores once more when what is left takes as long as storing, and then what has ended last', async () => {
    const { pace, tick, store } = await begunRun(100);
    // Ten steps and a time of storing have taken 200 ms.
    tick(79);
    expect(await isDue(pace)).toBe(false);
    tick(2);
    expect(await isDue(pace)).toBe(true);
    await store();
    tick(8);
    expect(await isDue(pace)).toBe(false);
    tick(1);
    expect(await isDue(pace)).toBe(true);
  });

  it('does not do so where storing takes no time', async () => {
    const { pace, tick } = await begunRun(0);
    tick(89);
    expect(await isDue(pace)).toBe(false);
    tick(1);
    expect(await isDue(pace)).toBe(true);
  });
});
