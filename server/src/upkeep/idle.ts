/** Does what can wait until nobody waits for the server. Does not know what that is. */

/** How long nothing has been requested when the server is at rest, in milliseconds. People who type pause for less. */
const REST = 400;

/** Work that a server does for itself when nobody waits for it. */
export interface Upkeep {
  /** Does what should not wait for a rest. Somebody may be typing. */
  betweenEdits(): void;
  /** Does a part of what is done at rest, and returns whether there is more. */
  atRest(): boolean;
}

/** Returns the upkeep that does the work of several, one after the other. */
export function inTurn(...all: readonly Upkeep[]): Upkeep {
  return {
    betweenEdits() {
      for (const upkeep of all) upkeep.betweenEdits();
    },
    atRest: () => all.map(upkeep => upkeep.atRest()).includes(true),
  };
}

export interface Idle {
  /** Handles that there is work: what can wait is put off. */
  begin(): void;
  /** Handles that what somebody waited for is being sent, while there is more work. */
  answered(): void;
  /** Handles that all work is done, and what is to be sent is being sent. */
  end(): void;
}

/** Calls after a number of milliseconds, without keeping the process alive. Returns what cancels the call. */
export type Timer = (call: () => void, milliseconds: number) => () => void;

const TIMER: Timer = (call, milliseconds) => {
  const timeout = setTimeout(call, milliseconds);
  timeout.unref?.();
  return () => clearTimeout(timeout);
};

/**
 * Creates what calls the upkeep when there is time for it.
 * @param timer for tests
 */
export function createIdle(upkeep: Upkeep, timer = TIMER): Idle {
  let cancel = () => {};

  function after(milliseconds: number, call: () => void): void {
    cancel();
    cancel = timer(call, milliseconds);
  }

  function rest(): void {
    after(REST, () => {
      if (upkeep.atRest()) rest();
    });
  }

  return {
    begin: () => cancel(),
    // In a turn of its own, so that what is sent has left.
    answered: () => after(0, () => upkeep.betweenEdits()),
    end: () =>
      after(0, () => {
        upkeep.betweenEdits();
        rest();
      }),
  };
}
