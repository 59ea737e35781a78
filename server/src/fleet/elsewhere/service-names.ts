/** Which services may bring a generator to which machines, as far as an inventory and the catalogue of clan-core tell. */

import { isCatalogueGenerator } from '../catalogue/catalogue.ts';
import { isOfClanCore } from '../inventory/inventory.ts';
import { roleMembers } from '../inventory/members.ts';
import type { Generator } from '../model/generators.ts';
import type { BroughtGenerator, Instance, Inventory } from '../model/services.ts';
import { patternOf } from './name-patterns.ts';

/** What services may bring of one name. */
export interface ServiceNames {
  /** True if clan-core has a generator of the name. */
  readonly isOfClan: boolean;
  /** The generators that may be it. */
  readonly brought: readonly BroughtGenerator[];
}

/** Where clan-core has the modules that every machine gets. */
const CORE_MODULES = 'nixosModules/clanCore/';

/**
 * Returns whether the workspace is clan-core itself: what its services and modules declare is then written in it, and
 * the catalogue, which is of another commit, says nothing about it.
 */
export function isClanCoreItself(generators: readonly Generator[]): boolean {
  return generators.some(({ definitions }) => definitions.some(({ at }) => at.file.startsWith(CORE_MODULES)));
}

/** Returns what services may bring of a name. @param isItself whether the workspace is clan-core itself */
export function serviceNames(
  brought: readonly BroughtGenerator[],
  name: string,
  isItself: boolean,
): ServiceNames {
  return {
    isOfClan: !isItself && isCatalogueGenerator(name),
    brought: brought.filter(generator =>
      generator.isPattern ? patternOf(generator.name).test(name) : generator.name === name,
    ),
  };
}

/**
 * Returns the machines that are given services of which nobody can tell here what they bring: of other flakes, or not
 * known. Null: any machine may be.
 */
export function membersOfUnknownServices(inventory: Inventory): ReadonlySet<string> | null {
  if (!inventory.complete) return null;
  const machines = new Set<string>();
  for (const instance of inventory.instances) {
    if (!instance.complete) return null;
    if (isKnown(instance)) continue;
    for (const role of instance.roles.values()) {
      const members = roleMembers(inventory, role);
      if (members === null) return null;
      for (const machine of members) machines.add(machine);
    }
  }
  return machines;
}

/** Of services of the workspace, their modules are read with those of the machine. */
function isKnown(instance: Instance): boolean {
  const { name, input } = instance.module;
  return name !== null && (isOfClanCore(instance) === true || input === 'self');
}
