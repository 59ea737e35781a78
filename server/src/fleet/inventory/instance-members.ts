/**
 * Determines the members of an instance of a service, and builds the arguments that the service's functions get for them:
 * `roles`, `settings` and `machine`.
 */
import { attr, attrs, attrsOf, list, string, unknown } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, Lazy } from '../../nix/eval/value.ts';
import type { Instance, Inventory, Role } from '../model/services.ts';
import { certainMembers, memberValues, roleMembers } from './members.ts';
import { meantMembers } from './misspelt-names.ts';
import { SETTINGS } from './model-values.ts';
import type { Service, ServiceRole } from './read-service.ts';
import { settingsValue } from './service-settings.ts';

/** An instance with the members of its roles. */
export interface InstanceMembers {
  readonly instance: Instance;
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Machines that misspelt names of members may stand for, by role. */
  readonly misspelt: ReadonlyMap<string, readonly string[]>;
  readonly complete: boolean;
  /** The argument `roles` of the service module. */
  readonly roles: Lazy;
}

/** Determines the members of an instance. */
export function instanceMembers(
  cx: Evaluation,
  inventory: Inventory,
  service: Service,
  instance: Instance,
): InstanceMembers {
  const members = new Map<string, readonly string[]>();
  const misspelt = new Map<string, readonly string[]>();
  const entries = new Map<string, Attr>();
  let complete = instance.complete;
  for (const role of instance.roles.values()) {
    const all = roleMembers(inventory, role);
    if (all === null) complete = false;
    const machines = all ?? certainMembers(inventory, role);
    members.set(role.name, machines);
    misspelt.set(
      role.name,
      meantMembers(inventory, role).filter(machine => !machines.includes(machine)),
    );
    entries.set(
      role.name,
      attr(roleValue(cx, { inventory, service, instance, role }, machines, all !== null), null),
    );
  }
  const roles = attrs(
    entries,
    null,
    instance.complete ? null : unknown('roles that are not known', `roles of ${instance.name}`, null),
  );
  return { instance, members, misspelt, complete, roles };
}

export function isMember({ members }: InstanceMembers, machine: string): boolean {
  return [...members.values()].some(machines => machines.includes(machine));
}

/** A role of an instance, with its service. */
interface InstanceRole {
  readonly inventory: Inventory;
  readonly service: Service;
  readonly instance: Instance;
  readonly role: Role;
}

/**
 * Builds the value of one role in the argument `roles`.
 * @param complete false if there may be further members
 */
function roleValue(cx: Evaluation, of: InstanceRole, machines: readonly string[], complete: boolean): Lazy {
  const { service, instance, role } = of;
  const serviceRole = service.roles.get(role.name);
  const what = `${instance.name}.${role.name}`;
  const entries = new Map<string, Attr>();
  for (const machine of machines) {
    const settings =
      serviceRole === undefined
        ? unknown('settings', `settings of ${what}.${machine}`, null)
        : settingsOf(cx, serviceRole, of, machine);
    entries.set(machine, attr(attrsOf({ settings }, null), null));
  }
  const all = attrs(
    entries,
    null,
    complete ? null : unknown('members of the role that are not known', `members of ${what}`, null),
  );
  const settings =
    serviceRole === undefined
      ? unknown('settings', `settings of ${what}`, null)
      : settingsValue(cx, serviceRole.settings, SETTINGS.of(role), what);
  return attrsOf({ machines: all, settings }, null);
}

/** Returns the settings of a member. */
export function settingsOf(
  cx: Evaluation,
  serviceRole: ServiceRole,
  { inventory, instance, role }: Omit<InstanceRole, 'service'>,
  machine: string,
): Lazy {
  const what = `${instance.name}.${role.name}.${machine}`;
  return settingsValue(cx, serviceRole.settings, memberValues(inventory, role, machine), what);
}

/** Returns the names of each machine's roles. */
export function rolesByMachine(instances: readonly InstanceMembers[]): Map<string, string[]> {
  const byMachine = new Map<string, string[]>();
  for (const { members } of instances)
    for (const [role, machines] of members)
      for (const machine of machines) {
        const roles = byMachine.get(machine);
        if (roles === undefined) byMachine.set(machine, [role]);
        else if (!roles.includes(role)) roles.push(role);
      }
  return byMachine;
}

/** Builds the argument `machine`. */
export function machineValue(machine: string, roles: readonly string[]): Lazy {
  const names = list(
    [...roles].sort().map(role => string(role, null)),
    null,
  );
  return attrsOf({ name: string(machine, null), roles: names }, null);
}
