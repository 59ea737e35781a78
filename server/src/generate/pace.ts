/**
 * When a run stores what it has made: not after each of many quick scripts, since the disk and git take as long for one
 * as for many, and not long after a slow one. Knows nothing of what is stored.
 */

/** In milliseconds: what a run that is killed may lose of its work. */
const [SHORTEST, LONGEST] = [500, 3000];
/** How many times as long as storing takes nothing is stored after it. */
const REST = 8;

export interface Pace {
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
export function paceOf(steps: number, now: () => Date): Pace {
  let left = steps;
  let wake = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  let begun = 0;
  const rest = (milliseconds: number) => {
    clearTimeout(timer);
    isDue = left === 0;
    if (isDue) return;
    timer = setTimeout(() => {
      isDue = true;
      wake();
    }, milliseconds);
    // Scripts that run keep the process alive, not this.
    timer.unref();
  };
  rest(SHORTEST);
  return {
    tick() {
      left--;
      if (left > 0) return;
      isDue = true;
      clearTimeout(timer);
      wake();
    },
    async due(signal) {
      if (!isDue && !signal.aborted)
        await new Promise<void>(resolve => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      begun = now().getTime();
    },
    stored() {
      rest(Math.min(LONGEST, Math.max(SHORTEST, REST * (now().getTime() - begun))));
    },
  };
}
