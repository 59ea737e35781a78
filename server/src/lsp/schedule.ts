/**
 * When to analyse: as soon as no further message is waiting. Messages are handled one an event-loop turn, so
 * work that follows two turns without a new request has seen all that had arrived. There is no delay in
 * milliseconds. Knows nothing of what the work is.
 */

/** Turns without a request that tell the end of a burst: one in which the next message may be handled, one to see it. */
const QUIET_TURNS = 2;

export interface Scheduler {
  /** Wants the work done. Any number of requests before it begins lead to one run. */
  request(): void;
  /** Forgets a waiting request, because its work has been done elsewhere. */
  settle(): void;
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
    settle() {
      wanted = false;
    },
  };
}

/** Resolves in the next turn of the event loop: messages that wait, cancellations among them, are handled first. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
