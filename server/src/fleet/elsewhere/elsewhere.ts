/**
 * Which generators there may be beside those that are known: asked for one name on one machine. What is unknown of a
 * machine is the machine's own, and does not make uncertain what is declared in full.
 */

import { once, sameItems } from '../../std.ts';
import type { Fleet } from '../model/fleet.ts';
import type { Generator } from '../model/generators.ts';
import type { BroughtGenerator } from '../model/services.ts';
import {
  isClanCoreItself,
  membersOfUnknownServices,
  type ServiceNames,
  serviceNames,
} from './service-names.ts';
import {
  identityOf,
  isWhole,
  mayAddFile,
  reaches,
  type UnnamedGenerator,
  unnamedGenerator,
} from './unnamed-generators.ts';

/** What a fleet may have beside what is known of it. */
export interface Elsewhere {
  /** Generators of which the name has holes. */
  readonly unnamed: readonly UnnamedGenerator[];
  /** Returns whether the machine may have modules that nobody can read here: of the workspace, or of other flakes. */
  readonly isOpen: (machine: string) => boolean;
  /** Returns what may have a name; the same object each time it is asked for. */
  readonly about: (name: string) => AboutName;
  /** What all of it was made of. */
  readonly key: readonly unknown[];
}

/** What may have a name. */
interface AboutName extends ServiceNames {
  readonly unnamed: readonly UnnamedGenerator[];
}

type FleetParts = Pick<Fleet, 'generators' | 'modules' | 'brought' | 'inventory' | 'hasAllGenerators'>;

/**
 * Gathers what is unknown of a fleet.
 * @param before what was gathered last: returned again, with its answers, if nothing of it has changed
 */
export function createElsewhere(fleet: FleetParts, before?: Elsewhere): Elsewhere {
  const { brought, inventory, modules } = fleet;
  const unnamed = fleet.generators
    .filter(({ nameKind }) => nameKind === 'pattern')
    .map(generator => unnamedGenerator(generator, modules.size > 0));
  const open = [...modules.keys()].filter(machine => !fleet.hasAllGenerators(machine));
  const isItself = isClanCoreItself(fleet.generators);
  const key = [brought, inventory, ...unnamed.map(identityOf), isItself, ...open];
  if (before !== undefined && sameItems(before.key, key)) return before;

  const openMachines = new Set(open);
  const members = once(() => membersOfUnknownServices(inventory));
  const names = new Map<string, AboutName>();
  return {
    unnamed,
    isOpen: machine => openMachines.has(machine) || members()?.has(machine) !== false,
    key,
    about(name) {
      let about = names.get(name);
      if (about === undefined) {
        about = {
          unnamed: unnamed.filter(({ matches }) => matches.test(name)),
          ...serviceNames(brought, name, isItself),
        };
        names.set(name, about);
      }
      return about;
    },
  };
}

/** A name that is asked for, with the generators of the name that are known. */
export interface Asked {
  readonly name: string;
  readonly declared: readonly Generator[];
}

/**
 * Returns whether a machine may have a generator of the name that is not among those that are known.
 * @param machine null for one that is not known
 */
export function mayBeElsewhere(elsewhere: Elsewhere, asked: Asked, machine: string | null): boolean {
  const { unnamed } = elsewhere.about(asked.name);
  if (mayBeBrought(elsewhere, asked, machine)) return true;
  return (
    unnamed.some(generator => reaches(generator, machine, elsewhere.isOpen)) && !isDeclaredOn(asked, machine)
  );
}

/** Returns whether a machine may have a generator of the name at all: one that is known, or any other. */
export function mayHaveGenerator(elsewhere: Elsewhere, asked: Asked, machine: string): boolean {
  const isKnownThere = asked.declared.some(
    ({ machines, perhaps }) => machines?.includes(machine) === true || perhaps.includes(machine),
  );
  return isKnownThere || elsewhere.isOpen(machine) || mayBeElsewhere(elsewhere, asked, machine);
}

/** Returns whether a machine may have generators that nobody can name: behind modules, services or names with holes. */
export function mayHaveMore({ isOpen, unnamed }: Elsewhere, machine: string): boolean {
  return isOpen(machine) || unnamed.some(generator => reaches(generator, machine, isOpen));
}

/** Returns whether a service or a module of clan-core may give a generator of the name to a machine. */
export function mayBeBrought(elsewhere: Elsewhere, asked: Asked, machine: string | null): boolean {
  const { isOfClan, brought } = elsewhere.about(asked.name);
  if (!isOfClan && brought.length === 0) return false;
  const isGiven = ({ machines }: BroughtGenerator) =>
    machines === null || machine === null || machines.includes(machine);
  if (brought.some(generator => generator.certain && isGiven(generator))) return true;
  const mayHaveIt = machine === null || elsewhere.isOpen(machine) || brought.some(isGiven);
  return mayHaveIt && !isDeclaredOn(asked, machine);
}

/** Returns whether a machine may have a file of a generator that is not among those that are known. */
export function mayHaveFileElsewhere(
  elsewhere: Elsewhere,
  asked: Asked & { readonly file: string },
  machine: string | null,
): boolean {
  if (mayBeElsewhere(elsewhere, asked, machine)) return true;
  return elsewhere
    .about(asked.name)
    .unnamed.some(
      generator => reaches(generator, machine, elsewhere.isOpen) && mayAddFile(generator, asked.file),
    );
}

/** Returns whether the machine has a generator of the name that is declared in full, or perhaps has. */
function isDeclaredOn({ declared }: Asked, machine: string | null): boolean {
  return declared.some(generator => {
    const mayHaveIt =
      machine === null ||
      generator.machines?.includes(machine) === true ||
      generator.perhaps.includes(machine);
    return mayHaveIt && isWhole(generator);
  });
}
