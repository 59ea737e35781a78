/**
 * Collects the machines and tags named in roles of an inventory's instances, each place once. Rules decide
 * whether a name is wrong; what exists is not known here.
 */

import { replaceName } from '../../../edits/edits.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Instance, Role, RoleEntry } from '../../../fleet/model/services.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import type { Fix } from '../../rule.ts';

/** A role of an instance that certainly exists. */
interface NamedRole {
  readonly instance: Instance;
  readonly role: Role;
}

/** A machine or a tag, with the place where a role names it. */
export interface Named extends NamedRole {
  readonly entry: RoleEntry;
  readonly at: Place;
}

/** Matches test files, which may have their own inventory for test machines. */
const OF_TESTS = /(^|\/)(tests?|checks?|fixtures?|templates?|examples?)(\/|\.nix$)/;

/** Returns whether the place is part of what is deployed, rather than of a test. */
export function isDeployed(at: Place): boolean {
  return !OF_TESTS.test(at.file);
}

/** Returns the instances that are not conditional. */
export function certainInstances(fleet: Fleet): Instance[] {
  return fleet.inventory.instances.filter(instance => !instance.conditional && instance.at.every(isDeployed));
}

/** Returns the machines or tags named by roles. A place shared by several roles is listed with the first. */
export function namedIn(fleet: Fleet, kind: 'machines' | 'tags'): Named[] {
  const byPlace = new Map<string, Named>();
  for (const instance of certainInstances(fleet))
    for (const role of instance.roles.values())
      for (const entry of role[kind]) {
        const { at } = entry;
        if (at === null || !isDeployed(at)) continue;
        const key = `${placeIdentity(at)}\0${entry.name}`;
        if (!byPlace.has(key)) byPlace.set(key, { instance, role, entry, at });
      }
  return [...byPlace.values()];
}

/** Returns the fix that replaces a name by the one that was probably meant. */
export function replacement(sources: Sources, at: Place, name: string, meant: string | null): Fix[] {
  const edit = meant === null ? null : replaceName(sources, at, name, meant);
  return edit === null
    ? []
    : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }];
}
