/**
 * Applies service modules of the workspace to the instances of its inventory: each member of a role gets the module
 * that `perInstance` and `perMachine` return for the instance's real name, settings and members.
 */

import { moduleSets, optionSets } from '../../modules/clan-modules.ts';
import { type ArgumentLookup, configOf } from '../../modules/modules.ts';
import { certain, definitionsOf, unwrap } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { attr, attrs, attrsOf, list, string, unknown } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { type ModuleFacts, readModule } from '../machine-modules/module-facts.ts';
import type { Instance, Inventory, Role, ServiceModule } from '../model/services.ts';
import { isOfClanCore } from './inventory.ts';
import { certainMembers, memberValues, roleMembers } from './members.ts';
import { meantMembers } from './misspelt-names.ts';
import { SERVICE_MODULES, SETTINGS } from './model-values.ts';
import { serviceArguments, unknownsOf } from './service-arguments.ts';
import { type Interface, readInterface, settingsValue } from './service-settings.ts';

/** A module that a service adds to a machine. */
interface ServiceMember {
  readonly machine: string;
  readonly facts: ModuleFacts;
  readonly certain: boolean;
}

export interface ServiceMembers {
  readonly members: readonly ServiceMember[];
  /** Machines that may get further modules, from unknown services or roles. */
  readonly open: ReadonlySet<string>;
  /** False if there may be members, or instances, that are not listed. */
  readonly complete: boolean;
}

/** The evaluation steps allowed for one machine in one role. */
const STEPS = 200_000;

/** The parts of a service module. */
interface Service {
  readonly roles: ReadonlyMap<string, ServiceRole>;
  readonly perMachine: Lazy | null;
  readonly origin: Origin;
  readonly complete: boolean;
}

interface ServiceRole {
  readonly perInstance: Lazy | null;
  readonly settings: Interface;
}

/** The environment in which services are applied. */
export interface ServiceSetting {
  /** The service modules of the workspace. */
  readonly modules: readonly ServiceModule[];
  /** The inputs of the flake; null if unknown. */
  readonly inputs: ReadonlySet<string> | null;
  readonly specialArgs: ArgumentLookup;
}

/** Applies all services of the workspace, and collects the modules of their members. */
export function applyServices(
  cx: Evaluation,
  inventory: Inventory,
  { modules, inputs, specialArgs }: ServiceSetting,
): ServiceMembers {
  const members: ServiceMember[] = [];
  const open = new Set<string>();
  let complete = inventory.complete;
  const leaveOpen = (instance: Instance) => {
    if (!instance.complete) complete = false;
    for (const role of instance.roles.values()) {
      const machines = roleMembers(inventory, role);
      if (machines === null) complete = false;
      for (const machine of [...(machines ?? []), ...meantMembers(inventory, role)]) open.add(machine);
    }
  };
  const byModule = new Map<string, { service: Service; instances: Instance[] }>();
  for (const instance of inventory.instances) {
    if (instance.module.input !== 'self') {
      if (isOfClanCore(instance) === null || isOfNoInput(instance, inputs)) leaveOpen(instance);
      continue;
    }
    const name = instance.module.name;
    const entry = name === null ? undefined : byModule.get(name);
    if (entry !== undefined) {
      entry.instances.push(instance);
      continue;
    }
    const service =
      name === null
        ? null
        : withBudget(cx, STEPS, () =>
            readService(
              cx,
              modules.filter(module => module.name === name),
              specialArgs,
            ),
          );
    if (name === null || service === null || service instanceof BudgetExceeded) leaveOpen(instance);
    else {
      if (!service.complete) complete = false;
      byModule.set(name, { service, instances: [instance] });
    }
  }
  for (const { service, instances } of byModule.values()) {
    const run = runService(cx, inventory, service, instances, specialArgs);
    members.push(...run.members);
    for (const machine of run.open) open.add(machine);
    if (!run.complete) complete = false;
  }
  return { members, open, complete };
}

