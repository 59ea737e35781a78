// Waiting in the walks: for a state that proves that something is ready, never for a time. Machines are busy, so every limit is
// generous: what takes long is no mistake. Knows no selectors.

import { LIMIT_MS } from './browser.mjs';

/** How long each attempt is given; a slow machine must not be pressed again while it still works on the first. */
const PATIENCE_MS = [3_000, 6_000, 12_000, 24_000, LIMIT_MS];

/**
 * Whether something is seen in so many milliseconds.
 * @param {import('playwright-core').Locator} locator
 * @param {number} timeout
 */
export function arrives(locator, timeout, state = 'visible') {
  return succeeds(locator.waitFor({ timeout, state }));
}

/** Whether a wait ends well. What is no timeout is a mistake of the walk, and thrown. */
export async function succeeds(wait) {
  try {
    await wait;
    return true;
  } catch (error) {
    if (error.name !== 'TimeoutError') throw error;
    return false;
  }
}

/**
 * Does something until it has been taken: what comes too early is lost, and nothing tells that beforehand. So `act` must be
 * harmless when it is repeated; what it waits for itself, it waits for `patience` milliseconds.
 * @param {string} what the aim, for the error
 * @param {(patience: number) => Promise<unknown>} act
 * @param {import('playwright-core').Locator | ((patience: number) => Promise<boolean>)} proof seen, or true, once it has been taken
 */
export async function insist(what, act, proof) {
  const isProven = typeof proof === 'function' ? proof : patience => arrives(proof, patience);
  for (const patience of PATIENCE_MS) {
    // Also where it ran out of time: a click that leads away may be taken, and then find nothing more to wait for.
    await succeeds(act(patience));
    if (await isProven(patience)) return;
  }
  throw new Error(`${what}: not so after ${PATIENCE_MS.length} attempts`);
}
