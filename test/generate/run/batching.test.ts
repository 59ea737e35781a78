import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type BatchTimer, batchTimer } from '../../../server/src/generate/run/batching.ts';

// Pauses end on a clock that stands still here.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
});

const NEVER = new AbortController().signal;

/** A run of 100 steps on a clock of its own, which begins with a time of storing. */
async function begunRun(storingMs: number) {
  let milliseconds = 0;
  const batching = batchTimer(100, () => new Date(milliseconds));
  const pass = (duration: number) => {
    milliseconds += duration;
  };
  const tick = (count: number) => {
    for (let i = 0; i < count; i++) {
      pass(10);
      batching.tick();
    }
  };
  const stopped = new AbortController();
  stopped.abort();
  const store = async () => {
    await batching.due(stopped.signal);
    pass(storingMs);
    batching.stored();
  };
  tick(10);
  await store();
  return { batching, tick, store };
}

/** Whether it is time now, without waiting for it. */
async function isDue(batching: BatchTimer): Promise<boolean> {
  let is = false;
  void batching.due(NEVER).then(() => {
    is = true;
  });
  for (let i = 0; i < 5; i++) await Promise.resolve();
  return is;
}

describe('a run of many quick steps', () => {
  it('stores once more when what is left takes as long as storing, and then what has ended last', async () => {
    const { batching, tick, store } = await begunRun(100);
    // Ten steps and a time of storing have taken 200 ms.
    tick(79);
    expect(await isDue(batching)).toBe(false);
    tick(2);
    expect(await isDue(batching)).toBe(true);
    await store();
    tick(8);
    expect(await isDue(batching)).toBe(false);
    tick(1);
    expect(await isDue(batching)).toBe(true);
  });

  it('does not do so where storing takes no time', async () => {
    const { batching, tick } = await begunRun(0);
    tick(89);
    expect(await isDue(batching)).toBe(false);
    tick(1);
    expect(await isDue(batching)).toBe(true);
  });
});
