/**
 * Determines which modules each machine is given: those at its declaration, and those that the services and the
 * `extraModules` of an inventory add. Determined again only if something that they follow from has changed.
 */

import { flakeInputs } from '../../flake/flake-inputs.ts';
import type { ArgumentLookup as Arguments } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, NixFiles, Origin } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { addToList, sameItems } from '../../std.ts';
import { certainMembers, possibleMembers } from '../inventory/members.ts';
import { lostFolders, meantMembers } from '../inventory/misspelt-names.ts';
import { EXTRA_MODULES, MACHINES } from '../inventory/model-values.ts';
import { applyServices, type ServiceMembers } from '../inventory/services.ts';
import type { RootModule } from '../machine-modules/machine-modules.ts';
import type { ModuleTable } from '../machine-modules/module-table.ts';
import type { DeclaredFleet } from './declared.ts';
import type { JoinedFleet } from './join-declared.ts';

/** State that is kept from one build to the next. */
export interface OwnershipCache {
  /** The modules that services add to machines, with the inputs they were computed from. */
  services: {
    readonly joined: JoinedFleet;
    readonly key: readonly unknown[];
    readonly members: ServiceMembers;
  } | null;
  assigned: AssignedModules | null;
  /** The modules with which the machines were followed last. */
  followed: AssignedModules | null;
}

/** The modules that machines get in other ways than from their folders, with the inputs they were computed from. */
export interface AssignedModules {
  readonly key: readonly unknown[];
  /** Modules at the machine's declaration; they precede those of the folder. */
  readonly declared: ReadonlyMap<string, readonly RootModule[]>;
  /** Modules from the inventory; they follow those of the folder. */
  readonly members: ReadonlyMap<string, readonly RootModule[]>;
  /** Machines that may get unknown modules. */
  readonly unclear: ReadonlySet<string>;
  /** Arguments that machines pass to their modules. */
  readonly args: ReadonlyMap<string, AttrsValue>;
  /** False if the inventory may add further modules. */
  readonly complete: boolean;
}

export function createOwnershipCache(): OwnershipCache {
  return { services: null, assigned: null, followed: null };
}

export interface AssignmentSources {
  readonly files: NixFiles;
  readonly declared: readonly DeclaredFleet[];
  readonly joined: JoinedFleet;
  readonly table: ModuleTable;
  readonly ownership: OwnershipCache;
  readonly givenTo: (file: string) => Arguments;
}

export function assignedModules(cx: Evaluation, sources: AssignmentSources): AssignedModules {
  const { joined, ownership } = sources;
  const services = servicesOf(cx, sources);
  const key = [joined, services, ...sources.declared];
  if (ownership.assigned !== null && sameItems(ownership.assigned.key, key)) return ownership.assigned;
  const declared = new Map<string, RootModule[]>();
  const members = new Map<string, RootModule[]>();
  const unclear = new Set([...services.open, ...lostFolders(joined.isClan ? joined.facts : [])]);
  const args = new Map<string, AttrsValue>();
  addDeclaredModules(sources, declared, unclear, args);
  for (const member of services.members) addToList(members, member.machine, member);
  const extra = addExtraModules(sources, members);
  ownership.assigned = { key, declared, members, unclear, args, complete: services.complete && extra };
  return ownership.assigned;
}

/** Adds the modules that are written where a machine is declared. */
function addDeclaredModules(
  sources: AssignmentSources,
  modules: Map<string, RootModule[]>,
  unclear: Set<string>,
  args: Map<string, AttrsValue>,
): void {
  const { isClan } = sources.joined;
  const factsOf = (fleet: DeclaredFleet) =>
    isClan ? fleet.machines : [...fleet.machines, ...fleet.homes.machines];
  const facts = sources.declared.flatMap(factsOf);
  const others = new Set(
    facts.filter(fact => fact.module !== undefined && !fact.isNode).map(fact => fact.name),
  );
  for (const fact of facts) {
    if (fact.module === undefined || (fact.isNode && others.has(fact.name))) continue;
    const at = fact.at === null ? null : originAt(sources.files, fact.at);
    const making = MACHINES.of(fact);
    if (making === null || at === null) unclear.add(fact.name);
    else {
      const { module, args: set } = making;
      const shared = sources.givenTo(at.file.path);
      const specialArgs: Arguments = argument =>
        (set === null ? null : certain(set, argument)?.value) ?? shared(argument);
      addToList(modules, fact.name, { facts: sources.table.of(module, at, specialArgs), certain: true });
      if (set !== null) args.set(fact.name, set);
    }
  }
}

/** Adds the modules that an inventory gives to the members of a role. Returns false if it may add unknown ones. */
function addExtraModules(sources: AssignmentSources, modules: Map<string, RootModule[]>): boolean {
  const { inventory } = sources.joined;
  let complete = true;
  for (const instance of inventory.instances)
    for (const role of instance.roles.values()) {
      if (role.extraModules === 0) continue;
      const at = role.at === null ? null : originAt(sources.files, role.at);
      const possible = possibleMembers(inventory, role);
      const others = [...(possible ?? []), ...meantMembers(inventory, role)];
      if (possible === null || at === null) complete = false;
      if (at === null) continue;
      for (const module of EXTRA_MODULES.of(role)) {
        const facts = sources.table.of(module, at, sources.givenTo(at.file.path));
        for (const machine of certainMembers(inventory, role))
          addToList(modules, machine, { facts, certain: !instance.conditional });
        for (const machine of others) addToList(modules, machine, { facts, certain: false });
      }
    }
  return complete;
}

function servicesOf(cx: Evaluation, sources: AssignmentSources): ServiceMembers {
  const { joined, ownership } = sources;
  const kept = ownership.services;
  const inputs = flakeInputs(sources.files);
  const written = inputs === null ? '' : [...inputs].join(' ');
  if (kept?.joined === joined && kept.key.at(-1) === written) return kept.members;
  const machines = joined.machines.map(
    machine => `${machine.name} ${machine.class} ${machine.tags.join(' ')}`,
  );
  const key = [...sources.declared, ...machines, written];
  if (kept !== null && sameItems(kept.key, key)) return kept.members;
  const file = joined.modules.find(module => module.at !== null)?.at?.file ?? 'flake.nix';
  const members = applyServices(cx, joined.inventory, {
    modules: joined.modules,
    inputs,
    specialArgs: sources.givenTo(file),
  });
  ownership.services = { joined, key, members };
  return members;
}

function originAt(files: NixFiles, { file: path, start, end }: Place): Origin | null {
  const file = files.parse(path);
  return file === null ? null : { file, start, end, call: null };
}
