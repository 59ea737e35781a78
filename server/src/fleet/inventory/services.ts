/**
 * Applies service modules of the workspace to the instances of its inventory: each member of a role gets the module
 * that `perInstance` and `perMachine` return for the instance's real name, settings and members.
 */
import { type ArgumentLookup, configOf } from '../../modules/modules.ts';
import { definitionsOf, unwrap } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { attr, attrs, attrsOf, string, unknown } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { type ModuleFacts, readModule } from '../machine-modules/read-module.ts';
import type { Instance, Inventory, ServiceModule } from '../model/services.ts';
import {
  instanceMembers,
  isMember,
  machineValue,
  NO_ROLES,
  rolesByMachine,
  settingsOf,
} from './instance-members.ts';
import { isOfClanCore } from './inventory.ts';
import { certainMembers, possibleMembers } from './members.ts';
import { meantMembers } from './misspelt-names.ts';
import { readService, type Service } from './read-service.ts';
import { serviceArguments, unknownsOf } from './service-arguments.ts';

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
      const others = possibleMembers(inventory, role);
      if (others === null) complete = false;
      for (const machine of certainMembers(inventory, role)) open.add(machine);
      for (const machine of [...(others ?? []), ...meantMembers(inventory, role)]) open.add(machine);
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
  const placed = instances.map(instance => instanceMembers(cx, inventory, service, instance));
  const rolesOf = rolesByMachine(placed);
  const machineArgument = (machine: string): Lazy => machineValue(machine, rolesOf.get(machine) ?? NO_ROLES);

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

  for (const { instance, members: byRole, possible: possibleByRole, roles, complete: isKnown } of placed) {
    if (!isKnown || instance.conditional) complete = false;
    for (const [name, machines] of byRole) {
      const role = instance.roles.get(name);
      const serviceRole = service.roles.get(name);
      // The service has no role of this name, so it is unknown which one is meant.
      if (serviceRole === undefined) for (const machine of machines) open.add(machine);
      if (role === undefined || serviceRole === undefined) continue;
      const possible = possibleByRole.get(name) ?? [];
      for (const machine of [...machines, ...possible]) {
        const args = () => ({
          instanceName: string(instance.name, service.origin),
          settings: settingsOf(cx, serviceRole, { inventory, instance, role }, machine),
          machine: machineArgument(machine),
          roles,
          ...unknownsOf(`${instance.name}.${name}.${machine}`),
        });
        note(machine, serviceRole.perInstance, args, !instance.conditional && !possible.includes(machine));
      }
    }
  }
  if (service.perMachine === null) return { members, open, complete };
  const all = attrs(
    new Map(placed.map(({ instance, roles }) => [instance.name, attr(attrsOf({ roles }, null), null)])),
    null,
    inventory.complete ? null : unknown('instances that are not known', 'instances', null),
  );
  for (const machine of [...rolesOf.keys()].sort()) {
    const args = () => ({ instances: all, machine: machineArgument(machine), ...unknownsOf(machine) });
    note(
      machine,
      service.perMachine,
      args,
      placed.some(entry => !entry.instance.conditional && isMember(entry, machine)),
    );
  }
  return { members, open, complete };
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