/** Returns whether the flake lacks the instance's input, so that its service is unknown. */
function isOfNoInput({ module: { input } }: Instance, inputs: ReadonlySet<string> | null): boolean {
  return input !== null && inputs !== null && !inputs.has(input);
}

function readService(
  cx: Evaluation,
  modules: readonly ServiceModule[],
  specialArgs: ArgumentLookup,
): Service | null {
  const roles = new Map<string, ServiceRole>();
  let perMachine: Lazy | null = null;
  let origin: Origin | null = null;
  let complete = true;
  for (const module of modules) {
    const value = SERVICE_MODULES.of(module);
    if (value === null) continue;
    const { sets, gap } = moduleSets(cx, value, specialArgs);
    if (gap !== null) complete = false;
    for (const { set, conditional } of sets) {
      origin ??= set.origin;
      if (conditional) complete = false;
      perMachine = certain(set, 'perMachine')?.value ?? perMachine;
      for (const definition of optionSets(cx, set, 'roles').definitions)
        for (const [name, entry] of definition.set.entries) {
          const role = cx.force(entry.value);
          if (role.kind !== 'attrs') complete = false;
          else roles.set(name, readRole(cx, role, roles.get(name), specialArgs));
        }
    }
  }
  return origin === null ? null : { roles, perMachine, origin, complete };
}

function readRole(
  cx: Evaluation,
  role: AttrsValue,
  before: ServiceRole | undefined,
  specialArgs: ArgumentLookup,
): ServiceRole {
  const declared = certain(role, 'interface')?.value ?? null;
  return {
    perInstance: certain(role, 'perInstance')?.value ?? before?.perInstance ?? null,
    settings:
      declared === null && before !== undefined ? before.settings : readInterface(cx, declared, specialArgs),
  };
}

/** An instance with the members of its roles. */
interface Run {
  readonly instance: Instance;
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Machines that misspelt names of members may stand for, by role. */
  readonly meant: ReadonlyMap<string, readonly string[]>;
  readonly complete: boolean;
  /** The argument `roles` of the service module. */
  readonly roles: Lazy;
}

function runService(
  cx: Evaluation,
  inventory: Inventory,
  service: Service,
  instances: readonly Instance[],
  specialArgs: ArgumentLookup,
): ServiceMembers {
  const members: ServiceMember[] = [];
  const open = new Set<string>();
  let complete = true;
  const runs = instances.map(instance => runOf(cx, inventory, service, instance));
  const rolesOf = rolesByMachine(runs);
  const machineArgument = (machine: string): Lazy => machineValue(machine, rolesOf.get(machine) ?? []);

  function note(
    machine: string,
    module: Lazy | null,
    args: () => Readonly<Record<string, Lazy>>,
    sure: boolean,
  ) {
    if (module === null) return;
    const facts = withBudget(cx, STEPS, () => {
      const fn = unwrap(cx, module).value;
      const values = args();
      const result =
        fn.kind === 'lambda' ? cx.apply(fn, serviceArguments(fn, values, specialArgs), null) : fn;
      if (result.kind !== 'attrs') return null;
      return machineModules(cx, inventory, { machine, specialArgs, origin: service.origin }, result);
    });
    if (facts === null || facts instanceof BudgetExceeded) complete = false;
    else members.push(...facts.map(fact => ({ machine, facts: fact.facts, certain: sure && fact.certain })));
  }

  for (const run of runs) {
    const { instance } = run;
    if (!run.complete || instance.conditional) complete = false;
    for (const [name, machines] of run.members) {
      const role = instance.roles.get(name);
      const serviceRole = service.roles.get(name);
      // The service has no role of this name, so it is unknown which one is meant.
      if (serviceRole === undefined) for (const machine of machines) open.add(machine);
      if (role === undefined || serviceRole === undefined) continue;
      const meant = run.meant.get(name) ?? [];
      for (const machine of [...machines, ...meant]) {
        const args = () => ({
          instanceName: string(instance.name, service.origin),
          settings: settingsOf(cx, serviceRole, { inventory, instance, role }, machine),
          machine: machineArgument(machine),
          roles: run.roles,
          ...unknownsOf(`${instance.name}.${name}.${machine}`),
        });
        note(machine, serviceRole.perInstance, args, !instance.conditional && !meant.includes(machine));
      }
    }
  }
  if (service.perMachine === null) return { members, open, complete };
  const all = attrs(
    new Map(runs.map(run => [run.instance.name, attr(attrsOf({ roles: run.roles }, null), null)])),
    null,
    inventory.complete ? null : unknown('instances that are not known', 'instances', null),
  );
  for (const machine of [...rolesOf.keys()].sort()) {
    const args = () => ({ instances: all, machine: machineArgument(machine), ...unknownsOf(machine) });
    note(
      machine,
      service.perMachine,
      args,
      runs.some(run => !run.instance.conditional && has(run, machine)),
    );
  }
  return { members, open, complete };
}

