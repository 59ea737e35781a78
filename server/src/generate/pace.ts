/**
 * When a run stores what it has made: not after each of many quick scripts, since the disk and git take as long for one
 * as for many, and not long after a slow one. Knows nothing of what is stored.
 */

/** Between one storing and the next, in milliseconds: what a run that is killed may lose of its work. */
const PAUSE_MS = 500;

export interface Pace {
  /** A step has ended. */
  tick(): void;
  /** Waits until it is time to store, which is at once when all steps have ended. Begins the next pause. */
  due(signal: AbortSignal): Promise<void>;
}

/** @param steps how many there are */
export function paceOf(steps: number): Pace {
  let left = steps;
  let end = (): void => undefined;
  let isOver = false;
  const allEnded = new Promise<void>(resolve => {
    end = () => {
      isOver = true;
      resolve();
    };
  });
  let pause = pauseOf(steps === 0);
  return {
    tick() {
      left--;
      if (left === 0) end();
    },
    async due(signal) {
      if (!isOver && !signal.aborted) await Promise.race([pause.over, allEnded, aborted(signal)]);
      pause.stop();
      pause = pauseOf(isOver);
    },
  };
}

function pauseOf(isOver: boolean): { readonly over: Promise<void>; stop(): void } {
  if (isOver) return { over: Promise.resolve(), stop: () => undefined };
  let stop = (): void => undefined;
  const over = new Promise<void>(resolve => {
    const timer = setTimeout(resolve, PAUSE_MS);
    stop = () => clearTimeout(timer);
  });
  return { over, stop };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
