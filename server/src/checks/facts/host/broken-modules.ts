/**
 * Finds machines with a missing or broken module. What such a module declares is not known, so nothing is
 * reported as missing because of it.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { derived } from '../../memory/derived.ts';

const brokenMachines = derived((fleet): ReadonlySet<string> => {
  const absent = [...fleet.modules].filter(([, modules]) => modules.absent.length > 0).map(([name]) => name);
  const broken = fleet.faults.filter(({ syntax }) => syntax !== null).flatMap(({ machines }) => machines);
  return new Set([...absent, ...broken]);
});

/**
 * Returns whether a module is missing or broken on one of the machines, or on any machine if the list is empty.
 */
export function hasBrokenModule(fleet: Fleet, machines: readonly string[]): boolean {
  const broken = brokenMachines(fleet);
  return machines.length === 0 ? broken.size > 0 : machines.some(machine => broken.has(machine));
}
