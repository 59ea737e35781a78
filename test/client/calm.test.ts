import { expect, test, vi } from 'vitest';
import { whenCalm } from '../../client/src/calm.ts';

test('runs once after a burst, and never after it is disposed of', () => {
  vi.useFakeTimers();
  const run = vi.fn();
  const calm = whenCalm(300, run);
  calm.note();
  vi.advanceTimersByTime(200);
  calm.note();
  vi.advanceTimersByTime(299);
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(run).toHaveBeenCalledOnce();
  calm.note();
  calm.dispose();
  vi.advanceTimersByTime(1000);
  expect(run).toHaveBeenCalledOnce();
  vi.useRealTimers();
});
