/**
 * Joins the contributions of all files to the fleet, the last step of a build. Unchanged parts are taken from the
 * previous fleet.
 */

import type { ArgumentLookup } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { placeKey } from '../../nix/places.ts';
import { once, sameItems, withLazy } from '../../std.ts';
import { catalogueGenerators } from '../catalogue/catalogue.ts';
import { CORE_SWITCHES, type CoreModules, coreModules } from '../catalogue/core-modules.ts';
import { type ExtendedCache, withServices } from '../catalogue/extended-generators.ts';
import { usedClanCore } from '../catalogue/locked-clan-core.ts';
import { createGeneratorIndex, type GeneratorIndex, mergeGenerators } from '../generators/generator-index.ts';
import type { FollowedModules } from '../machine-modules/machine-modules.ts';
import type { ModuleTable } from '../machine-modules/module-table.ts';
import type { ModuleFacts } from '../machine-modules/read-module.ts';
import { type JoinedFleet, joinDeclared } from '../machines/join-declared.ts';
import { createMachineFolders, type MachineFolders } from '../machines/machine-folders.ts';
import type { DeclaredFleet } from '../machines/machines.ts';
import { createOwnershipCache, machineGenerators, type OwnershipCache } from '../machines/ownership.ts';
import { listsRead, type ReaderCache, readersOf } from '../machines/row-readers.ts';
import type { Machine, NotAnalysable } from '../model/base.ts';
import type { FileFaults, Reach } from '../model/faults.ts';
import type { Fleet } from '../model/fleet.ts';
import type { MachineGenerators, MachineModules, RemovedUse } from '../model/machines.ts';
import type { ClanSetting, FleetOptions, OptionRead } from '../model/options.ts';
import type { Matrix, MatrixRow, Registry } from '../model/registries.ts';
import type {
  AccessSetting,
  MachineSecrets,
  SecretFacts,
  StoreSetting,
  StoreSettings,
} from '../model/secrets.ts';
import type { ClanGenerator } from '../model/services.ts';
import type { Unit } from '../model/uses.ts';
import { createOptionCache, joinOptions, type OptionCache } from '../options/joined.ts';
import { joinStoreSettings } from '../secrets/store-settings.ts';
import { notRead } from './faults.ts';

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
  readonly optionReads: (path: string, names: ReadonlySet<string>) => readonly OptionRead[];
  /** Files that have changed since the options were last joined; see `build-cache.ts`. */
  readonly changedFiles: Set<string>;
  /** Returns whether any file contains a word. Searches each text once. */
  readonly mentions: (word: string) => boolean;
  /** Returns the texts of files that may declare options. */
  readonly declaring: () => readonly string[];
  readonly faults: (modules: ReadonlyMap<string, MachineModules>) => readonly FileFaults[];
  /** Returns the files that Nix reaches, as last determined for the faults. */
  readonly reached: () => ReadonlyMap<string, Reach>;
  readonly machineSettings: () => readonly ClanSetting[];
}

/** State that is kept from one build to the next. */
export interface AssemblyCache {
  readonly folders: MachineFolders;
  readonly readers: ReaderCache;
  readonly ownership: OwnershipCache;
  readonly generators: GeneratorIndex;
  readonly extended: ExtendedCache;
  /** The state of clan-core's own modules on each machine, with its inputs. */
  readonly core: Map<string, KeptCore>;
  readonly options: OptionCache;
  machineSecrets: ReadonlyMap<string, MachineSecrets>;
  joined: {
    readonly key: readonly unknown[];
    readonly fleet: JoinedFleet;
    clanGenerators: { readonly key: readonly unknown[]; readonly all: readonly ClanGenerator[] } | null;
  } | null;
  storeSettings: { readonly all: readonly StoreSetting[]; readonly joined: StoreSettings } | null;
  /** Matrices with the registry that other files show, by the matrix as it was read. */
  readonly linked: WeakMap<Matrix, Matrix>;
}

