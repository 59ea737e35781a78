/** Determines which machines may have a generator besides those that certainly have it. Knows the model only. */

import { factsOf } from '../../checks/facts/fleet-facts.ts';
import { mayHaveGenerator } from '../../fleet/elsewhere/elsewhere.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';

interface Placed {
  readonly name: string;
  readonly machines: readonly string[] | null;
  readonly machinesComplete: boolean;
}

/**
 * Returns a function for the machines that may have a generator besides those that it lists; null if unlisted machines may
 * exist. A name with holes may be on any machine, unless its machines are complete.
 */
export function possibleMachinesIn(
  fleet: Fleet,
): (generator: Placed & { isPattern: boolean }) => string[] | null {
  const { elsewhere, generators } = factsOf(fleet);
  const names = fleet.machines.map(({ name }) => name);
  return ({ name, isPattern, machines, machinesComplete }) => {
    if (machinesComplete) return [];
    if (!fleet.machinesComplete || isPattern) return null;
    const asked = { name, declared: generators.get(name) ?? [] };
    return names.filter(
      machine =>
        machines?.includes(machine) !== true &&
        (!fleet.modules.has(machine) || mayHaveGenerator(elsewhere, asked, machine)),
    );
  };
}
