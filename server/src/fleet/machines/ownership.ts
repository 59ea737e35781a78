/**
 * Determines which machine has which generators: collects the modules that each machine starts from, from all sources,
 * and follows their imports. The modules of a machine are followed again only if something that they were found by has
 * changed.
 */

import { flakeInputs } from '../../flake/flake-inputs.ts';
import type { ArgumentLookup as Arguments } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, NixFiles, Origin } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { type Database, input, query, set } from '../../query/database.ts';
import { mapOfAll } from '../../query/groups.ts';
import type { Steps } from '../../query/steps.ts';
import { addToList, sameItems } from '../../std.ts';
import { certainMembers, possibleMembers } from '../inventory/members.ts';
import { lostFolders, meantMembers } from '../inventory/misspelt-names.ts';
import { EXTRA_MODULES, MACHINES } from '../inventory/model-values.ts';
import { applyServices, type ServiceMembers } from '../inventory/services.ts';
import type { ModuleContext } from '../machine-modules/contexts.ts';
import { fileModule } from '../machine-modules/file-modules.ts';
import type { MachineSetting } from '../machine-modules/fixpoint.ts';
import { type FollowedModules, followModules, type RootModule } from '../machine-modules/machine-modules.ts';
import { MACHINE_NAME, PACKAGES } from '../machine-modules/machine-options.ts';
import type { ModuleTable } from '../machine-modules/module-table.ts';
import type { Machine } from '../model/base.ts';
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
  /** The modules with which the machines were followed last. */
  followed: AssignedModules | null;
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
  readonly args: ReadonlyMap<string, AttrsValue>;
  /** False if the inventory may add further modules. */
  readonly complete: boolean;
}

/** What the modules of a machine follow from. */
interface Start {
  readonly machine: Pick<Machine, 'name' | 'class' | 'system' | 'source'>;
  readonly isClan: boolean;
  /** True if the machine passes arguments of its own to its modules. */
  readonly hasArguments: boolean;
  /** The modules at its declaration, in its folder, and from the inventory. */
  readonly declared: readonly RootModule[];
  readonly clanFiles: readonly string[];
  readonly members: readonly RootModule[];
  /** False if it may get further modules. */
  readonly complete: boolean;
}

/** The modules of a machine, and its generators. */
export interface MachineContents {
  readonly followed: FollowedModules;
  /** The same object as long as it is equal. */
  readonly own: MachineGenerators;
}

