/**
 * Finds services with too many instances, and roles with too many or too few machines; clan generates nothing
 * in such a fleet. Pure; reports only what is certain.
 *
 * Source: clan-core d7c35d912, lib/inventory/distributed-service/service-module.nix (`result.cliChecks`).
 */

import { roleMembers } from '../../fleet/inventory/members.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Bounds, Instance } from '../../fleet/model/services.ts';
import { listed } from './plan-words.ts';

export interface Violation {
  /** The machines in the role or the instances; may be empty. */
  readonly machines: readonly string[];
  readonly message: string;
}

/**
 * Returns the violations of the workspace's own services only, because the limits of clan-core's services
 * differ between versions.
 */
export function violationsIn(fleet: Fleet): readonly Violation[] {
  return fleet.serviceModules.flatMap(module => {
    const isOnly = fleet.serviceModules.every(other => other === module || other.name !== module.name);
    const { constraints, complete } = module.roles();
    if (!isOnly || !complete) return [];
    const instances = fleet.inventory.instances.filter(
      instance =>
        !instance.conditional && instance.module.input === 'self' && instance.module.name === module.name,
    );
    return [
      ...instanceViolation(module.name, instances, constraints.maxInstances),
      ...instances.flatMap(instance =>
        [...constraints.machines].flatMap(([role, bounds]) =>
          roleViolation(fleet, module.name, instance, role, bounds),
        ),
      ),
    ];
  });
}

function instanceViolation(service: string, instances: readonly Instance[], max: number | null): Violation[] {
  if (max === null || instances.length <= max) return [];
  const names = listed(instances.map(instance => instance.name));
  return [
    {
      machines: [],
      message: `Service "${service}" may have ${amount(max, 'instance')} at most; there are ${instances.length}: ${names}.`,
    },
  ];
}

function roleViolation(
  { inventory }: Fleet,
  service: string,
  instance: Instance,
  name: string,
  { min, max }: Bounds,
): Violation[] {
  const role = instance.roles.get(name);
  const members = role === undefined ? (instance.complete ? [] : null) : roleMembers(inventory, role);
  if (members === null) return [];
  const tooMany = max !== null && members.length > max;
  const tooFew = min !== null && members.length < min;
  if (!tooMany && !tooFew) return [];
  const bound = tooMany
    ? `${amount(max, 'machine')} at most`
    : `${amount(min as number, 'machine')} at least`;
  const has = members.length === 0 ? 'none' : `${members.length}: ${listed(members)}`;
  return [
    {
      machines: members,
      message: `Role "${name}" of service "${service}" is for ${bound}; instance "${instance.name}" has ${has}.`,
    },
  ];
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
