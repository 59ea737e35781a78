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

/** The share of the time for which messages may wait if they keep coming, so that long work is done without a break more rarely. */
const UNBROKEN = 1 / 20;

/** The turns between two slices, since a message takes several from its arrival to its handler. */
const TURNS_BETWEEN = 8;

/** The bounds of the time after which work is done without a break, and the clock for it; in milliseconds. */
export interface Patience {
  readonly least: number;
  readonly most: number;
  readonly now: () => number;
}

const PATIENCE: Patience = { least: 1000, most: 3000, now: () => performance.now() };

export interface Scheduler {
  /** Requests a run. Any number of requests before it ends lead to a single run from the beginning. */
  request(): void;
  /** Cancels a pending request whose work was done elsewhere, and work that has begun. */
  cancel(): void;
}

/**
 * @param work begins the work, which is done step by step
 * @param patience how long messages can put it off
 */
export function createScheduler(work: () => Steps<void>, patience = PATIENCE): Scheduler {
  const { now } = patience;
  let requests = 0;
  let wanted = false;
  let waiting = false;
  let running: Steps<void> | null = null;
  /** When the first request was made since work has last ended. */
  let since: number | null = null;
  /** The time that the work which runs has taken in its slices, and the time that the last one took in all. */
  let taken = 0;
  let lastTaken = 0;

  function wait(seen: number, turns: number): void {
    setImmediate(() => {
      if (requests !== seen) return wait(requests, QUIET_TURNS);
      if (turns > 1) return wait(seen, turns - 1);
      waiting = false;
      if (!wanted) return;
      wanted = false;
      running = work();
      taken = 0;
      goOn(running);
    });
  }

  function goOn(steps: Steps<void>): void {
    const begin = now();
    const isOverdue = begin - (since ?? begin) >= longestWait();
    const end = isOverdue ? Number.POSITIVE_INFINITY : begin + SLICE;
    let isDone = false;
    while (running === steps && !isDone && now() < end) isDone = steps.next().done === true;
    if (running !== steps) return;
    taken += now() - begin;
    if (isDone) {
      running = null;
      since = null;
      lastTaken = taken;
    } else afterTurns(TURNS_BETWEEN, () => goOn(steps));
  }

  function longestWait(): number {
    return Math.min(Math.max(patience.least, lastTaken / UNBROKEN), patience.most);
  }

  return {
    request() {
      requests++;
      wanted = true;
      running = null;
      since ??= now();
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
