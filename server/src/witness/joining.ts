/** What a join works with: Nix's facts by machine, apart for machines that were edited since. */

import type { Machine } from '../fleet/model/base.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { NixAnswer, NixFacts } from '../fleet/model/nix-answer.ts';
import type { TextOf } from '../nix/positions.ts';

export interface Joining {
  /** Nix's facts about the machines that evaluate and that no edit may have changed since. */
  readonly factsOf: ReadonlyMap<string, NixFacts>;
  /** The names of their generators. */
  readonly namesOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** True if Nix answered for all machines that there are. */
  readonly isWhole: boolean;
  /** Machines in the order of the fleet. */
  readonly order: readonly string[];
  /** Nix's facts about machines that were edited since, for what is not known otherwise. */
  readonly olderFactsOf: ReadonlyMap<string, NixFacts>;
  readonly textOf: TextOf;
}

/** @param machines those of the joined fleet */
export function joiningOf(
  machines: readonly Machine[],
  answer: NixAnswer,
  { textOf, isTouched }: Pick<Joining, 'textOf'> & { readonly isTouched: (machine: string) => boolean },
): Joining {
  const factsIf = (isWanted: (machine: string) => boolean) =>
    new Map(
      answer.machines.flatMap(({ name, facts }) =>
        facts === null || !isWanted(name) ? [] : [[name, facts] as const],
      ),
    );
  const factsOf = factsIf(machine => !isTouched(machine));
  const order = machines.map(({ name }) => name);
  return {
    ...{ factsOf, order, textOf, olderFactsOf: factsIf(isTouched) },
    namesOf: new Map([...factsOf].map(([machine, facts]) => [machine, new Set(facts.generatorNames)])),
    isWhole: answer.machinesComplete && order.every(machine => factsOf.has(machine)),
  };
}

/** Returns the machines of the fleet, with those that only Nix knows behind them. */
export function joinedMachines({ machines }: Fleet, answer: NixAnswer): readonly Machine[] {
  const asked = new Map(answer.machines.map(machine => [machine.name, machine]));
  const machineNames = new Set(machines.map(({ name }) => name));
  return [
    ...machines.map(machine => {
      const nix = asked.get(machine.name);
      return { ...machine, class: nix?.class ?? machine.class, tags: nix?.facts?.tags ?? machine.tags };
    }),
    ...answer.machines
      .filter(({ name }) => !machineNames.has(name))
      .map(({ name, class: machineClass }) => ({
        ...{ name, class: machineClass, system: null, tags: [], at: null },
        source: 'configuration' as const,
      })),
  ];
}
