/**
 * Provides the options that clan-core declares: those of a clan, of an inventory, and the settings of its services.
 * `scripts/clan-options.mjs` makes the data, which is converted on first use.
 */

import {
  type DescribedOptions,
  type DescribedService,
  type History,
  treeOfLevel,
} from '../../modules/options/described.ts';
import type { OptionTree } from '../../modules/options/option.ts';
import { once } from '../../std.ts';
import clanData from './data/clan-options.json' with { type: 'json' };
import inventoryData from './data/inventory-options.json' with { type: 'json' };
import serviceData from './data/service-options.json' with { type: 'json' };

export interface KnownOptions extends History {
  readonly tree: OptionTree;
}

export interface KnownService extends History {
  /** The settings by role. Paths begin with the role. */
  readonly roles: ReadonlyMap<string, OptionTree>;
  /** The descriptions of roles that have one. */
  readonly descriptions: ReadonlyMap<string, string>;
}

const INVENTORY: DescribedOptions = inventoryData;
const CLAN: DescribedOptions = clanData;
const SERVICES: Readonly<Record<string, DescribedService>> = serviceData.services;

export const inventoryOptions: () => KnownOptions = once(() => {
  const { since, settled, former, changed, options } = INVENTORY;
  return { since, settled, former, changed, tree: treeOfLevel(options) };
});

/** Returns the options of a clan. `meta` has those of an inventory; the others are known by name only. */
export const clanOptions: () => KnownOptions = once(() => {
  const inventory = inventoryOptions();
  const tree = treeOfLevel(CLAN.options);
  const meta = inventory.tree.options.get('meta');
  const ofMeta = (path: string) => path.startsWith('meta.');
  return {
    since: Math.max(CLAN.since, inventory.since),
    settled: Math.max(CLAN.settled, inventory.settled),
    former: [...CLAN.former, ...inventory.former.filter(ofMeta)],
    changed: [...CLAN.changed, ...inventory.changed.filter(ofMeta)],
    tree: meta === undefined ? tree : { ...tree, options: new Map([...tree.options, ['meta', meta]]) },
  };
});

const read = new Map<string, KnownService>();

/** Returns the settings of a service of clan-core, or `null` if they are unknown. */
export function optionsOfService(name: string): KnownService | null {
  const service = read.get(name);
  if (service !== undefined) return service;
  const data = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
  if (data === undefined) return null;
  const roles = Object.entries(data.options).map(([role, level]) => [role, treeOfLevel(level)] as const);
  const made = { ...data, roles: new Map(roles), descriptions: new Map(Object.entries(data.descriptions)) };
  read.set(name, made);
  return made;
}
