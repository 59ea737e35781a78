/**
 * What clan-core declares of options: those of a clan, of an inventory, and the settings of its services. Made of the
 * data when first asked for.
 */

import { clanData, inventoryData, serviceData } from './clan-core-data.ts';
import { type History, treeOfLevel } from './described.ts';
import type { OptionTree } from './option.ts';

export interface KnownOptions extends History {
  readonly tree: OptionTree;
}

export interface KnownService extends History {
  /** The settings by role; paths begin with the role. */
  readonly roles: ReadonlyMap<string, OptionTree>;
  /** What each role does, as far as it says. */
  readonly descriptions: ReadonlyMap<string, string>;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

export const inventoryOptions: () => KnownOptions = once(() => {
  const data = inventoryData();
  return { ...data, tree: treeOfLevel(data.options) };
});

/** `meta` of a clan is that of its inventory; the other options are known by name alone. */
export const clanOptions: () => KnownOptions = once(() => {
  const data = clanData();
  const inventory = inventoryOptions();
  const tree = treeOfLevel(data.options);
  const meta = inventory.tree.options.get('meta');
  const ofMeta = (path: string) => path.startsWith('meta.');
  return {
    since: Math.max(data.since, inventory.since),
    settled: Math.max(data.settled, inventory.settled),
    former: [...data.former, ...inventory.former.filter(ofMeta)],
    changed: [...data.changed, ...inventory.changed.filter(ofMeta)],
    tree: meta === undefined ? tree : { ...tree, options: new Map([...tree.options, ['meta', meta]]) },
  };
});

const services = once(serviceData);
const read = new Map<string, KnownService>();

/** The settings of a service of clan-core; null if they are not known. */
export function optionsOfService(name: string): KnownService | null {
  const known = read.get(name);
  if (known !== undefined) return known;
  const data = Object.hasOwn(services(), name) ? services()[name] : undefined;
  if (data === undefined) return null;
  const roles = Object.entries(data.options).map(([role, level]) => [role, treeOfLevel(level)] as const);
  const made = { ...data, roles: new Map(roles), descriptions: new Map(Object.entries(data.descriptions)) };
  read.set(name, made);
  return made;
}
