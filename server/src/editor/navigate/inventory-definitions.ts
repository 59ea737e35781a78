/** Finds the definitions of names in an inventory. */
import { flakeInputPlace } from '../../flake/flake-inputs.ts';
import type { Instance } from '../../fleet/model/services.ts';
import { inventoryOptions } from '../../fleet/options/clan-core.ts';
import type { Place } from '../../nix/places.ts';
import { type InventoryItem, machineTags } from '../names/inventory-items.ts';
import type { Snapshot } from '../snapshot.ts';

/** Returns the definitions, most likely first; empty if they are outside of the workspace. */
export function definitionOf(snapshot: Snapshot, item: InventoryItem): Place[] {
  switch (item.kind) {
    case 'tag':
      return tagPlaces(snapshot, item.tag);
    case 'role':
      return modulesOf(snapshot, item.instance).flatMap(
        module => module.settings().get(item.role.name)?.at ?? module.at ?? [],
      );
    case 'instance':
    case 'service':
      return modulesOf(snapshot, item.instance).flatMap(module => module.at ?? []);
    case 'input': {
      const at = item.input === 'self' ? null : flakeInputPlace(snapshot.files, item.input);
      return at === null ? [] : [at];
    }
    case 'option':
      return item.option.declared.flatMap(({ at }) => at ?? []);
  }
}

/** Returns the workspace's service modules that an instance may use. */
function modulesOf({ fleet }: Snapshot, { module: { name, input } }: Instance) {
  return input === 'self' ? fleet.serviceModules.filter(module => module.name === name) : [];
}

/** Returns the definition in `inventory.tags` and the places where machines list the tag. */
function tagPlaces(snapshot: Snapshot, tag: string): Place[] {
  const { tree } = inventoryOptions();
  const defined = snapshot.fleet.inventory.options
    .filter(({ of }) => of === 'inventory')
    .flatMap(({ checkedAgainst }) => checkedAgainst(tree).names)
    .filter(({ path }) => path.length === 2 && path[0] === 'tags' && path[1] === tag)
    .map(({ at }) => at);
  const listed = [...machineTags(snapshot)].filter(listedTag => listedTag.tag === tag).map(({ at }) => at);
  return [...defined, ...listed];
}