function has(run: Run, machine: string): boolean {
  return [...run.members.values()].some(machines => machines.includes(machine));
}

function runOf(cx: Evaluation, inventory: Inventory, service: Service, instance: Instance): Run {
  const members = new Map<string, readonly string[]>();
  const meant = new Map<string, readonly string[]>();
  const entries = new Map<string, Attr>();
  let complete = instance.complete;
  for (const role of instance.roles.values()) {
    const all = roleMembers(inventory, role);
    if (all === null) complete = false;
    const machines = all ?? certainMembers(inventory, role);
    members.set(role.name, machines);
    meant.set(
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
  return { instance, members, meant, complete, roles };
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

function settingsOf(
  cx: Evaluation,
  serviceRole: ServiceRole,
  { inventory, instance, role }: Omit<InstanceRole, 'service'>,
  machine: string,
): Lazy {
  const what = `${instance.name}.${role.name}.${machine}`;
  return settingsValue(cx, serviceRole.settings, memberValues(inventory, role, machine), what);
}

function rolesByMachine(runs: readonly Run[]): Map<string, string[]> {
  const byMachine = new Map<string, string[]>();
  for (const run of runs)
    for (const [role, machines] of run.members)
      for (const machine of machines) {
        const roles = byMachine.get(machine);
        if (roles === undefined) byMachine.set(machine, [role]);
        else if (!roles.includes(role)) roles.push(role);
      }
  return byMachine;
}

function machineValue(machine: string, roles: readonly string[]): Lazy {
  const names = list(
    [...roles].sort().map(role => string(role, null)),
    null,
  );
  return attrsOf({ name: string(machine, null), roles: names }, null);
}

/** Reads `nixosModule` or `darwinModule`, by the machine's class, from what a service returns. */
function machineModules(
  cx: Evaluation,
  inventory: Inventory,
  {
    machine,
    specialArgs,
    origin,
  }: { readonly machine: string; readonly specialArgs: ArgumentLookup; readonly origin: Origin },
  result: Value,
): { readonly facts: ModuleFacts; readonly certain: boolean }[] {
  const kind = inventory.machine(machine)?.class ?? null;
  const givenThere: ArgumentLookup = name => (name === 'config' ? configOf(machine) : specialArgs(name));
  const names = kind === null ? ['nixosModule', 'darwinModule'] : [`${kind}Module`];
  return definitionsOf(cx, result).flatMap(({ value, conditional }) => {
    if (value.kind !== 'attrs') return [];
    return names.flatMap(name => {
      const entry = value.entries.get(name);
      if (entry === undefined) return [];
      const facts = readModule(cx, entry.value, givenThere, entry.at ?? origin);
      return [{ facts, certain: !conditional && !entry.optional && kind !== null }];
    });
  });
}
