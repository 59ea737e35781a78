/**
 * Determines the members of an instance of a service, and builds the arguments that the service's functions get for them:
 * `roles`, `settings` and `machine`.
 */
import { attr, attrs, attrsOf, list, string, unknown, withCandidates } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, Lazy, Spread } from '../../nix/eval/value.ts';
import type { Instance, Inventory, Role } from '../model/services.ts';
import { certainMembers, memberValues, possibleMembers } from './members.ts';
import { meantMembers } from './misspelt-names.ts';
import { SETTINGS } from './model-values.ts';
import type { Service, ServiceRole } from './read-service.ts';
import { settingsValue } from './service-settings.ts';

/** An instance with the members of its roles. */
export interface InstanceMembers {
  readonly instance: Instance;
  readonly members: ReadonlyMap<string, readonly string[]>;
  /**
   * Machines that may be members, by role: those that an unknown part may name, and those that misspelt names may stand for.
   */
  readonly possible: ReadonlyMap<string, readonly string[]>;
  /** Roles of which any machine may be a member. */
  readonly openRoles: readonly string[];
  /** False if machines that are not listed may be members, too. */
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
  const possible = new Map<string, readonly string[]>();
  const openRoles: string[] = [];
  const entries = new Map<string, Attr>();
  for (const role of instance.roles.values()) {
    const others = possibleMembers(inventory, role);
    if (others === null) openRoles.push(role.name);
    const machines = certainMembers(inventory, role);
    members.set(role.name, machines);
    possible.set(
      role.name,
      [...new Set([...(others ?? []), ...meantMembers(inventory, role)])].filter(
        machine => !machines.includes(machine),
      ),
    );
    entries.set(
      role.name,
      attr(roleValue(cx, { inventory, service, instance, role }, machines, others?.length === 0), null),
    );
  }
  const roles = attrs(
    entries,
    null,
    instance.complete ? null : unknown('roles that are not known', `roles of ${instance.name}`, null),
  );
  const complete = instance.complete && openRoles.length === 0;
  return { instance, members, possible, openRoles, complete, roles };
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

/** The roles of a machine. */
interface MachineRoles {
  readonly certain: ReadonlySet<string>;
  /** Roles that it may have, too; they may be among the certain ones. */
  readonly possible: ReadonlySet<string>;
}

export const NO_ROLES: MachineRoles = { certain: new Set(), possible: new Set() };

/** Returns the names of the roles of each machine that is a member, or may be one. */
export function rolesByMachine(instances: readonly InstanceMembers[]): ReadonlyMap<string, MachineRoles> {
  const byMachine = new Map<string, { certain: Set<string>; possible: Set<string> }>();
  const open = instances.flatMap(({ openRoles }) => openRoles);
  const rolesOf = (machine: string) => {
    let roles = byMachine.get(machine);
    if (roles === undefined) {
      roles = { certain: new Set(), possible: new Set(open) };
      byMachine.set(machine, roles);
    }
    return roles;
  };
  for (const { members, possible } of instances) {
    for (const [role, machines] of members) for (const name of machines) rolesOf(name).certain.add(role);
    for (const [role, machines] of possible) for (const name of machines) rolesOf(name).possible.add(role);
  }
  return byMachine;
}

/** Builds the argument `machine`. */
export function machineValue(machine: string, { certain, possible }: MachineRoles): Lazy {
  const named = (names: Iterable<string>) => [...names].sort().map(role => string(role, null));
  const others = [...possible].filter(role => !certain.has(role));
  const unclear = unknown('roles that are not known', `roles of ${machine}: ${others.join(' ')}`, null);
  const spread: Spread = {
    kind: 'spread',
    of: withCandidates(unclear, [list(named(others), null)], true),
  };
  const all = list([...named(certain), ...(others.length === 0 ? [] : [spread])], null);
  return attrsOf({ name: string(machine, null), roles: all }, null);
}