export function createAssemblyCache(files: NixFiles): AssemblyCache {
  return {
    folders: createMachineFolders(files),
    readers: { byUnit: new WeakMap(), byFile: new Map() },
    ownership: createOwnershipCache(),
    generators: createGeneratorIndex(),
    extended: new WeakMap(),
    core: new Map(),
    options: createOptionCache(),
    machineSecrets: new Map(),
    joined: null,
    storeSettings: null,
    linked: new WeakMap(),
  };
}

export function assemble(cx: Evaluation, parts: Parts): Fleet {
  const { registries, units, cache } = parts;
  const lists = listsRead(parts.declared, cache.folders.machines(), units);
  const join = joinParts(cx, parts, lists);
  const joined = join.fleet;
  const { machines } = joined;
  const matrices = parts.matrices.map(matrix =>
    withLists(linkRegistry(matrix, registries, units, cache), machines, lists),
  );
  const owners = once(() => machineGenerators(cx, { ...parts, ...cache, joined }));
  const faults = once(() => parts.faults(owners()));
  const clanGenerators = () => (joined.isClan ? clanGeneratorsOf(join, parts, owners()) : []);
  return withLazy(
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
      hasAllGenerators(machine: string) {
        const ownGenerators = owners().get(machine);
        return ownGenerators?.complete === true && !ownGenerators.foreign;
      },
      replacesConfig: parts.replacesConfig,
      lateArguments: parts.lateArguments,
      namedBy: parts.namedBy,
      units,
      nix: null,
    },
    {
      generators: () =>
        withServices(
          cache.extended,
          mergeGenerators(cache.generators, { units, registries, matrices, owners: owners() }),
          clanGenerators(),
        ),
      modules: owners,
      clanGenerators,
      secrets: parts.secrets,
      machineSecrets: () => secretsOf(parts, owners()),
      storeSettings: () => joinSettings(cache, parts.storeSettings()),
      options: () => optionsOf(parts, owners()),
      clanSettings: () => [...joined.settings, ...parts.machineSettings()],
      accessSettings: parts.accessSettings,
      removed: parts.removed,
      faults,
      reached() {
        faults();
        return parts.reached();
      },
      notAnalysable: () => gapsOf(units, joined, owners(), faults()),
    },
  );
}

/** Returns the generators that services add; the same list as before if its inputs are unchanged. */
function clanGeneratorsOf(
  join: NonNullable<AssemblyCache['joined']>,
  parts: Parts,
  owners: ReadonlyMap<string, MachineModules>,
): readonly ClanGenerator[] {
  const { inventory } = join.fleet;
  const locked = usedClanCore(parts.files);
  const core = coreOf(parts, owners, inventory.machines);
  const key = [locked, ...[...core].flat()];
  if (join.clanGenerators === null || !sameItems(join.clanGenerators.key, key))
    join.clanGenerators = { key, all: catalogueGenerators(inventory, locked, core) };
  return join.clanGenerators.all;
}

/** The state of clan-core's own modules on a machine, and what it was determined from. */
interface KeptCore {
  readonly inputs: readonly unknown[];
  readonly modules: CoreModules;
}

