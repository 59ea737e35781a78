/**
 * What the roles of an inventory's instances name, each place once: rules say what is wrong with a name. Knows
 * nothing of what there is.
 */

import { replaceName } from '../../../edits/edits.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Instance, Role, RoleEntry } from '../../../fleet/model/services.ts';
import type { Place } from '../../../nix/places.ts';
import { placeKey } from '../../../nix/places.ts';
import type { Fix } from '../../rule.ts';

/** A role of an instance that is certainly there. */
export interface NamedRole {
  readonly instance: Instance;
  readonly role: Role;
}

/** A machine or a tag with the place where a role names it. */
export interface Named extends NamedRole {
  readonly entry: RoleEntry;
  readonly at: Place;
}

/** A test may have an inventory of its own, of machines that the test makes. */
const OF_TESTS = /(^|\/)(tests?|checks?|fixtures?|templates?|examples?)(\/|\.nix$)/;

/** Returns whether it is written in what is deployed, rather than in a test. */
export function isDeployed(at: Place): boolean {
  return !OF_TESTS.test(at.file);
}

/** Returns instances that are not under a condition. */
export function certainInstances(fleet: Fleet): Instance[] {
  return fleet.inventory.instances.filter(instance => !instance.conditional && instance.at.every(isDeployed));
}

/**
 * Returns the machines, or the tags, that roles name. A place that several roles share is listed with the first of
 * them.
 */
export function namedIn(fleet: Fleet, kind: 'machines' | 'tags'): Named[] {
  const found = new Map<string, Named>();
  for (const instance of certainInstances(fleet))
    for (const role of instance.roles.values())
      for (const entry of role[kind]) {
        const { at } = entry;
        if (at === null || !isDeployed(at)) continue;
        const key = `${placeKey(at)}\0${entry.name}`;
        if (!found.has(key)) found.set(key, { instance, role, entry, at });
      }
  return [...found.values()];
}

/** Puts the name that was perhaps meant in the place of another. */
export function replacement(sources: Sources, at: Place, name: string, meant: string | null): Fix[] {
  const edit = meant === null ? null : replaceName(sources, at, name, meant);
  return edit === null
    ? []
    : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }];
}
