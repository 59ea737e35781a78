/** Machines of which a module is not there, or is broken: what it declares is not known, and nothing is missing for the lack of it. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { derived } from '../../memory/derived.ts';

const brokenMachines = derived((fleet): ReadonlySet<string> => {
  const absent = [...fleet.modules].filter(([, modules]) => modules.absent.length > 0).map(([name]) => name);
  const broken = fleet.faults.filter(({ syntax }) => syntax !== null).flatMap(({ machines }) => machines);
  return new Set([...absent, ...broken]);
});

/** Returns whether a module is missing, or broken, on any of the machines; without machines, on any at all. */
export function hasBrokenModule(fleet: Fleet, machines: readonly string[]): boolean {
  const broken = brokenMachines(fleet);
  return machines.length === 0 ? broken.size > 0 : machines.some(machine => broken.has(machine));
}
