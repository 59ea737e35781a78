/**
 * Joins the contributions of all files to the fleet, the last step of a build. Unchanged parts are taken from the
 * previous fleet.
 */

import type { ArgumentLookup } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { placeKey } from '../../nix/places.ts';
import type { Database } from '../../query/database.ts';
import { finish, type Steps } from '../../query/steps.ts';
import { addToSet, once, sameItems, withLazy } from '../../std.ts';
import { withServices } from '../catalogue/extended-generators.ts';
import { usedClanCore } from '../catalogue/locked-clan-core.ts';
import { settlingModules } from '../machine-modules/file-modules.ts';
import type { ModuleTable } from '../machine-modules/module-table.ts';
import type { AssignmentSources } from '../machines/assigned-modules.ts';
import { type JoinedFleet, joinDeclared } from '../machines/join-declared.ts';
import { machinesOfFolders } from '../machines/machine-folders.ts';
import type { DeclaredFleet } from '../machines/machines.ts';
import { followingMachines, GENERATORS_BY_MACHINE, noteMachines } from '../machines/ownership.ts';
import { listsRead, readersOf } from '../machines/row-readers.ts';
import type { Machine, NotAnalysable } from '../model/base.ts';
import type { FileFaults } from '../model/faults.ts';
import type { Fleet } from '../model/fleet.ts';
import type { MachineGenerators, RemovedUse } from '../model/machines.ts';
import type { ClanSetting } from '../model/options.ts';
import type { Matrix, MatrixRow, Registry } from '../model/registries.ts';
import type { AccessSetting, SecretFacts, StoreSetting, StoreSettings } from '../model/secrets.ts';
import type { ClanGenerator } from '../model/services.ts';
import type { Unit } from '../model/uses.ts';
import { joinStoreSettings } from '../secrets/store-settings.ts';
import type { AssemblyCache, Linking } from './assembly-cache.ts';
import { findFaults, notRead, reachedFiles } from './faults.ts';
import { fleetOptions, joiningOptions } from './fleet-options.ts';
import { type GeneratorSources, mergeGenerators, mergingGenerators } from './generator-index.ts';
import { clanGeneratorsOf, secretsOfMachines } from './machine-answers.ts';

export interface Parts {
  readonly files: NixFiles;
  readonly declared: readonly DeclaredFleet[];
  readonly registries: readonly Registry[];
  readonly matrices: readonly Matrix[];
  readonly units: ReadonlyMap<string, Unit>;
  readonly textOf: (path: string) => string;
  readonly namedBy: (path: string) => readonly string[];
  readonly secrets: () => readonly SecretFacts[];
  readonly table: ModuleTable;
  readonly replacesConfig: boolean;
  readonly lateArguments: Fleet['lateArguments'];
  readonly cache: AssemblyCache;
  readonly givenTo: (file: string) => ArgumentLookup;
  readonly storeSettings: () => readonly StoreSetting[];
  readonly accessSettings: () => readonly AccessSetting[];
  readonly removed: () => readonly RemovedUse[];
  /** Returns whether any file contains a word. Searches each text once. */
  readonly mentions: (word: string) => boolean;
  readonly machineSettings: () => readonly ClanSetting[];
}

const NO_GENERATORS: readonly ClanGenerator[] = [];

/** A fleet whose parts are computed when they are first read. */
export interface Assembled {
  readonly fleet: Fleet;
  /** Computes in steps what nearly all of the others need and takes longest: modules of machines, and generators. */
  preparing(): Steps<void>;
}

export function assemble(cx: Evaluation, parts: Parts): Assembled {
  const { registries, units, cache, table } = parts;
  const { database } = table;
  const lists = listsRead(parts.declared, machinesOfFolders(database), units);
  const joined = joinParts(cx, parts, lists);
  const { machines } = joined;
  cache.linking = { registries: registriesByMatrix(units), machines, lists };
  const matrices = linkMatrices(cache, parts.matrices, registries, cache.linking);
  const noting = notingMachines(cx, { ...parts, ...cache, joined });
  const owners = once(() => {
    finish(noting());
    return GENERATORS_BY_MACHINE(database, null);
  });
  const faults = once(() => {
    owners();
    return findFaults(database, [...units.keys()]);
  });
  const clanGenerators = once(() => {
    if (!joined.isClan) return NO_GENERATORS;
    owners();
    return joinServices(parts, joined);
  });
  const sources = { units, registries, matrices };
  const fleet = withLazy(
    {
      machines,
      machinesComplete: joined.machinesComplete,
      homes: joined.homes,
      machineFacts: joined.facts,
      isClan: joined.isClan,
      directory: joined.directory,
      inventory: joined.inventory,
      exports: joined.exports,
      serviceModules: joined.modules,
      serviceModulesComplete: joined.modulesComplete,
      registries,
      matrices,
      hasAllGenerators: (machine: string) => hasAll(owners().get(machine)),
      replacesConfig: parts.replacesConfig,
      lateArguments: parts.lateArguments,
      namedBy: parts.namedBy,
      units,
      nix: null,
    },
    {
      generators() {
        owners();
        return withServices(cache.extended, mergeGenerators(database, sources), clanGenerators());
      },
      modules: owners,
      clanGenerators,
      secrets: parts.secrets,
      machineSecrets() {
        owners();
        return secretsOfMachines(table);
      },
      storeSettings: () => joinSettings(cache, parts.storeSettings()),
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
      yield* noting();
      yield* joiningMachines(database, sources);
    },
  };
}

