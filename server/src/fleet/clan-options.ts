/**
 * What clan-core declares of options: those of a clan, of an inventory, and the settings of its services. Made of the
 * data when first asked for.
 */
import { clanData, inventoryData, serviceData } from './clan-options-data.ts';
import { type DescribedOptions, type DescribedService, isGroup, nodeIn } from './option-tree.ts';

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

export const inventoryOptions: () => DescribedOptions = once(inventoryData);

/** `meta` of a clan is that of its inventory; the other options are known by name alone. */
export const clanOptions: () => DescribedOptions = once(() => {
  const clan = clanData();
  const inventory = inventoryOptions();
  const meta = nodeIn(inventory.options.options, 'meta');
  if (meta === null || isGroup(meta)) return clan;
  const ofMeta = (path: string) => path.startsWith('meta.');
  return {
    since: Math.max(clan.since, inventory.since),
    former: [...clan.former, ...inventory.former.filter(ofMeta)],
    changed: [...clan.changed, ...inventory.changed.filter(ofMeta)],
    options: { ...clan.options, options: { ...clan.options.options, meta } },
  };
});

const services = once(serviceData);

/** The settings of a service of clan-core; null if they are not known. */
export function optionsOfService(name: string): DescribedService | null {
  const all = services();
  return Object.hasOwn(all, name) ? (all[name] ?? null) : null;
}
