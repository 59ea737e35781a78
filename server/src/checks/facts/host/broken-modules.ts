/**
 * Finds machines with a missing or broken file. What such a file declares is not known, so nothing is reported as
 * missing because of it.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { factsOf } from '../fleet-facts.ts';

/**
 * Returns whether a file is missing or broken on one of the machines, or on any machine if the list is empty.
 */
export function hasBrokenModule(fleet: Fleet, machines: readonly string[]): boolean {
  const { isBroken } = factsOf(fleet).elsewhere;
  return machines.length === 0 ? isBroken(null) : machines.some(isBroken);
}
