/**
 * What generators depend on, for the rules about it: each dependency with the generators that it may mean. What is
 * wrong with them is the rules' business.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { BroughtGenerator } from '../../../fleet/model/services.ts';
import type { Known } from '../../../nix/places.ts';
import { groupBy } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import { type Facts, factsOf, mayBeDefinedElsewhere, possibleMachines } from '../fleet-facts.ts';
import { hasBrokenModule } from '../host/broken-modules.ts';

export interface DependencyFacts {
  /** Generators that the workspace declares, by name. */
  readonly declared: ReadonlyMap<string, readonly Generator[]>;
  /** Those that clan-core's services bring, by name. */
  readonly brought: ReadonlyMap<string, readonly BroughtGenerator[]>;
  /** True for a name that something which is not fully known may define on one of the machines. */
  mayBeElsewhere(name: string, machines: readonly string[] | null): boolean;
}

/** Returns the index of a fleet; each part of it is computed at most once. */
export function dependencyFacts(fleet: Fleet): DependencyFacts {
  const facts = factsOf(fleet);
  return {
    declared: facts.generators,
    get brought() {
      return broughtOf(fleet);
    },
    mayBeElsewhere: (name, machines) =>
      mayBeDefinedElsewhere(facts, name, machines) ||
      machines?.some(machine => isInBrokenModule(fleet, facts, name, machine)) === true,
  };
}

/** Returns whether a module that is missing or broken may be what gives the machine a generator of the name. */
function isInBrokenModule(fleet: Fleet, facts: Facts, name: string, machine: string): boolean {
  if (!hasBrokenModule(fleet, [machine])) return false;
  const declared = facts.generators.get(name) ?? [];
  return !declared.some(generator => possibleMachines(generator).includes(machine));
}

const broughtOf = derived(fleet => groupBy(fleet.brought, ({ name }) => name));

/** Returns the dependencies of which the whole name is known. */
export function namedDependencies({ dependencies }: GeneratorBody): readonly Known<string>[] {
  return dependencies.filter(({ value }) => !value.includes('${'));
}
