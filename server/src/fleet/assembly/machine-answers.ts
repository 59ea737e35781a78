/**
 * Computes what follows from the modules of each machine: its secrets, and the modules of clan-core that are enabled.
 * Does so again only for machines whose modules have changed in that respect.
 */

import { input, query, set } from '../../query/database.ts';
import { mapOfAll } from '../../query/groups.ts';
import { sameItems } from '../../std.ts';
import { catalogueGenerators } from '../catalogue/catalogue.ts';
import { CORE_SWITCHES, type CoreModules, coreModules } from '../catalogue/core-modules.ts';
import type { usedClanCore } from '../catalogue/locked-clan-core.ts';
import { machineSecrets } from '../machine-modules/machine-secrets.ts';
import { askedMachine, type ModuleTable } from '../machine-modules/module-table.ts';
import { tableOf } from '../machine-modules/table-state.ts';
import { contentsOf, MACHINE_NAMES } from '../machines/ownership.ts';
import type { MachineSecrets } from '../model/secrets.ts';
import type { ClanGenerator, Inventory } from '../model/services.ts';

/** Returns the secrets that modules declare, by machine; the same map as before if nothing has changed. */
export function secretsOfMachines({ database }: ModuleTable): ReadonlyMap<string, MachineSecrets> {
  return SECRETS(database, null);
}

const SECRETS = mapOfAll<MachineSecrets>(
  MACHINE_NAMES,
  query('secrets of machine', (database, name) =>
    machineSecrets(database, contentsOf(database, name).followed),
  ),
);

/** The facts that decide, beside the modules of the machines, which generators services add. */
export interface ServiceSources {
  readonly inventory: Inventory;
  /** The clan-core that is used. */
  readonly used: ReturnType<typeof usedClanCore>;
  /** Returns whether any file of the workspace contains a word. */
  readonly mentions: (word: string) => boolean;
}

/** Returns the generators that services add; the same list as before if nothing that decides them has changed. */
export function clanGeneratorsOf(
  { database }: ModuleTable,
  { inventory, used, mentions }: ServiceSources,
): readonly ClanGenerator[] {
  set(database, INVENTORY, null, inventory);
  set(database, USED, null, used);
  set(database, MENTIONED, null, CORE_SWITCHES.filter(mentions));
  return CLAN_GENERATORS(database, null);
}

const INVENTORY = input<null, Inventory | null>('inventory', () => null);
const USED = input<null, ServiceSources['used']>('clan-core', () => null);
/** The words of `CORE_SWITCHES` that a file of the workspace contains. */
const MENTIONED = input<null, readonly string[]>('switches', () => [], { equals: sameItems });

/** The NixOS machines of the inventory whose modules are known. */
const NIXOS_MACHINES = query<null, readonly string[]>(
  'NixOS machines',
  database => {
    const withModules = new Set(MACHINE_NAMES(database, null));
    const machines = INVENTORY(database, null)?.machines ?? [];
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

const CLAN_GENERATORS = query<null, readonly ClanGenerator[]>('generators of services', database => {
  const inventory = INVENTORY(database, null);
  return inventory === null ? [] : catalogueGenerators(inventory, USED(database, null), CORE(database, null));
});
