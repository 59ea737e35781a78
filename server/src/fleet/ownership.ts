/**
 * Which machine has which generators: the modules that each machine begins with, from all sources, followed to
 * their end.
 */
import type { Evaluation } from '../nix/evaluation.ts';
import type { NixFiles, Origin } from '../nix/value.ts';
import type { DeclaredFleet } from './declared.ts';
import type { JoinedFleet } from './join-declared.ts';
import type { MachineFolders } from './machine-folders.ts';
import {
  type FollowedModules,
  followModules,
  isCurrent,
  type MachineGenerators,
  type RootModule,
} from './machine-modules.ts';
import { certainMembers, roleMembers } from './members.ts';
import type { Place } from './model.ts';
import type { ModuleTable } from './module-table.ts';
import type { Given } from './modules.ts';
import { sameItems } from './same.ts';
import { applyServices, type ServiceMembers } from './services.ts';

/** What is kept from one build to the next. */
export interface OwnershipCache {
  /** What services give to machines, and what that was read from. */
  services: {
    readonly joined: JoinedFleet;
    readonly key: readonly unknown[];
    readonly members: ServiceMembers;
  } | null;
  /** By machine. */
  machines: ReadonlyMap<string, KeptMachine>;
}

interface KeptMachine {
  readonly followed: FollowedModules;
  readonly own: MachineGenerators;
}

export function createOwnershipCache(): OwnershipCache {
  return { services: null, machines: new Map() };
}

export interface Ownership {
  readonly files: NixFiles;
  readonly declared: readonly DeclaredFleet[];
  readonly joined: JoinedFleet;
  readonly table: ModuleTable;
  readonly folders: MachineFolders;
  readonly ownership: OwnershipCache;
  readonly givenTo: (file: string) => Given;
}

/** The generators of every machine. Those of a machine are the same object for as long as its modules stand. */
export function machineGenerators(cx: Evaluation, own: Ownership): Map<string, MachineGenerators> {
  const { joined, table, ownership } = own;
  const roots = new Map<string, RootModule[]>();
  const unclear = new Set<string>();
  for (const machine of joined.machines) roots.set(machine.name, []);
  addDeclaredModules(own, roots, unclear);
  if (joined.isClan) addClanModules(own, roots, unclear);
  const services = servicesOf(cx, own);
  for (const member of services.members) roots.get(member.machine)?.push(member);
  const extra = addExtraModules(own, roots);

  const found = new Map<string, MachineGenerators>();
  const kept = new Map<string, KeptMachine>();
  for (const { name } of joined.machines) {
    const modules = roots.get(name) ?? [];
    // In a clan, a machine may be nothing but what services make of it.
    const isKnown = modules.length > 0 || joined.isClan;
    const machine = follow(ownership.machines.get(name), modules, table, {
      complete: isKnown && services.complete && extra && !unclear.has(name),
    });
    found.set(name, machine.own);
    kept.set(name, machine);
  }
  ownership.machines = kept;
  return found;
}

function follow(
  before: KeptMachine | undefined,
  modules: readonly RootModule[],
  table: ModuleTable,
  otherwise: { readonly complete: boolean },
): KeptMachine {
  const isKept = before !== undefined && isCurrent(before.followed, modules, table);
  const followed = isKept ? before.followed : followModules(modules, table);
  const complete = followed.own.complete && otherwise.complete;
  if (isKept && before.own.complete === complete) return before;
  return { followed, own: complete === followed.own.complete ? followed.own : { ...followed.own, complete } };
}

/** Modules that stand where the machine is declared. */
function addDeclaredModules(own: Ownership, roots: Map<string, RootModule[]>, unclear: Set<string>): void {
  for (const one of own.declared)
    for (const fact of one.machines) {
      if (fact.module === undefined) continue;
      const at = fact.at === null ? null : originAt(own.files, fact.at);
      if (fact.module === null || at === null) unclear.add(fact.name);
      else
        roots
          .get(fact.name)
          ?.push({ facts: own.table.of(fact.module, at, own.givenTo(at.file.path)), certain: true });
    }
}

/** Files of the machine's folder that clan imports. */
function addClanModules(own: Ownership, roots: Map<string, RootModule[]>, unclear: Set<string>): void {
  for (const { name } of own.joined.machines)
    for (const path of own.folders.clanFiles(name)) {
      const facts = own.table.file(path);
      if (facts === null) unclear.add(name);
      else roots.get(name)?.push({ facts, certain: true });
    }
}

/** Modules that an inventory adds to the members of a role. False if it may add more than is known. */
function addExtraModules(own: Ownership, roots: Map<string, RootModule[]>): boolean {
  const { inventory } = own.joined;
  let complete = true;
  for (const instance of inventory.instances)
    for (const role of instance.roles.values()) {
      if (role.extraModules.length === 0) continue;
      const at = role.at === null ? null : originAt(own.files, role.at);
      const all = roleMembers(inventory, role);
      if (all === null || at === null) complete = false;
      if (at === null) continue;
      for (const module of role.extraModules) {
        const facts = own.table.of(module, at, own.givenTo(at.file.path));
        for (const machine of all ?? certainMembers(inventory, role))
          roots.get(machine)?.push({ facts, certain: !instance.conditional });
      }
    }
  return complete;
}

function servicesOf(cx: Evaluation, own: Ownership): ServiceMembers {
  const { joined, ownership } = own;
  const kept = ownership.services;
  if (kept?.joined === joined) return kept.members;
  const machines = joined.machines.map(one => `${one.name} ${one.class} ${one.tags.join(' ')}`);
  const key = [...own.declared, ...machines];
  if (kept !== null && sameItems(kept.key, key)) return kept.members;
  const file = joined.modules.find(module => module.at !== null)?.at?.file ?? 'flake.nix';
  const members = applyServices(cx, joined.inventory, joined.modules, own.givenTo(file));
  ownership.services = { joined, key, members };
  return members;
}

function originAt(files: NixFiles, { file: path, start, end }: Place): Origin | null {
  const file = files.parse(path);
  return file === null ? null : { file, start, end, call: null };
}
