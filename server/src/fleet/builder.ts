/**
 * Builds the fleet of a workspace and keeps it current: what a change does not touch is not computed again.
 *
 * Order of work: find registries, then the files that lead to them, then matrices, then read every file that has
 * to do with vars as a unit, then join. A unit is kept until a file that it read (through any number of imports)
 * changes.
 */
import { BudgetExceeded, type Evaluation, forgetWalked, type Tracer, withBudget } from '../nix/evaluation.ts';
import { createEvaluation } from '../nix/evaluator.ts';
import type { NixFiles } from '../nix/value.ts';
import type { AccessSetting } from './access-settings.ts';
import {
  type AskedArguments,
  createAskedArguments,
  type FileArguments,
  NO_ARGUMENTS,
  readArguments,
  type SharedArguments,
  shareArguments,
} from './arguments.ts';
import { type AssemblyCache, assemble, createAssemblyCache } from './assemble.ts';
import { constantDefinitions } from './constant.ts';
import { createFlakeValues, type FlakeValues } from './flake-values.ts';
import { createImportGraph, type ImportGraph, recordingReads } from './imports.ts';
import {
  belongsToFleet,
  type DeclaredFleet,
  declaresNothing,
  readInventoryJson,
  readMachines,
} from './machines.ts';
import { type KeyFinder, keyFinder, readMatrix } from './matrix.ts';
import { ACCESS_SETTINGS, REMOVED, readEach, SECRETS, STORE_SETTINGS } from './mentioned.ts';
import type { Fleet, Matrix, Place, Registry, Unit } from './model.ts';
import {
  createModuleCache,
  createModuleTable,
  forgetModules,
  type ModuleCache,
  type ModuleTable,
} from './module-table.ts';
import { namesPath } from './references.ts';
import { readRegistry } from './registry.ts';
import type { RemovedUse } from './removed-options.ts';
import { sameItems } from './same.ts';
import type { SecretFacts } from './secrets.ts';
import type { StoreSetting } from './store-settings.ts';
import { createSurvey, type FileGroups, pipelineOf, type Survey } from './survey.ts';
import { partOfSystem } from './system-modules.ts';
import { placesToFollow, type TextFacts } from './texts.ts';
import { createTrees, type Trees } from './trees.ts';
import { type Known, readUnit } from './unit.ts';

/** The files of a workspace, as the fleet needs them. */
export interface FleetFiles extends NixFiles {
  /** Paths of all `.nix` files that belong to the workspace. */
  nixFiles(): Iterable<string>;
  /** Drops the tree of a file, which is parsed again when it is asked for. Without it all trees are kept. */
  release?(path: string): void;
}

export interface FleetSettings {
  /** True for files that are to be read as registries whatever their shape. */
  readonly isRegistryFile: (path: string) => boolean;
  /** True for files that are to be read as matrices whatever their shape. */
  readonly isMatrixFile: (path: string) => boolean;
}

export interface FleetBuilder {
  /** Tells that files have changed, appeared or gone. */
  changed(paths: Iterable<string>): void;
  /** The fleet as it is now. Returns the same object while nothing has changed. */
  build(): Fleet;
}

/** Steps allowed for reading a whole registry or matrix. */
const FILE_STEPS = 2_000_000;

interface State {
  evaluation: Evaluation;
  readonly registries: Map<string, Registry | null>;
  readonly matrices: Map<string, Matrix | null>;
  /** The registries that the matrices were read with: which one a matrix lists depends on all of them. */
  registriesOfMatrices: readonly Registry[];
  /** Of the same registries. */
  holdsKeys: KeyFinder | null;
  readonly units: Map<string, Unit>;
  /** Units of files that are to be read again. */
  readonly unitsBefore: Map<string, Unit>;
  /** What was followed when a file's unit was read, or when it was seen that it has none. */
  readonly followed: Map<string, Followed>;
  pipeline: {
    readonly groups: FileGroups;
    readonly starts: string;
    readonly files: ReadonlySet<string>;
  } | null;
  readonly declared: Map<string, DeclaredFleet | null>;
  /** What `inventory.json` declares; undefined before it is read. A change to it makes a new state. */
  inventoryJson: DeclaredFleet | null | undefined;
  readonly arguments: Map<string, FileArguments>;
  readonly secrets: Map<string, SecretFacts>;
  readonly modules: ModuleCache;
  readonly assembly: AssemblyCache;
  readonly storeSettings: Map<string, readonly StoreSetting[]>;
  readonly accessSettings: Map<string, readonly AccessSetting[]>;
  readonly removed: Map<string, readonly RemovedUse[]>;
  readonly imports: ImportGraph;
  readonly trees: Trees;
  readonly flake: FlakeValues;
  readonly asked: AskedArguments;
  /** What modules are given as arguments, as it was last found. */
  argument: Known['argument'];
  /** Files and folders read by other means than `import`. */
  readonly looseReads: Set<string>;
}

