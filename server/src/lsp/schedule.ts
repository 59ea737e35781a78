/**
 * Schedules the analysis for when no further message is waiting. Each message is handled in an event loop turn of its
 * own, so two turns without a new request mean that all pending messages were handled. There is no delay in
 * milliseconds. Does not know what is scheduled.
 */

/**
 * Turns without a request that mark the end of a burst: one in which the next message may be handled, and one to
 * notice it.
 */
const QUIET_TURNS = 2;

export interface Scheduler {
  /** Requests a run. Any number of requests before it starts lead to a single run. */
  request(): void;
  /** Cancels a pending request whose work was done elsewhere. */
  cancel(): void;
}

export function createScheduler(work: () => void): Scheduler {
  let requests = 0;
  let wanted = false;
  let waiting = false;

  function wait(seen: number, turns: number): void {
    setImmediate(() => {
      if (requests !== seen) return wait(requests, QUIET_TURNS);
      if (turns > 1) return wait(seen, turns - 1);
      waiting = false;
      if (!wanted) return;
      wanted = false;
      work();
    });
  }

  return {
    request() {
      requests++;
      wanted = true;
      if (waiting) return;
      waiting = true;
      wait(requests, QUIET_TURNS);
    },
    cancel() {
      wanted = false;
    },
  };
}

/** Resolves in the next turn of the event loop, after pending messages such as cancellations are handled. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
