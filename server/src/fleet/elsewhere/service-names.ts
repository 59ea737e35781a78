/**
 * Finds the services that may add a generator of a name, and the machines that get unknown services, from an inventory
 * and the catalogue of clan-core.
 */

import { patternOf } from '../../modules/name-patterns.ts';
import { isCatalogueGenerator } from '../catalogue/catalogue.ts';
import { isOfClanCore } from '../inventory/inventory.ts';
import { certainMembers, possibleMembers } from '../inventory/members.ts';
import type { Generator } from '../model/generators.ts';
import type { ClanGenerator, Instance, Inventory } from '../model/services.ts';

/** The generators of one name that services may add. */
export interface ServiceNames {
  /** True if clan-core has a generator of the name. */
  readonly isOfClan: boolean;
  /** The generators that may have the name. */
  readonly clanGenerators: readonly ClanGenerator[];
}

/** The folder of clan-core with the modules of every machine. */
const CORE_MODULES = 'nixosModules/clanCore/';

/**
 * Returns whether the workspace is clan-core itself. Then its services and modules are part of the workspace, and the
 * catalogue, made from another commit, does not apply.
 */
export function isClanCoreItself(generators: readonly Generator[]): boolean {
  return generators.some(({ definitions }) => definitions.some(({ at }) => at.file.startsWith(CORE_MODULES)));
}

/**
 * Returns the generators of a name that services may add.
 * @param isItself whether the workspace is clan-core itself
 */
export function serviceNames(
  clanGenerators: readonly ClanGenerator[],
  name: string,
  isItself: boolean,
): ServiceNames {
  return {
    isOfClan: !isItself && isCatalogueGenerator(name),
    clanGenerators: clanGenerators.filter(generator =>
      generator.isPattern ? patternOf(generator.name).test(name) : generator.name === name,
    ),
  };
}

/**
 * Returns the machines with services whose generators cannot be known: of other flakes, or of unknown modules. Null if
 * any machine may have one.
 */
export function membersOfUnknownServices(inventory: Inventory): ReadonlySet<string> | null {
  if (!inventory.complete) return null;
  const machines = new Set<string>();
  for (const instance of inventory.instances) {
    if (!instance.complete) return null;
    if (isKnown(instance)) continue;
    for (const role of instance.roles.values()) {
      const others = possibleMembers(inventory, role);
      if (others === null) return null;
      for (const machine of [...certainMembers(inventory, role), ...others]) machines.add(machine);
    }
  }
  return machines;
}

/**
 * Returns whether the generators of an instance are known: from the catalogue, or because the service's modules belong
 * to the workspace and are read with the machine's.
 */
function isKnown(instance: Instance): boolean {
  const { name, input } = instance.module;
  return name !== null && (isOfClanCore(instance) === true || input === 'self');
}