interface Followed {
  readonly facts: TextFacts;
  readonly pipeline: ReadonlySet<string>;
  readonly places: readonly number[];
}

export function createFleetBuilder(files: FleetFiles, settings: FleetSettings): FleetBuilder {
  let fleet: Fleet | null = null;
  const survey = createSurvey({ files, ...settings });
  let state = newState(files);
  /** What unit results depend on beside files: which sets are registries and matrices, and where. */
  let knownKey = '';

  function forget(paths: Iterable<string>): void {
    for (const path of paths) {
      state.registries.delete(path);
      state.matrices.delete(path);
      const unit = state.units.get(path);
      if (unit !== undefined) state.unitsBefore.set(path, unit);
      state.units.delete(path);
      state.followed.delete(path);
      state.declared.delete(path);
      state.secrets.delete(path);
      state.storeSettings.delete(path);
      state.accessSettings.delete(path);
      state.removed.delete(path);
      state.arguments.delete(path);
      forgetModules(state.modules, path);
      state.flake.forget(path);
      state.asked.forget(path);
      state.evaluation.forgetFile(path);
      forgetWalked(state.evaluation, path);
    }
  }

  /** What modules are given; what was read with something else is forgotten. */
  function findArguments(groups: FileGroups): {
    readonly [by in 'argument' | 'ofSystem']: Known['argument'];
  } {
    for (;;) {
      const shared = sharedArguments(files, state, groups);
      const { asked, imports } = state;
      const argument = asked.answering('any', shared.any, imports.add);
      const ofSystem = asked.answering('system', shared.system, imports.add);
      state.argument = ofSystem;
      const stale = [...asked.stale(shared), ...state.flake.stale()];
      if (stale.length === 0) return { argument, ofSystem };
      forget(imports.dependentsOf(stale));
    }
  }

  return {
    changed(paths) {
      fleet = null;
      const list = [...paths];
      survey.changed(list);
      if (list.some(path => isLooselyRead(files, state, survey, path))) {
        state = newState(files);
        return;
      }
      for (const path of list) state.assembly.folders.forget(path);
      forget(state.imports.dependentsOf(list));
    },
    build() {
      if (fleet !== null) return fleet;
      const groups = survey.groups();
      const { texts } = survey;
      const { argument, ofSystem } = findArguments(groups);
      const registries = findRegistries(state, settings, groups);
      const pipeline = findPipeline(state, groups, registries);
      const matrices = findMatrices(state, settings, groups, texts, registries, pipeline);
      const known: Known = {
        argument,
        registries: new Map<string, Place>(registries.map(file => [file, registryAt(state, file)])),
        matrices: new Map<string, Place>(matrices.map(matrix => [matrix.file, matrix.at])),
      };
      const key = JSON.stringify([...known.registries.keys(), ...known.matrices.keys()]);
      if (key !== knownKey) {
        state.units.clear();
        state.followed.clear();
      }
      knownKey = key;
      const textOf = (path: string) => texts.get(path)?.text ?? '';
      const givenTo = (file: string) => (name: string) => ofSystem(name, file);
      const table = createModuleTable(state.evaluation, {
        files,
        cache: state.modules,
        adding: groups.mayAddOutputs,
        givenTo,
        definitionsOf: path => state.units.get(path)?.definitions ?? [],
        done: file => state.trees.done(file.path, file.text.length),
      });
      const units = new Map<string, Unit>();
      for (const path of groups.paths) {
        readUnitOf(files, state, texts, pipeline, known, table, path);
        const unit = state.units.get(path);
        if (unit !== undefined) units.set(path, unit);
      }
      fleet = assemble(state.evaluation, {
        files,
        declared: findDeclared(files, state, groups, ofSystem),
        givenTo,
        table,
        cache: state.assembly,
        registries: registries.map(file => state.registries.get(file) as Registry),
        matrices,
        units,
        textOf,
        namedBy: named => groups.paths.filter(path => namesPath(path, textOf(path), named)),
        secrets: () => readEach(files, state.evaluation, groups, texts, state.secrets, SECRETS),
        storeSettings: () =>
          readEach(files, state.evaluation, groups, texts, state.storeSettings, STORE_SETTINGS).flat(),
        accessSettings: () =>
          readEach(files, state.evaluation, groups, texts, state.accessSettings, ACCESS_SETTINGS).flat(),
        removed: () => readEach(files, state.evaluation, groups, texts, state.removed, REMOVED).flat(),
      });
      return fleet;
    },
  };
}