/** Returns the state of clan-core's own modules on each NixOS machine, by its name; the same object as before if it is equal. */
function coreOf(
  { cache, table, mentions }: Parts,
  owners: ReadonlyMap<string, MachineModules>,
  machines: readonly Machine[],
): ReadonlyMap<string, CoreModules> {
  const words = new Map<string, boolean>();
  const isMentioned = (word: string) => {
    const isPresent = words.get(word) ?? mentions(word);
    words.set(word, isPresent);
    return isPresent;
  };
  const mentioned = CORE_SWITCHES.filter(isMentioned).join(' ');
  const core = new Map<string, CoreModules>();
  for (const { name, class: machineClass } of machines) {
    const [modules, kept] = [owners.get(name), cache.ownership.machines.get(name)];
    if (machineClass !== 'nixos' || modules === undefined || kept === undefined) continue;
    const { complete: isComplete, foreign: hasForeign } = modules;
    const inputs = [kept.followed, mentioned, isComplete, hasForeign];
    const before = cache.core.get(name);
    if (before === undefined || !sameItems(before.inputs, inputs)) {
      const asked = { ...table.machine(kept.followed), isComplete, hasForeign };
      const now = coreModules(asked, isMentioned);
      const isSame = before !== undefined && textOf(before.modules) === textOf(now);
      cache.core.set(name, { inputs, modules: isSame ? before.modules : now });
    }
    core.set(name, (cache.core.get(name) as KeptCore).modules);
  }
  for (const name of cache.core.keys()) if (!core.has(name)) cache.core.delete(name);
  return core;
}

function textOf(modules: CoreModules): string {
  return JSON.stringify([...modules].map(([name, { isEnabled, values }]) => [name, isEnabled, [...values]]));
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

/** Returns the secrets that modules declare, by machine; the same map as before if nothing has changed. */
function secretsOf(
  { cache, table }: Parts,
  owners: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, MachineSecrets> {
  const byMachine = new Map<string, MachineSecrets>();
  for (const [name, { followed }] of cache.ownership.machines)
    if (owners.has(name)) byMachine.set(name, table.secrets(followed));
  const before = cache.machineSecrets;
  const isSame = sameItems([...before].flat(), [...byMachine].flat());
  if (!isSame) cache.machineSecrets = byMachine;
  return cache.machineSecrets;
}

/**
 * Joins the fleet's own options.
 * @param owners all machines, whose modules must have been followed before
 */
function optionsOf(
  { cache, table, textOf, optionReads, changedFiles, declaring }: Parts,
  owners: ReadonlyMap<string, unknown>,
): FleetOptions {
  const followed = new Map<string, FollowedModules>();
  for (const [name, kept] of cache.ownership.machines)
    if (owners.has(name)) followed.set(name, kept.followed);
  const options = (facts: ModuleFacts) => table.options(facts);
  return joinOptions(cache.options, {
    followed,
    stale: changedFiles,
    declaring: declaring(),
    options,
    textOf,
    readsIn: optionReads,
  });
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
  { declared, matrices, units, textOf, cache }: Parts,
  lists: ReadonlySet<string>,
): NonNullable<AssemblyCache['joined']> {
  const folders = cache.folders.machines();
  const shared = matrices.flatMap(({ rows }) => rows.flatMap(row => (row.shared ? [row.machine] : [])));
  const readers = readersOf(cache.readers, declared, units, textOf, new Set([...lists, ...shared]));
  const key = [...declared, null, ...folders, null, ...readers];
  if (cache.joined === null || !sameItems(cache.joined.key, key))
    cache.joined = { key, fleet: joinDeclared(cx, declared, folders, readers), clanGenerators: null };
  return cache.joined;
}

/**
 * Links a matrix to the registry in which its readers look up the keys. A link found by evaluation takes precedence
 * over the one that the keys suggest.
 */
function linkRegistry(
  matrix: Matrix,
  registries: readonly Registry[],
  units: ReadonlyMap<string, Unit>,
  { linked }: AssemblyCache,
): Matrix {
  const looked = new Set<string>();
  for (const unit of units.values())
    for (const registry of unit.matrixLinks)
      if (registry.matrix === matrix.file) looked.add(registry.registry);
  const [only] = looked;
  const isLinked = looked.size === 1 && only !== undefined;
  if (!isLinked && (matrix.registry !== null || registries.length !== 1)) return matrix;
  const registry = isLinked ? only : (registries[0]?.file ?? null);
  const before = linked.get(matrix);
  if (before?.registry === registry) return before;
  const result = { ...matrix, registry };
  linked.set(matrix, result);
  return result;
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
