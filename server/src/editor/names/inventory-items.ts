/**
 * Finds the things at places of an inventory: options, settings of services, roles, instances, tags and the
 * names of service modules. Uses the places in the fleet; machines and generators are targets of their own.
 */
import { type AcceptedSettings, takenBy } from '../../checks/facts/inventory/clan-mistakes.ts';
import { derivedFrom } from '../../checks/memory/derived.ts';
import type { CheckContext } from '../../checks/rule.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Instance, Role } from '../../fleet/model/services.ts';
import { clanOptions, inventoryOptions } from '../../fleet/options/clan-core.ts';
import type { OptionTree, WrittenName } from '../../modules/options/option.ts';
import type { Place } from '../../nix/places.ts';
import { addToList } from '../../std.ts';
import { contextOf, type Snapshot } from '../snapshot.ts';

export type InventoryItem =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'role'; readonly instance: Instance; readonly role: Role }
  | { readonly kind: 'instance' | 'service'; readonly instance: Instance }
  | { readonly kind: 'input'; readonly input: string }
  /** An option of the clan, of its inventory or of the settings of a service, depending on `whose`. */
  | { readonly kind: 'option'; readonly name: string; readonly owner: string; readonly option: OptionTree };

export interface InventoryItemAt {
  readonly at: Place;
  readonly item: InventoryItem;
}

/**
 * Returns the thing at an offset, or null.
 *
 * @param offset 0-based UTF-16 offset; the end of a name counts as inside
 */
export function inventoryItemAt(snapshot: Snapshot, file: string, offset: number): InventoryItemAt | null {
  const { fleet } = snapshot;
  if (!fleet.isClan) return null;
  const items = itemsByFile(contextOf(snapshot)).get(file);
  return items?.find(({ at }) => at.start <= offset && offset <= at.end) ?? null;
}

const itemsByFile = derivedFrom((context): ReadonlyMap<string, readonly InventoryItemAt[]> => {
  const { fleet } = context;
  const byFile = new Map<string, InventoryItemAt[]>();
  const add = (at: Place | null, item: InventoryItem) => {
    if (at === null) return;
    addToList(byFile, at.file, { at, item });
  };
  for (const instance of fleet.inventory.instances) addInstance(context, instance, add);
  for (const { tag, at } of machineTags(context)) add(at, { kind: 'tag', tag });
  addOptions(fleet, add);
  return byFile;
});

type Add = (at: Place | null, item: InventoryItem) => void;

/** Yields the tags in the lists of machines. */
export function* machineTags({
  fleet,
}: Pick<Snapshot, 'fleet'>): Iterable<{ readonly tag: string; readonly at: Place }> {
  for (const { tagPlaces = [] } of fleet.machineFacts)
    for (const { value, at } of tagPlaces) yield { tag: value, at };
}

/** Returns the settings of a role of an instance, or null if they are not known. */
export function settingsOf(
  { fleet, files }: Snapshot,
  instance: Instance,
  role: string,
): AcceptedSettings | null {
  return takenBy(fleet, files, instance, role);
}

function addInstance(context: CheckContext, instance: Instance, add: Add): void {
  const { nameAt, inputAt, input } = instance.module;
  add(nameAt, { kind: 'service', instance });
  if (input !== null) add(inputAt, { kind: 'input', input });
  for (const role of instance.roles.values()) {
    for (const { name, at } of role.tags) add(at, { kind: 'tag', tag: name });
    addSettings(context, instance, role, add);
  }
}

function addSettings({ fleet, sources }: CheckContext, instance: Instance, role: Role, add: Add): void {
  const withSettings = [role, ...role.machines, ...role.tags].filter(entry => entry.hasSettings);
  const taken = withSettings.length === 0 ? null : takenBy(fleet, sources, instance, role.name);
  if (taken === null) return;
  const owner = `setting of the role ${role.name} of ${instance.module.name ?? instance.name}`;
  for (const entry of withSettings)
    for (const name of entry.checkedAgainst(taken.tree).names)
      if (name.option !== null) add(name.at, optionItem(name, name.option, owner));
}

function optionItem({ path }: WrittenName, option: OptionTree, owner: string): InventoryItem {
  return { kind: 'option', name: path.at(-1) ?? '', owner, option };
}

/** Adds the options of the clan and its inventory, and the things that names below them refer to. */
function addOptions(fleet: Fleet, add: Add): void {
  for (const { of, checkedAgainst } of fleet.inventory.options) {
    const { tree } = of === 'clan' ? clanOptions() : inventoryOptions();
    for (const name of checkedAgainst(tree).names) {
      if (name.option !== null) add(name.at, optionItem(name, name.option, ownerOf(of, name.path)));
      const item = of === 'inventory' && name.option === null ? namedBy(fleet, name.path) : null;
      if (item !== null) add(name.at, item);
    }
  }
}

function ownerOf(of: 'clan' | 'inventory', [first, second]: readonly string[]): string {
  if (first === 'machines' && second !== undefined) return 'option of a machine';
  if (first === 'instances' && second !== undefined) return 'option of an instance';
  if (first === 'meta') return 'option of the clan';
  return `option of ${of === 'clan' ? 'the clan' : 'the inventory'}`;
}

/** Returns the thing at a path: `instances.x`, `instances.x.roles.y`, `tags.z`. */
function namedBy(fleet: Fleet, [first, name, third, role, ...rest]: readonly string[]): InventoryItem | null {
  if (name === undefined) return null;
  if (first === 'tags' && third === undefined) return { kind: 'tag', tag: name };
  const instance =
    first === 'instances' ? fleet.inventory.instances.find(candidate => candidate.name === name) : undefined;
  if (instance === undefined) return null;
  if (third === undefined) return { kind: 'instance', instance };
  const roleName =
    third === 'roles' && role !== undefined && rest.length === 0 ? instance.roles.get(role) : undefined;
  return roleName === undefined ? null : { kind: 'role', instance, role: roleName };
}