/** Reads a file's unit, if it has one, unless what was read before still holds. */
function readUnitOf(
  files: FleetFiles,
  state: State,
  texts: ReadonlyMap<string, TextFacts>,
  pipeline: ReadonlySet<string>,
  known: Known,
  table: ModuleTable,
  path: string,
): void {
  const facts = texts.get(path);
  const earlier = state.followed.get(path);
  if (facts === undefined || (earlier?.facts === facts && earlier.pipeline === pipeline)) return;
  const places = placesToFollow(facts, texts, pipeline);
  state.followed.set(path, { facts, pipeline, places });
  if (earlier?.facts === facts && sameItems(earlier.places, places)) return;
  state.units.delete(path);
  if (!facts.mentionsVars && places.length === 0) return;
  const file = files.parse(path);
  if (file === null) return;
  const unit = readUnit(state.evaluation, file, known, places);
  const before = state.unitsBefore.get(path);
  state.unitsBefore.delete(path);
  const definitions = constantDefinitions(unit.definitions, before?.definitions ?? []);
  state.units.set(path, definitions === unit.definitions ? unit : { ...unit, definitions });
  // As a module it is most likely asked for later, when its tree would have to be made again.
  if (state.trees.isThrifty()) table.file(path);
  else state.trees.done(path, file.text.length);
}

function newState(files: FleetFiles): State {
  const imports = createImportGraph();
  const looseReads = new Set<string>();
  const tracer: Tracer = { onImport: (from, to) => imports.add(from.path, to) };
  const evaluation = createEvaluation(recordingReads(files, looseReads), tracer);
  const flake = createFlakeValues(evaluation, {
    given: file => name => state.argument(name, file),
    isOwn: file => belongsToFleet(files, file),
    used: imports.add,
  });
  evaluation.resolver = value => partOfSystem(evaluation, value) ?? flake.resolve(value);
  const state: State = {
    evaluation,
    flake,
    argument: () => null,
    trees: createTrees(evaluation, imports, files.release),
    registries: new Map(),
    matrices: new Map(),
    registriesOfMatrices: [],
    holdsKeys: null,
    units: new Map(),
    unitsBefore: new Map(),
    followed: new Map(),
    pipeline: null,
    declared: new Map(),
    secrets: new Map(),
    modules: createModuleCache(),
    assembly: createAssemblyCache(files),
    storeSettings: new Map(),
    accessSettings: new Map(),
    removed: new Map(),
    inventoryJson: undefined,
    arguments: new Map(),
    asked: createAskedArguments(),
    imports,
    looseReads,
  };
  return state;
}

function isLooselyRead(files: FleetFiles, state: State, { texts }: Survey, path: string): boolean {
  if (state.looseReads.has(path)) return true;
  // What appears or goes changes what its folder lists; a file that was there before and still is does not.
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return state.looseReads.has(folder) && !(texts.has(path) && files.kind(path) === 'file');
}

