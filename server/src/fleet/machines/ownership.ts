/**
 * Determines which machine has which generators: follows the imports of the modules that each machine is given. The
 * modules of a machine are followed again only if something that they were found by has changed.
 */

import { type Database, query, unsettledAmong } from '../../query/database.ts';
import { mapOfAll } from '../../query/groups.ts';
import type { Steps } from '../../query/steps.ts';
import { sameItems } from '../../std.ts';
import type { ModuleContext } from '../machine-modules/contexts.ts';
import { fileModule } from '../machine-modules/file-modules.ts';
import type { MachineSetting } from '../machine-modules/fixpoint.ts';
import { type FollowedModules, followModules, type RootModule } from '../machine-modules/machine-modules.ts';
import { MACHINE_NAME, PACKAGES } from '../machine-modules/machine-options.ts';
import type { Machine } from '../model/base.ts';
import type { MachineGenerators } from '../model/machines.ts';
import { ASSIGNED_MODULES } from './assigned-modules.ts';
import { JOINED_FLEET } from './joined-fleet.ts';
import { importedByClan } from './machine-folders.ts';

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

/** Follows the modules of all machines in steps. */
export function* followingMachines(database: Database): Steps<void> {
  for (const name of unsettledAmong(database, CONTENTS, MACHINE_NAMES(database, null))) {
    CONTENTS(database, name);
    yield;
  }
}

/** The names of all machines. */
export const MACHINE_NAMES = query<null, readonly string[]>(
  'names of machines',
  database => JOINED_FLEET(database, null).machines.map(({ name }) => name),
  { equals: sameItems },
);

const MACHINES = query<null, ReadonlyMap<string, Machine>>(
  'machines by name',
  database => new Map(JOINED_FLEET(database, null).machines.map(machine => [machine.name, machine])),
);

/** The start from which the modules of a machine are followed; null for a machine that does not exist. */
const START = query<string, Start | null>(
  'machine',
  (database, name) => {
    const machine = MACHINES(database, null).get(name);
    if (machine === undefined) return null;
    const { declared, members, unclear, args, complete } = ASSIGNED_MODULES(database, null);
    const { isClan, directory } = JOINED_FLEET(database, null);
    return {
      machine,
      isClan,
      hasArguments: args.has(name),
      declared: declared.get(name) ?? NO_ROOTS,
      clanFiles: isClan ? importedByClan(database, name, directory ?? '') : NO_FILES,
      members: members.get(name) ?? NO_ROOTS,
      complete: complete && !unclear.has(name),
    };
  },
  { equals: areSameStarts },
);

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
