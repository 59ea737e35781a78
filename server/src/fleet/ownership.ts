/**
 * Which machine has which generators: the modules that each machine begins with, from all sources, followed to
 * their end.
 */
import type { Evaluation } from '../nix/evaluation.ts';
import type { NixFiles, Origin } from '../nix/value.ts';
import type { DeclaredFleet } from './declared.ts';
import type { JoinedFleet } from './join-declared.ts';
import { clanFilesOf } from './machine-facts.ts';
import { generatorsOf, type MachineGenerators, type RootModule } from './machine-modules.ts';
import { certainMembers, roleMembers } from './members.ts';
import type { Place } from './model.ts';
import type { ModuleTable } from './module-table.ts';
import type { Given } from './modules.ts';
import { applyServices, type ServiceMembers } from './services.ts';

/** What services give to machines, kept while nothing that was read for it has changed. */
export interface ServiceCache {
  key: readonly unknown[];
  members: ServiceMembers | null;
}

export interface Ownership {
  readonly files: NixFiles;
  readonly declared: readonly DeclaredFleet[];
  readonly joined: JoinedFleet;
  readonly table: ModuleTable;
  readonly services: ServiceCache;
  readonly givenTo: (file: string) => Given;
}

/** The generators of every machine. */
export function machineGenerators(cx: Evaluation, own: Ownership): Map<string, MachineGenerators> {
  const { joined, table } = own;
  const roots = new Map<string, RootModule[]>();
  const unclear = new Set<string>();
  for (const machine of joined.machines) roots.set(machine.name, []);

  for (const one of own.declared)
    for (const fact of one.machines) {
      if (fact.module === undefined) continue;
      const at = fact.at === null ? null : originAt(own.files, fact.at);
      if (fact.module === null || at === null) unclear.add(fact.name);
      else
        roots
          .get(fact.name)
          ?.push({ facts: table.of(fact.module, at, own.givenTo(at.file.path)), certain: true });
    }
  if (joined.isClan)
    for (const { name } of joined.machines)
      for (const path of clanFilesOf(own.files, name)) {
        const facts = table.file(path);
        if (facts === null) unclear.add(name);
        else roots.get(name)?.push({ facts, certain: true });
      }
  const services = servicesOf(cx, own);
  for (const member of services.members) roots.get(member.machine)?.push(member);
  const extra = addExtraModules(own, roots);

  const found = new Map<string, MachineGenerators>();
  for (const machine of joined.machines) {
    const own = roots.get(machine.name) ?? [];
    const read = generatorsOf(own, table);
    // In a clan, a machine may be nothing but what services make of it.
    const isKnown = own.length > 0 || joined.isClan;
    const complete = isKnown && read.complete && services.complete && extra && !unclear.has(machine.name);
    found.set(machine.name, { ...read, complete });
  }
  return found;
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
  const { joined, services } = own;
  const machines = joined.machines.map(one => `${one.name} ${one.class} ${one.tags.join(' ')}`);
  const key = [...own.declared, ...machines];
  if (services.members !== null && sameItems(key, services.key)) return services.members;
  const file = joined.modules.find(module => module.at !== null)?.at?.file ?? 'flake.nix';
  const members = applyServices(cx, joined.inventory, joined.modules, own.givenTo(file));
  services.key = key;
  services.members = members;
  return members;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function originAt(files: NixFiles, { file: path, start, end }: Place): Origin | null {
  const file = files.parse(path);
  return file === null ? null : { file, start, end, call: null };
}
