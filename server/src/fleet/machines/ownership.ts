/**
 * Determines which machine has which generators: collects the modules that each machine starts from, from all sources,
 * and follows their imports.
 */

import { flakeInputs } from '../../flake/flake-inputs.ts';
import type { ArgumentLookup as Arguments } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { NixFiles, Origin } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { addToList, sameItems } from '../../std.ts';
import { certainMembers, possibleMembers } from '../inventory/members.ts';
import { lostFolders, meantMembers } from '../inventory/misspelt-names.ts';
import { EXTRA_MODULES, MACHINES } from '../inventory/model-values.ts';
import { applyServices, type ServiceMembers } from '../inventory/services.ts';
import type { ModuleContext } from '../machine-modules/contexts.ts';
import type { MachineSetting } from '../machine-modules/fixpoint.ts';
import {
  type FollowedModules,
  followModules,
  isCurrent,
  type RootModule,
} from '../machine-modules/machine-modules.ts';
import { MACHINE_NAME, PACKAGES } from '../machine-modules/machine-options.ts';
import type { ModuleTable } from '../machine-modules/module-table.ts';
import type { Machine, MachineClass } from '../model/base.ts';
import type { MachineGenerators } from '../model/machines.ts';
import type { DeclaredFleet } from './declared.ts';
import type { JoinedFleet } from './join-declared.ts';
import type { MachineFolders } from './machine-folders.ts';

/** State that is kept from one build to the next. */
export interface OwnershipCache {
  /** The modules that services add to machines, with the inputs they were computed from. */
  services: {
    readonly joined: JoinedFleet;
    readonly key: readonly unknown[];
    readonly members: ServiceMembers;
  } | null;
  assigned: AssignedModules | null;
  /** The results by machine. */
  machines: ReadonlyMap<string, KeptMachine>;
}

/** The modules that machines get in other ways than from their folders, with the inputs they were computed from. */
interface AssignedModules {
  readonly key: readonly unknown[];
  /** Modules at the machine's declaration; they precede those of the folder. */
  readonly declared: ReadonlyMap<string, readonly RootModule[]>;
  /** Modules from the inventory; they follow those of the folder. */
  readonly members: ReadonlyMap<string, readonly RootModule[]>;
  /** Machines that may get unknown modules. */
  readonly unclear: ReadonlySet<string>;
  /** Arguments that machines pass to their modules. */
  readonly args: ReadonlyMap<string, NonNullable<ModuleContext['args']>>;
  /** False if the inventory may add further modules. */
  readonly complete: boolean;
}

interface KeptMachine {
  readonly assigned: AssignedModules;
  readonly class: MachineClass | null;
  readonly args: ModuleContext['args'];
  readonly clanFiles: readonly string[];
  /** True if all of these files could be read. */
  readonly areRead: boolean;
  readonly followed: FollowedModules;
  readonly own: MachineGenerators;
}

export function createOwnershipCache(): OwnershipCache {
  return { services: null, assigned: null, machines: new Map() };
}

export interface Ownership {
  readonly files: NixFiles;
  readonly declared: readonly DeclaredFleet[];
  readonly joined: JoinedFleet;
  readonly table: ModuleTable;
  readonly folders: MachineFolders;
  readonly ownership: OwnershipCache;
  readonly givenTo: (file: string) => Arguments;
}

/**
 * Returns the generators of every machine. Those of a machine are the same object as long as its modules are valid.
 */
export function machineGenerators(cx: Evaluation, sources: Ownership): Map<string, MachineGenerators> {
  const { joined, table, ownership } = sources;
  const assigned = assignedModules(cx, sources);
  table.refresh();
  const generators = new Map<string, MachineGenerators>();
  const kept = new Map<string, KeptMachine>();
  for (const joinedMachine of joined.machines) {
    const machine = follow(sources, assigned, joinedMachine, ownership.machines.get(joinedMachine.name));
    generators.set(joinedMachine.name, machine.own);
    kept.set(joinedMachine.name, machine);
  }
  ownership.machines = kept;
  table.dropped.clear();
  return generators;
}

const NO_FILES: readonly string[] = [];

