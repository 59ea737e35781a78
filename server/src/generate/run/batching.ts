/**
 * Decides when a run stores its results: not after each of many quick scripts, because the disk and git take as
 * long for one as for many, and soon after a slow one. Knows nothing of what is stored.
 */

/** Bounds of the interval in milliseconds, which limit the work that is lost when a run is killed. */
const [SHORTEST, LONGEST] = [500, 3000];
/** The pause after storing, as a multiple of the time that storing took. */
const REST = 8;

export interface BatchTimer {
  /** Records that a step has ended. */
  tick(): void;
  /** Waits until it is time to store; returns at once when all steps have ended. */
  due(signal: AbortSignal): Promise<void>;
  /** Records that the results are stored, which starts the next pause. */
  stored(): void;
}

/**
 * Creates the timer.
 *
 * @param steps the number of steps @param now returns the current time
 */
export function batchTimer(steps: number, now: () => Date): BatchTimer {
  const time = () => now().getTime();
  const started = time();
  let left = steps;
  let wake = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  let begun = started;
  /** The duration of the last store, in milliseconds. */
  let toStore = 0;
  let isStoring = false;
  let isNearEnd = false;
  const become = () => {
    clearTimeout(timer);
    isDue = true;
    wake();
  };
  const rest = (milliseconds: number) => {
    clearTimeout(timer);
    isDue = left === 0;
    if (isDue) return;
    timer = setTimeout(become, milliseconds);
    // Running scripts should keep the process alive, not this timer.
    timer.unref();
  };
  /** Estimated from the speed so far. */
  const remaining = () => ((time() - started) / (steps - left)) * left;
  rest(SHORTEST);
  return {
    tick() {
      left--;
      // Store most results while the last scripts run, so that little remains afterwards.
      const isWorthIt = !isStoring && !isNearEnd && remaining() <= toStore;
      if (isWorthIt) isNearEnd = true;
      if (isWorthIt || left === 0) become();
    },
    async due(signal) {
      if (!isDue && !signal.aborted)
        await new Promise<void>(resolve => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      begun = time();
      isStoring = true;
    },
    stored() {
      toStore = time() - begun;
      isStoring = false;
      rest(Math.min(LONGEST, Math.max(SHORTEST, REST * toStore)));
    },
  };
}
