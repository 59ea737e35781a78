/**
 * Computes what follows from the modules of each machine: its secrets, and the modules of clan-core that are enabled.
 * Does so again only for machines whose modules have changed in that respect.
 */

import { isSameData } from '../../nix/same-data.ts';
import { type Database, input, query, set } from '../../query/database.ts';
import { mapOfAll } from '../../query/groups.ts';
import { sameItems } from '../../std.ts';
import { catalogueGenerators } from '../catalogue/catalogue.ts';
import { CORE_SWITCHES, type CoreModules, coreModules } from '../catalogue/core-modules.ts';
import { type LockedClanCore, usedClanCore } from '../catalogue/locked-clan-core.ts';
import { machineSecrets } from '../machine-modules/machine-secrets.ts';
import { askedMachine } from '../machine-modules/module-table.ts';
import { tableOf } from '../machine-modules/table-state.ts';
import { JOINED_FLEET } from '../machines/joined-fleet.ts';
import { contentsOf, MACHINE_NAMES } from '../machines/ownership.ts';
import type { MachineSecrets } from '../model/secrets.ts';
import type { ClanGenerator } from '../model/services.ts';
import { GROUPS } from './survey.ts';

/** The secrets that modules declare, by machine; the same map as before if nothing has changed. */
export const SECRETS_OF_MACHINES = mapOfAll<MachineSecrets>(
  MACHINE_NAMES,
  query('secrets of machine', (database, name) =>
    machineSecrets(database, contentsOf(database, name).followed),
  ),
);

/** The clan-core that is used. */
const USED = input<null, LockedClanCore | null>(
  'clan-core',
  database => usedClanCore(tableOf(database).files),
  {
    equals: isSameData,
  },
);

/** Looks which clan-core is used. */
export function noteClanCore(database: Database): void {
  set(database, USED, null, usedClanCore(tableOf(database).files));
}

/** The words of `CORE_SWITCHES` that a file of the workspace contains. */
const MENTIONED = query<null, readonly string[]>(
  'switches',
  database => CORE_SWITCHES.filter(word => GROUPS(database, null).coreSwitches.has(word)),
  { equals: sameItems },
);

/** The NixOS machines of the inventory whose modules are known. */
const NIXOS_MACHINES = query<null, readonly string[]>(
  'NixOS machines',
  database => {
    const withModules = new Set(MACHINE_NAMES(database, null));
    const { machines } = JOINED_FLEET(database, null).inventory;
    return machines.flatMap(({ name, class: kind }) =>
      kind === 'nixos' && withModules.has(name) ? [name] : [],
    );
  },
  { equals: sameItems },
);

/** The modules of clan-core on each of them. */
const CORE = mapOfAll<CoreModules>(
  NIXOS_MACHINES,
  query(
    'core modules',
    (database, name) => {
      const { followed, own } = contentsOf(database, name);
      const mentioned = MENTIONED(database, null);
      const asked = {
        ...askedMachine(tableOf(database), followed),
        isComplete: own.complete,
        hasForeign: own.foreign,
      };
      return coreModules(asked, word => mentioned.includes(word));
    },
    { equals: areSameModules },
  ),
);

function areSameModules(left: CoreModules, right: CoreModules): boolean {
  return textOf(left) === textOf(right);
}

function textOf(modules: CoreModules): string {
  return JSON.stringify([...modules].map(([name, { isEnabled, values }]) => [name, isEnabled, [...values]]));
}

const NO_GENERATORS: readonly ClanGenerator[] = [];

/** The generators that services add; the same list as before if nothing that decides them has changed. */
export const CLAN_GENERATORS = query<null, readonly ClanGenerator[]>('generators of services', database => {
  const { isClan, inventory } = JOINED_FLEET(database, null);
  return isClan ? catalogueGenerators(inventory, USED(database, null), CORE(database, null)) : NO_GENERATORS;
});
