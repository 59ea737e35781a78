/**
 * What stands at a place of an inventory: options, settings of services, roles, instances, tags and the names of
 * service modules. Goes by what the fleet says of places; machines and generators are targets of their own.
 */
import { type TakenSettings, takenBy } from '../../checks/inventory/clan-mistakes.ts';
import type { Instance, Role } from '../../fleet/inventory.ts';
import type { Place } from '../../fleet/model.ts';
import { clanOptions, inventoryOptions } from '../../fleet/options/clan-core.ts';
import type { WrittenName } from '../../fleet/options/judged.ts';
import type { OptionTree } from '../../fleet/options/tree.ts';
import type { Snapshot } from '../snapshot.ts';

export type Thing =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'role'; readonly instance: Instance; readonly role: Role }
  | { readonly kind: 'instance' | 'service'; readonly instance: Instance }
  | { readonly kind: 'input'; readonly input: string }
  /** An option of the clan, of its inventory, or of the settings of a service, as `whose` says. */
  | { readonly kind: 'option'; readonly name: string; readonly whose: string; readonly option: OptionTree };

export interface ThingAt {
  readonly at: Place;
  readonly thing: Thing;
}

/** @param offset 0-based UTF-16 offset; the end of a name counts as inside */
export function thingAt(snapshot: Snapshot, file: string, offset: number): ThingAt | null {
  const { fleet } = snapshot;
  if (!fleet.isClan || !file.endsWith('.nix')) return null;
  const here = (at: Place | null): at is Place =>
    at !== null && at.file === file && at.start <= offset && offset <= at.end;
  for (const instance of fleet.inventory.instances) {
    const { nameAt, inputAt, input } = instance.module;
    if (here(nameAt)) return { at: nameAt, thing: { kind: 'service', instance } };
    if (here(inputAt) && input !== null) return { at: inputAt, thing: { kind: 'input', input } };
    for (const role of instance.roles.values()) {
      const tag = role.tags.find(one => here(one.at));
      if (tag?.at) return { at: tag.at, thing: { kind: 'tag', tag: tag.name } };
      const setting = settingAt(snapshot, instance, role, here);
      if (setting !== null) return setting;
    }
  }
  for (const { tag, at } of machineTags(snapshot)) if (here(at)) return { at, thing: { kind: 'tag', tag } };
  return writtenAt(snapshot, here);
}

type Here = (at: Place | null) => at is Place;

/** Tags as machines list them. */
export function* machineTags({ fleet }: Snapshot): Iterable<{ readonly tag: string; readonly at: Place }> {
  for (const { tagPlaces = [] } of fleet.machineFacts)
    for (const { value, at } of tagPlaces) yield { tag: value, at };
}

/** The settings that a role of an instance takes; null if they are not known. */
export function settingsOf(
  { fleet, files }: Snapshot,
  instance: Instance,
  role: string,
): TakenSettings | null {
  return takenBy(fleet, files, instance, role);
}

function settingAt(snapshot: Snapshot, instance: Instance, role: Role, here: Here): ThingAt | null {
  const given = [role, ...role.machines, ...role.tags].filter(one => one.values.length > 0);
  const taken = given.length === 0 ? null : settingsOf(snapshot, instance, role.name);
  if (taken === null) return null;
  for (const one of given) {
    const found = one.judged(taken.tree).names.find(name => here(name.at));
    if (found !== undefined && found.option !== null)
      return {
        at: found.at,
        thing: optionThing(
          found,
          found.option,
          `setting of the role ${role.name} of ${instance.module.name ?? instance.name}`,
        ),
      };
  }
  return null;
}

function optionThing({ path }: WrittenName, option: OptionTree, whose: string): Thing {
  return { kind: 'option', name: path.at(-1) ?? '', whose, option };
}

/** What the names of the inventory's own options stand for, and those that are written below them. */
function writtenAt(snapshot: Snapshot, here: Here): ThingAt | null {
  for (const { of, judged } of snapshot.fleet.inventory.options) {
    const { tree } = of === 'clan' ? clanOptions() : inventoryOptions();
    const found = judged(tree).names.find(name => here(name.at));
    if (found === undefined) continue;
    if (found.option !== null)
      return { at: found.at, thing: optionThing(found, found.option, ownerOf(of, found.path)) };
    const thing = of === 'inventory' ? namedBy(snapshot, found.path) : null;
    if (thing !== null) return { at: found.at, thing };
  }
  return null;
}

function ownerOf(of: 'clan' | 'inventory', [first, second]: readonly string[]): string {
  if (first === 'machines' && second !== undefined) return 'option of a machine';
  if (first === 'instances' && second !== undefined) return 'option of an instance';
  if (first === 'meta') return 'option of the clan';
  return `option of ${of === 'clan' ? 'the clan' : 'the inventory'}`;
}

/** `instances.x`, `instances.x.roles.y`, `tags.z`. */
function namedBy({ fleet }: Snapshot, [first, name, third, role, ...rest]: readonly string[]): Thing | null {
  if (name === undefined) return null;
  if (first === 'tags' && third === undefined) return { kind: 'tag', tag: name };
  const instance =
    first === 'instances' ? fleet.inventory.instances.find(one => one.name === name) : undefined;
  if (instance === undefined) return null;
  if (third === undefined) return { kind: 'instance', instance };
  const own =
    third === 'roles' && role !== undefined && rest.length === 0 ? instance.roles.get(role) : undefined;
  return own === undefined ? null : { kind: 'role', instance, role: own };
}