function follow(
  sources: Ownership,
  assigned: AssignedModules,
  machine: Machine,
  before: KeptMachine | undefined,
): KeptMachine {
  const { joined, table } = sources;
  const { name } = machine;
  const args = assigned.args.get(name) ?? null;
  const context: ModuleContext = { class: machine.class, args };
  const clanFiles = joined.isClan ? sources.folders.clanFiles(name, joined.directory ?? '') : NO_FILES;
  if (
    before?.assigned === assigned &&
    before.clanFiles === clanFiles &&
    before.areRead &&
    before.class === machine.class &&
    before.args === args &&
    isCurrent(before.followed, table.dropped, table, context)
  )
    return before;
  const roots: RootModule[] = [...(assigned.declared.get(name) ?? [])];
  for (const path of clanFiles) {
    const facts = table.file(path, context);
    if (facts !== null) roots.push({ facts, certain: true });
  }
  const areRead = roots.length === clanFiles.length + (assigned.declared.get(name)?.length ?? 0);
  roots.push(...(assigned.members.get(name) ?? []));
  // In a clan, a machine may consist only of modules from services.
  const isKnown = roots.length > 0 || joined.isClan;
  const complete = assigned.complete && !assigned.unclear.has(name) && areRead && isKnown;
  const followed = followModules(roots, table, {
    complete,
    known: knownOf(joined, machine),
    ...context,
  });
  const result = complete || !followed.own.complete ? followed.own : { ...followed.own, complete };
  const isSame = before !== undefined && areAlike(before.own, result);
  return { assigned, ...context, clanFiles, areRead, followed, own: isSame ? before.own : result };
}

/** Returns a lookup of options that clan-core sets on each of its machines. */
function knownOf({ isClan }: JoinedFleet, machine: Machine): MachineSetting['known'] {
  const { name, source } = machine;
  const isOfClan = isClan && (source === 'inventory' || source === 'folder');
  return path => {
    if (path[0] === PACKAGES) return platformOf(machine, path.at(-1) ?? '');
    return isOfClan && NAMED.has(path.join('.')) ? name : undefined;
  };
}

/** Returns an attribute that `pkgs.stdenv.hostPlatform` certainly has on the machine; undefined if unknown. */
function platformOf({ class: kind, system }: Machine, name: string): string | boolean | undefined {
  switch (name) {
    case 'isLinux':
      return kind === null ? undefined : kind === 'nixos';
    case 'isDarwin':
      return kind === null ? undefined : kind === 'darwin';
    case 'isx86_64':
    case 'isAarch64':
      return system?.startsWith(`${name.slice(2).toLowerCase()}-`);
    case 'system':
      return system ?? undefined;
    default:
      return undefined;
  }
}

/** Options that default to the machine's name. */
const NAMED = new Set([MACHINE_NAME.join('.'), 'networking.hostName']);

function areAlike(left: MachineGenerators, right: MachineGenerators): boolean {
  return (
    left.complete === right.complete &&
    left.isGivenAll === right.isGivenAll &&
    left.foreign === right.foreign &&
    sameItems(left.circular, right.circular) &&
    sameItems(left.strangers, right.strangers) &&
    left.gaps.length === 0 &&
    right.gaps.length === 0 &&
    sameItems(left.files, right.files) &&
    sameItems(left.possibleFiles, right.possibleFiles) &&
    sameItems(left.homeFiles, right.homeFiles) &&
    sameItems(left.certain, right.certain) &&
    sameItems(left.possible, right.possible)
  );
}

function assignedModules(cx: Evaluation, sources: Ownership): AssignedModules {
  const { joined, ownership } = sources;
  const services = servicesOf(cx, sources);
  const key = [joined, services, ...sources.declared];
  if (ownership.assigned !== null && sameItems(ownership.assigned.key, key)) return ownership.assigned;
  const declared = new Map<string, RootModule[]>();
  const members = new Map<string, RootModule[]>();
  const unclear = new Set([...services.open, ...lostFolders(joined.isClan ? joined.facts : [])]);
  const args = new Map<string, NonNullable<ModuleContext['args']>>();
  addDeclaredModules(sources, declared, unclear, args);
  for (const member of services.members) addToList(members, member.machine, member);
  const extra = addExtraModules(sources, members);
  ownership.assigned = { key, declared, members, unclear, args, complete: services.complete && extra };
  return ownership.assigned;
}

/** Adds the modules that are written where a machine is declared. */
function addDeclaredModules(
  sources: Ownership,
  modules: Map<string, RootModule[]>,
  unclear: Set<string>,
  args: Map<string, NonNullable<ModuleContext['args']>>,
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
      if (set !== null) args.set(fact.name, { machine: fact.name, set });
    }
  }
}

/** Adds the modules that an inventory gives to the members of a role. Returns false if it may add unknown ones. */
function addExtraModules(sources: Ownership, modules: Map<string, RootModule[]>): boolean {
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

function servicesOf(cx: Evaluation, sources: Ownership): ServiceMembers {
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