export function createOwnershipCache(): OwnershipCache {
  return { services: null, assigned: null, followed: null };
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

/** Sets what the modules of each machine follow from. Called before anything is asked of machines. */
export function noteMachines(cx: Evaluation, sources: Ownership): void {
  const { joined, table, ownership } = sources;
  const { database } = table;
  const assigned = assignedModules(cx, sources);
  table.refresh(assigned.args);
  const names = joined.machines.map(({ name }) => name);
  for (const machine of joined.machines) {
    const clanFiles = clanFilesOf(sources, machine.name);
    const isSame = ownership.followed === assigned && START(database, machine.name)?.clanFiles === clanFiles;
    if (!isSame) set(database, START, machine.name, startOf(assigned, machine, clanFiles, joined.isClan));
  }
  ownership.followed = assigned;
  for (const name of MACHINE_NAMES(database, null))
    if (!names.includes(name)) set(database, START, name, null);
  set(database, MACHINE_NAMES, null, names);
}

/** Follows the modules of all machines in steps. */
export function* followingMachines(database: Database): Steps<void> {
  for (const name of MACHINE_NAMES(database, null)) {
    CONTENTS(database, name);
    yield;
  }
}

/** What the modules of each machine follow from; null for a machine that does not exist. */
const START = input<string, Start | null>('machine', () => null, { equals: areSameStarts });

/** The names of all machines. */
export const MACHINE_NAMES = input<null, readonly string[]>('names of machines', () => [], {
  equals: sameItems,
});

/** The modules of each machine, and its generators. */
const CONTENTS = query<string, MachineContents | null>('modules of machine', (database, name, before) => {
  const start = START(database, name);
  return start === null ? null : follow(database, start, before?.own);
});

/** The modules of all machines. */
export const MODULES = mapOfAll<FollowedModules>(
  MACHINE_NAMES,
  query('followed modules', (database, name) => contentsOf(database, name).followed),
);

/**
 * The generators of every machine, in the order of the machines. Those of a machine are the same object, and the map is
 * the same, as long as they are equal.
 */
export const GENERATORS_BY_MACHINE = mapOfAll<MachineGenerators>(
  MACHINE_NAMES,
  query('generators of machine', (database, name) => contentsOf(database, name).own),
);

/** Returns the modules of a machine that exists. */
export function contentsOf(database: Database, name: string): MachineContents {
  const contents = CONTENTS(database, name);
  if (contents === null) throw new Error(`There is no machine "${name}".`);
  return contents;
}

function areSameStarts(left: Start | null, right: Start | null): boolean {
  if (left === null || right === null) return left === right;
  return (
    left.machine.class === right.machine.class &&
    left.machine.system === right.machine.system &&
    left.machine.source === right.machine.source &&
    left.isClan === right.isClan &&
    left.hasArguments === right.hasArguments &&
    left.complete === right.complete &&
    left.clanFiles === right.clanFiles &&
    areSameRoots(left.declared, right.declared) &&
    areSameRoots(left.members, right.members)
  );
}

function areSameRoots(left: readonly RootModule[], right: readonly RootModule[]): boolean {
  return (
    left.length === right.length &&
    left.every(
      ({ facts, certain }, index) => facts === right[index]?.facts && certain === right[index]?.certain,
    )
  );
}

const NO_FILES: readonly string[] = [];
const NO_ROOTS: readonly RootModule[] = [];

function clanFilesOf({ joined, folders }: Ownership, name: string): readonly string[] {
  return joined.isClan ? folders.clanFiles(name, joined.directory ?? '') : NO_FILES;
}

function startOf(
  { declared, members, unclear, args, complete }: AssignedModules,
  machine: Machine,
  clanFiles: readonly string[],
  isClan: boolean,
): Start {
  const { name } = machine;
  return {
    machine,
    isClan,
    hasArguments: args.has(name),
    declared: declared.get(name) ?? NO_ROOTS,
    clanFiles,
    members: members.get(name) ?? NO_ROOTS,
    complete: complete && !unclear.has(name),
  };
}

function follow(
  database: Database,
  { machine, isClan, hasArguments, declared, clanFiles, members, complete: isStartKnown }: Start,
  before: MachineGenerators | undefined,
): MachineContents {
  const context: ModuleContext = { class: machine.class, machine: hasArguments ? machine.name : null };
  const roots: RootModule[] = [...declared];
  for (const path of clanFiles) {
    const facts = fileModule(database, path, context);
    if (facts !== null) roots.push({ facts, certain: true });
  }
  const areRead = roots.length === clanFiles.length + declared.length;
  roots.push(...members);
  // In a clan, a machine may consist only of modules from services.
  const complete = isStartKnown && areRead && (roots.length > 0 || isClan);
  const followed = followModules(database, roots, {
    complete,
    known: knownOf(isClan, machine),
    ...context,
  });
  const result = complete || !followed.own.complete ? followed.own : { ...followed.own, complete };
  return { followed, own: before !== undefined && areAlike(before, result) ? before : result };
}

/** Returns a lookup of options that clan-core sets on each of its machines. */
function knownOf(isClan: boolean, machine: Start['machine']): MachineSetting['known'] {
  const { name, source } = machine;
  const isOfClan = isClan && (source === 'inventory' || source === 'folder');
  return path => {
    if (path[0] === PACKAGES) return platformOf(machine, path.at(-1) ?? '');
    return isOfClan && NAMED.has(path.join('.')) ? name : undefined;
  };
}

/** Returns an attribute that `pkgs.stdenv.hostPlatform` certainly has on the machine; undefined if unknown. */
function platformOf({ class: kind, system }: Start['machine'], name: string): string | boolean | undefined {
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
  const args = new Map<string, AttrsValue>();
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
