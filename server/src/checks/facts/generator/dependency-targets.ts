/**
 * Resolves the dependencies of generators to the generators that they may mean. Rules decide what is wrong with
 * them.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { ClanGenerator } from '../../../fleet/model/services.ts';
import type { Known } from '../../../nix/places.ts';
import { groupBy } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import { type Facts, factsOf, mayBeDefinedElsewhere, possibleMachines } from '../fleet-facts.ts';
import { hasBrokenModule } from '../host/broken-modules.ts';

export interface DependencyFacts {
  /** Generators declared in the workspace, by name. */
  readonly declared: ReadonlyMap<string, readonly Generator[]>;
  /** Generators provided by clan-core services, by name. */
  readonly clanGenerators: ReadonlyMap<string, readonly ClanGenerator[]>;
  /** Returns true if a partly known definition may define this name on one of the machines. */
  mayBeElsewhere(name: string, machines: readonly string[] | null): boolean;
}

/** Returns the index of a fleet. Each part is computed at most once. */
export function dependencyFacts(fleet: Fleet): DependencyFacts {
  const facts = factsOf(fleet);
  return {
    declared: facts.generators,
    get clanGenerators() {
      return clanGeneratorsByName(fleet);
    },
    mayBeElsewhere: (name, machines) =>
      mayBeDefinedElsewhere(facts, name, machines) ||
      machines?.some(machine => isInBrokenModule(fleet, facts, name, machine)) === true,
  };
}

/** Returns whether a missing or broken module may provide the machine with a generator of this name. */
function isInBrokenModule(fleet: Fleet, facts: Facts, name: string, machine: string): boolean {
  if (!hasBrokenModule(fleet, [machine])) return false;
  const declared = facts.generators.get(name) ?? [];
  return !declared.some(generator => possibleMachines(generator).includes(machine));
}

const clanGeneratorsByName = derived(fleet => groupBy(fleet.clanGenerators, ({ name }) => name));

/** Returns the dependencies whose name is fully known. */
export function namedDependencies({ dependencies }: GeneratorBody): readonly Known<string>[] {
  return dependencies.filter(({ value }) => !value.includes('${'));
}
