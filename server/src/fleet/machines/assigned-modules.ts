/**
 * Determines which modules each machine is given: those at its declaration, and those that the services and the
 * `extraModules` of an inventory add. Determined again only if something that they follow from has changed.
 */

import { flakeInputs } from '../../flake/flake-inputs.ts';
import type { ArgumentLookup as Arguments } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import type { AttrsValue, NixFiles, Origin } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { isSameData } from '../../nix/same-data.ts';
import { type Database, input, query, set, untracked } from '../../query/database.ts';
import { settled } from '../../query/settled.ts';
import { finish } from '../../query/steps.ts';
import { addToList, sameItems } from '../../std.ts';
import { certainMembers, possibleMembers } from '../inventory/members.ts';
import { lostFolders, meantMembers } from '../inventory/misspelt-names.ts';
import { EXTRA_MODULES, MACHINES } from '../inventory/model-values.ts';
import { applyServices, type ServiceMembers } from '../inventory/services.ts';
import type { RootModule } from '../machine-modules/machine-modules.ts';
import { valueModule } from '../machine-modules/module-table.ts';
import { type TableState, tableOf } from '../machine-modules/table-state.ts';
import type { DeclaredFleet } from './declared.ts';
import type { JoinedFleet } from './join-declared.ts';
import { DECLARATIONS, JOINED_FLEET } from './joined-fleet.ts';

/** The modules that machines get in other ways than from their folders. */
export interface AssignedModules {
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

/** The names of the flake's inputs; null if they are unknown. */
const INPUTS = input<null, ReadonlySet<string> | null>(
  'inputs of the flake',
  database => flakeInputs(tableOf(database).files),
  { equals: isSameData },
);

/** The name, the class and the tags of each machine, which are all that services know of it. */
const MEMBERS = query<null, readonly string[]>(
  'possible members',
  database =>
    JOINED_FLEET(database, null).machines.map(
      machine => `${machine.name} ${machine.class} ${machine.tags.join(' ')}`,
    ),
  { equals: sameItems },
);

/** The modules that services add to machines. */
const SERVICES = query<null, ServiceMembers>('members of services', database => {
  DECLARATIONS(database, null);
  MEMBERS(database, null);
  // The inventory and the service modules follow from these two, as far as services can tell.
  const { inventory, modules } = untracked(database, () => JOINED_FLEET(database, null));
  const file = modules.find(module => module.at !== null)?.at?.file ?? 'flake.nix';
  const { cx, givenTo } = tableOf(database);
  return applyServices(cx, inventory, {
    modules,
    inputs: INPUTS(database, null),
    specialArgs: givenTo(file),
  });
});

const ASSIGNED = settled(query<null, AssignedModules>('assigned modules', assignedModules, { isKept: true }));

/** The modules that machines were last assigned. */
export const ASSIGNED_MODULES = ASSIGNED.answers;

/** Assigns modules to machines. Called after the fleet is joined, and modules are settled. */
export function assignModules(database: Database): AssignedModules {
  set(database, INPUTS, null, flakeInputs(tableOf(database).files));
  finish(ASSIGNED.settling(database));
  return ASSIGNED_MODULES(database, null);
}

function assignedModules(database: Database): AssignedModules {
  const joined = JOINED_FLEET(database, null);
  const services = SERVICES(database, null);
  const sources = { joined, declarations: DECLARATIONS(database, null), table: tableOf(database) };
  const declared = new Map<string, RootModule[]>();
  const members = new Map<string, RootModule[]>();
  const unclear = new Set([...services.open, ...lostFolders(joined.isClan ? joined.facts : [])]);
  const args = new Map<string, AttrsValue>();
  addDeclaredModules(sources, declared, unclear, args);
  for (const member of services.members) addToList(members, member.machine, member);
  const extra = addExtraModules(sources, members);
  return { declared, members, unclear, args, complete: services.complete && extra };
}

interface Sources {
  readonly joined: JoinedFleet;
  readonly declarations: readonly DeclaredFleet[];
  readonly table: TableState;
}

/** Adds the modules that are written where a machine is declared. */
function addDeclaredModules(
  { joined, declarations, table }: Sources,
  modules: Map<string, RootModule[]>,
  unclear: Set<string>,
  args: Map<string, AttrsValue>,
): void {
  const { isClan } = joined;
  const factsOf = (fleet: DeclaredFleet) =>
    isClan ? fleet.machines : [...fleet.machines, ...fleet.homes.machines];
  const facts = declarations.flatMap(factsOf);
  const others = new Set(
    facts.filter(fact => fact.module !== undefined && !fact.isNode).map(fact => fact.name),
  );
  for (const fact of facts) {
    if (fact.module === undefined || (fact.isNode && others.has(fact.name))) continue;
    const at = fact.at === null ? null : originAt(table.files, fact.at);
    const making = MACHINES.of(fact);
    if (making === null || at === null) unclear.add(fact.name);
    else {
      const { module, args: set } = making;
      const shared = table.givenTo(at.file.path);
      const specialArgs: Arguments = argument =>
        (set === null ? null : certain(set, argument)?.value) ?? shared(argument);
      addToList(modules, fact.name, { facts: valueModule(table, module, at, specialArgs), certain: true });
      if (set !== null) args.set(fact.name, set);
    }
  }
}

/** Adds the modules that an inventory gives to the members of a role. Returns false if it may add unknown ones. */
function addExtraModules({ joined, table }: Sources, modules: Map<string, RootModule[]>): boolean {
  const { inventory } = joined;
  let complete = true;
  for (const instance of inventory.instances)
    for (const role of instance.roles.values()) {
      if (role.extraModules === 0) continue;
      const at = role.at === null ? null : originAt(table.files, role.at);
      const possible = possibleMembers(inventory, role);
      const others = [...(possible ?? []), ...meantMembers(inventory, role)];
      if (possible === null || at === null) complete = false;
      if (at === null) continue;
      for (const module of EXTRA_MODULES.of(role)) {
        const facts = valueModule(table, module, at, table.givenTo(at.file.path));
        for (const machine of certainMembers(inventory, role))
          addToList(modules, machine, { facts, certain: !instance.conditional });
        for (const machine of others) addToList(modules, machine, { facts, certain: false });
      }
    }
  return complete;
}

function originAt(files: NixFiles, { file: path, start, end }: Place): Origin | null {
  const file = files.parse(path);
  return file === null ? null : { file, start, end, call: null };
}