function hasAll(machine: MachineGenerators | undefined): boolean {
  return machine?.complete === true && !machine.foreign;
}

/** Returns a function that sets, in steps and once, what the modules of machines follow from. */
function notingMachines(cx: Evaluation, sources: AssignmentSources): () => Steps<void> {
  const { database } = sources.table;
  let isDone = false;
  return function* () {
    if (isDone) return;
    // Where machines begin depends on modules, and modules on what machines pass to them.
    yield* settlingModules(database);
    noteMachines(cx, sources);
    yield* settlingModules(database);
    isDone = true;
  };
}

function* joiningMachines(database: Database, sources: GeneratorSources): Steps<void> {
  yield* followingMachines(database);
  yield* mergingGenerators(database, sources);
  yield* joiningOptions(database);
}

function joinServices(
  { table, files, mentions }: Parts,
  { inventory }: JoinedFleet,
): readonly ClanGenerator[] {
  return clanGeneratorsOf(table, { inventory, used: usedClanCore(files), mentions });
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

function joinSettings(cache: AssemblyCache, all: readonly StoreSetting[]): StoreSettings {
  if (cache.storeSettings === null || !sameItems(cache.storeSettings.all, all))
    cache.storeSettings = { all, joined: joinStoreSettings(all) };
  return cache.storeSettings.joined;
}

/** Removes duplicates, which arise because many machines import the same module. */
function unique(gaps: readonly NotAnalysable[]): NotAnalysable[] {
  return [...new Map(gaps.map(gap => [`${placeKey(gap.at)}\0${gap.reason}`, gap])).values()];
}

function joinParts(
  cx: Evaluation,
  { declared, matrices, units, textOf, cache, table }: Parts,
  lists: ReadonlySet<string>,
): JoinedFleet {
  const folders = machinesOfFolders(table.database);
  const shared = matrices.flatMap(({ rows }) => rows.flatMap(row => (row.shared ? [row.machine] : [])));
  const readers = readersOf(cache.readers, declared, units, textOf, new Set([...lists, ...shared]));
  const key = [...declared, null, ...folders, null, ...readers];
  if (cache.joined === null || !sameItems(cache.joined.key, key))
    cache.joined = { key, fleet: joinDeclared(cx, declared, folders, readers) };
  return cache.joined.fleet;
}

/** Returns matrices with what other files show of them, the same objects while that is the same. */
export function linkMatrices(
  { linked }: Pick<AssemblyCache, 'linked'>,
  matrices: readonly Matrix[],
  registries: readonly Registry[],
  { registries: lookedUp, machines, lists }: Linking,
): Matrix[] {
  return matrices.map(matrix => {
    const now = withLists({ ...matrix, registry: registryOf(matrix, registries, lookedUp) }, machines, lists);
    const kept = [matrix, linked.get(matrix)].find(
      earlier => earlier !== undefined && isSameLink(earlier, now),
    );
    const result = kept ?? now;
    linked.set(matrix, result);
    return result;
  });
}

/** Compares what one matrix was linked to. */
function isSameLink(left: Matrix, right: Matrix): boolean {
  return (
    left.registry === right.registry &&
    left.rows.every(({ shared }, index) => shared === right.rows[index]?.shared)
  );
}

/** Returns the registries in which the units of files look up the keys of each matrix. */
function registriesByMatrix(units: ReadonlyMap<string, Unit>): Map<string, Set<string>> {
  const registries = new Map<string, Set<string>>();
  for (const { matrixLinks } of units.values())
    for (const { matrix, registry } of matrixLinks) addToSet(registries, matrix, registry);
  return registries;
}

/**
 * Returns the registry in which the readers of a matrix look up its keys. A link found by evaluation takes precedence
 * over the one that the keys suggest.
 */
function registryOf(
  matrix: Matrix,
  registries: readonly Registry[],
  lookedUp: Linking['registries'],
): string | null {
  const [only, ...others] = lookedUp.get(matrix.file) ?? [];
  if (only !== undefined && others.length === 0) return only;
  if (matrix.registry !== null || registries.length !== 1) return matrix.registry;
  return registries[0]?.file ?? null;
}

/**
 * Marks the rows that are shared lists. A row whose keys others reuse is not shared if a machine has its name; a row
 * that modules add to a machine's row is.
 */
function withLists(matrix: Matrix, machines: readonly Machine[], lists: ReadonlySet<string>): Matrix {
  if (lists.size === 0 && !matrix.rows.some(row => row.shared)) return matrix;
  const names = new Set(machines.map(machine => machine.name));
  const isShared = ({ machine, shared }: MatrixRow) => (shared || lists.has(machine)) && !names.has(machine);
  if (matrix.rows.every(row => row.shared === isShared(row))) return matrix;
  return { ...matrix, rows: matrix.rows.map(row => ({ ...row, shared: isShared(row) })) };
}
