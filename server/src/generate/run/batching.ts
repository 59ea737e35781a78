/**
 * When a run stores what it has made: not after each of many quick scripts, since the disk and git take as long for one
 * as for many, and not long after a slow one. Knows nothing of what is stored.
 */

/** In milliseconds: what a run that is killed may lose of its work. */
const [SHORTEST, LONGEST] = [500, 3000];
/** How many times as long as storing takes nothing is stored after it. */
const REST = 8;

export interface BatchTimer {
  /** A step has ended. */
  tick(): void;
  /** Waits until it is time to store: at once when all steps have ended. */
  due(signal: AbortSignal): Promise<void>;
  /** It is stored: the next pause begins. */
  stored(): void;
}

/**
 * @param steps how many there are
 * @param now the time
 */
export function batchTimer(steps: number, now: () => Date): BatchTimer {
  const time = () => now().getTime();
  const started = time();
  let left = steps;
  let wake = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  let begun = started;
  /** Of the last time. */
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
    // Scripts that run keep the process alive, not this.
    timer.unref();
  };
  /** At the speed so far. */
  const remaining = () => ((time() - started) / (steps - left)) * left;
  rest(SHORTEST);
  return {
    tick() {
      left--;
      // Most is stored while the last scripts run, so that little is left to be waited for after them.
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