function findRegistries(state: State, settings: FleetSettings, { mayHoldRegistry }: FileGroups): string[] {
  const found: string[] = [];
  for (const path of mayHoldRegistry) {
    let registry = state.registries.get(path);
    if (registry === undefined) {
      const read = withBudget(state.evaluation, FILE_STEPS, () =>
        readRegistry(state.evaluation, path, settings.isRegistryFile(path)),
      );
      registry = read instanceof BudgetExceeded ? null : read;
      state.registries.set(path, registry);
    }
    if (registry !== null) found.push(path);
  }
  return found;
}

function findPipeline(state: State, groups: FileGroups, registries: readonly string[]): ReadonlySet<string> {
  const starts = [...registries, ...groups.namedMatrices];
  const key = starts.join('\0');
  if (state.pipeline?.groups !== groups || state.pipeline.starts !== key)
    state.pipeline = { groups, starts: key, files: pipelineOf(groups, starts) };
  return state.pipeline.files;
}

function sharedArguments(files: FleetFiles, state: State, { mayGiveArguments }: FileGroups): SharedArguments {
  const byFile = new Map<string, FileArguments>();
  for (const path of mayGiveArguments) {
    let given = state.arguments.get(path);
    if (given === undefined) {
      const file = files.parse(path);
      given = file === null ? NO_ARGUMENTS : readArguments(state.evaluation, file);
      state.arguments.set(path, given);
    }
    byFile.set(path, given);
  }
  return shareArguments(state.evaluation, byFile);
}

function registryAt(state: State, file: string): Place {
  return (state.registries.get(file) as Registry).at;
}

/** Files named in the settings, and files that the pipeline names beside it whose lists hold a registry's keys. */
function findMatrices(
  state: State,
  settings: FleetSettings,
  groups: FileGroups,
  texts: ReadonlyMap<string, TextFacts>,
  registryFiles: readonly string[],
  pipeline: ReadonlySet<string>,
): Matrix[] {
  const registries = registryFiles.map(file => state.registries.get(file) as Registry);
  const candidates = new Set(groups.namedMatrices);
  if (registries.length > 0) {
    if (state.holdsKeys === null || !sameItems(registries, state.registriesOfMatrices))
      state.holdsKeys = keyFinder(registries);
    const targets = new Set<string>();
    for (const path of pipeline)
      for (const { target } of texts.get(path)?.references ?? [])
        if (!pipeline.has(target)) targets.add(target);
    for (const target of targets) {
      const facts = texts.get(target);
      if (facts !== undefined && state.holdsKeys(facts)) candidates.add(target);
    }
  }
  if (!sameItems(registries, state.registriesOfMatrices)) state.matrices.clear();
  state.registriesOfMatrices = registries;
  const found: Matrix[] = [];
  for (const path of [...candidates].sort()) {
    let matrix = state.matrices.get(path);
    if (matrix === undefined) {
      const read = withBudget(state.evaluation, FILE_STEPS, () =>
        readMatrix(state.evaluation, path, registries, settings.isMatrixFile(path)),
      );
      matrix = read instanceof BudgetExceeded ? null : read;
      state.matrices.set(path, matrix);
    }
    if (matrix !== null) found.push(matrix);
  }
  return found;
}

/** What the files of this flake declare of machines and of the inventory. */
function findDeclared(
  files: FleetFiles,
  state: State,
  { mayDeclareMachines }: FileGroups,
  argument: Known['argument'],
): DeclaredFleet[] {
  const found: DeclaredFleet[] = [];
  for (const path of mayDeclareMachines) {
    let read = state.declared.get(path);
    if (read === undefined) {
      const file = files.parse(path);
      read =
        file === null
          ? null
          : readMachines(state.evaluation, file, name =>
              name === 'config' ? state.flake.configOf(path) : argument(name, path),
            );
      if (read !== null && declaresNothing(read)) read = null;
      state.declared.set(path, read);
    }
    if (read !== null) found.push(read);
  }
  state.inventoryJson ??= readInventoryJson(state.evaluation);
  return state.inventoryJson === null ? found : [...found, state.inventoryJson];
}
