/**
 * Joins the contributions of all files to the fleet, the last step of a build. Unchanged parts are taken from the
 * previous fleet.
 */

import { placeKey } from '../../nix/places.ts';
import type { Database } from '../../query/database.ts';
import { finish, type Steps } from '../../query/steps.ts';
import { once, withLazy } from '../../std.ts';
import { settlingModules } from '../machine-modules/file-modules.ts';
import type { ModuleTable } from '../machine-modules/module-table.ts';
import { assignModules } from '../machines/assigned-modules.ts';
import type { DeclaredFleet } from '../machines/declared.ts';
import type { JoinedFleet } from '../machines/join-declared.ts';
import { joinFleet } from '../machines/joined-fleet.ts';
import { followingMachines, GENERATORS_BY_MACHINE } from '../machines/ownership.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { FileFaults } from '../model/faults.ts';
import type { Fleet } from '../model/fleet.ts';
import type { MachineGenerators } from '../model/machines.ts';
import type { Matrix } from '../model/registries.ts';
import type { Unit } from '../model/uses.ts';
import { EXTENDED_GENERATORS } from './extended.ts';
import { findFaults, notRead, reachedFiles } from './faults.ts';
import { fleetOptions, joiningOptions } from './fleet-options.ts';
import { mergingGenerators, settleGenerators } from './generator-index.ts';
import { LINKED_MATRICES } from './linked-matrices.ts';
import { CLAN_GENERATORS, noteClanCore, SECRETS_OF_MACHINES } from './machine-answers.ts';
import type { FactsOnDemand } from './read-on-demand.ts';
import { MATRICES, REGISTRIES } from './registered-files.ts';

export interface Parts
  extends FactsOnDemand,
    Pick<Fleet, 'replacesConfig' | 'mayGivePackages' | 'lateArguments' | 'namedBy'> {
  readonly declared: readonly DeclaredFleet[];
  readonly units: ReadonlyMap<string, Unit>;
  readonly table: ModuleTable;
}

/** A fleet whose parts are computed when they are first read. */
export interface Assembled {
  readonly fleet: Fleet;
  /** Computes in steps what nearly all of the others need and takes longest: modules of machines, and generators. */
  preparing(): Steps<void>;
}

/** Joins a fleet. Called after all units are read. */
export function assemble(database: Database, parts: Parts): Assembled {
  const { units } = parts;
  const joined = joinFleet(database, parts.declared, sharedRows(MATRICES(database, null)));
  noteClanCore(database);
  const assigning = assigningModules(parts.table);
  const owners = once(() => {
    finish(assigning());
    return GENERATORS_BY_MACHINE(database, null);
  });
  const faults = once(() => {
    owners();
    return findFaults(database, [...units.keys()]);
  });
  const fleet = withLazy(
    {
      machines: joined.machines,
      machinesComplete: joined.machinesComplete,
      homes: joined.homes,
      machineFacts: joined.facts,
      isClan: joined.isClan,
      directory: joined.directory,
      inventory: joined.inventory,
      exports: joined.exports,
      serviceModules: joined.modules,
      serviceModulesComplete: joined.modulesComplete,
      registries: REGISTRIES(database, null),
      matrices: LINKED_MATRICES(database, null),
      hasAllGenerators: (machine: string) => hasAll(owners().get(machine)),
      replacesConfig: parts.replacesConfig,
      mayGivePackages: parts.mayGivePackages,
      lateArguments: parts.lateArguments,
      namedBy: parts.namedBy,
      units,
      nix: null,
    },
    {
      generators() {
        owners();
        settleGenerators(database);
        return EXTENDED_GENERATORS(database, null);
      },
      modules: owners,
      clanGenerators() {
        owners();
        return CLAN_GENERATORS(database, null);
      },
      secrets: parts.secrets,
      machineSecrets() {
        owners();
        return SECRETS_OF_MACHINES(database, null);
      },
      storeSettings: parts.storeSettings,
      options() {
        owners();
        return fleetOptions(database);
      },
      clanSettings: () => [...joined.settings, ...parts.machineSettings()],
      accessSettings: parts.accessSettings,
      removed: parts.removed,
      faults,
      reached() {
        faults();
        return reachedFiles(database);
      },
      notAnalysable: () => gapsOf(units, joined, owners(), faults()),
    },
  );
  return {
    fleet,
    *preparing() {
      yield* assigning();
      yield* followingMachines(database);
      yield* mergingGenerators(database);
      yield* joiningOptions(database);
    },
  };
}

function hasAll(machine: MachineGenerators | undefined): boolean {
  return machine?.complete === true && !machine.foreign;
}

/** Returns a function that assigns modules to machines, in steps and once. */
function assigningModules({ database, refresh }: ModuleTable): () => Steps<void> {
  let isDone = false;
  return function* () {
    if (isDone) return;
    // Where machines begin depends on modules, and modules on what machines pass to them.
    yield* settlingModules(database);
    refresh(assignModules(database).args);
    yield* settlingModules(database);
    isDone = true;
  };
}

/** Returns the names of rows that matrices themselves show to be shared lists. */
function sharedRows(matrices: readonly Matrix[]): string[] {
  return matrices.flatMap(({ rows }) => rows.flatMap(row => (row.shared ? [row.machine] : [])));
}

/** Returns all places that could not be analysed. */
function gapsOf(
  units: ReadonlyMap<string, Unit>,
  joined: JoinedFleet,
  owners: ReadonlyMap<string, MachineGenerators>,
  faults: readonly FileFaults[],
): readonly NotAnalysable[] {
  return unique([
    ...[...units.values()].flatMap(unit => unit.notAnalysable),
    ...joined.gaps,
    ...[...owners.values()].flatMap(machine => [...machine.gaps, ...machine.strangers]),
    ...notRead(faults),
  ]);
}

/** Removes duplicates, which arise because many machines import the same module. */
function unique(gaps: readonly NotAnalysable[]): NotAnalysable[] {
  return [...new Map(gaps.map(gap => [`${placeKey(gap.at)}\0${gap.reason}`, gap])).values()];
}
