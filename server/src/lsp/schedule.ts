/**
 * Schedules the analysis for when no further message is waiting. Each message is handled in an event loop turn of its
 * own, so two turns without a new request mean that all pending messages were handled. There is no delay in
 * milliseconds. The analysis itself is done in slices, between which messages are handled; a request ends it, and it begins
 * again. Does not know what is scheduled.
 */

import type { Steps } from '../query/steps.ts';

/**
 * Turns without a request that mark the end of a burst: one in which the next message may be handled, and one to
 * notice it.
 */
const QUIET_TURNS = 2;

/** The time after which messages are handled before work goes on, in milliseconds. */
const SLICE = 4;

/** The time after which work that has not ended is done without a break, since messages may keep coming; in milliseconds. */
const PATIENCE = 1000;

/** The turns between two slices, since a message takes several from its arrival to its handler. */
const TURNS_BETWEEN = 8;

export interface Scheduler {
  /** Requests a run. Any number of requests before it ends lead to a single run from the beginning. */
  request(): void;
  /** Cancels a pending request whose work was done elsewhere, and work that has begun. */
  cancel(): void;
}

/**
 * @param work begins the work, which is done step by step
 * @param patience the time for which messages can put it off, in milliseconds
 */
export function createScheduler(work: () => Steps<void>, patience = PATIENCE): Scheduler {
  let requests = 0;
  let wanted = false;
  let waiting = false;
  let running: Steps<void> | null = null;
  /** When the first request was made since work has last ended. */
  let since: number | null = null;

  function wait(seen: number, turns: number): void {
    setImmediate(() => {
      if (requests !== seen) return wait(requests, QUIET_TURNS);
      if (turns > 1) return wait(seen, turns - 1);
      waiting = false;
      if (!wanted) return;
      wanted = false;
      running = work();
      goOn(running);
    });
  }

  function goOn(steps: Steps<void>): void {
    const now = performance.now();
    const end = now - (since ?? now) < patience ? now + SLICE : Number.POSITIVE_INFINITY;
    while (running === steps && performance.now() < end)
      if (steps.next().done === true) {
        running = null;
        since = null;
      }
    if (running === steps) afterTurns(TURNS_BETWEEN, () => goOn(steps));
  }

  return {
    request() {
      requests++;
      wanted = true;
      running = null;
      since ??= performance.now();
      if (waiting) return;
      waiting = true;
      wait(requests, QUIET_TURNS);
    },
    cancel() {
      wanted = false;
      running = null;
      since = null;
    },
  };
}

function afterTurns(turns: number, next: () => void): void {
  setImmediate(() => (turns > 1 ? afterTurns(turns - 1, next) : next()));
}

/** Resolves in the next turn of the event loop, after pending messages such as cancellations are handled. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
