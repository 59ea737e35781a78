/**
 * Builds the fleet of a workspace and keeps it current: what a change does not touch is not computed again.
 *
 * Order of work: find registries, then the files that lead to them, then matrices, then read every file that has
 * to do with vars as a unit, then join. A unit is kept until a file that it read (through any number of imports)
 * changes.
 */
import { BudgetExceeded, type Evaluation, type Tracer, withBudget } from '../nix/evaluation.ts';
import { createEvaluation } from '../nix/evaluator.ts';
import type { SourceFile } from '../nix/source.ts';
import type { Lazy, NixFiles } from '../nix/value.ts';
import { joinArguments, readArguments, type SharedArgument } from './arguments.ts';
import { assemble } from './assemble.ts';
import { createImportGraph, type ImportGraph, recordingReads } from './imports.ts';
import { belongsToFleet, type DeclaredFleet, readInventoryJson, readMachines } from './machines.ts';
import { type KeyFinder, keyFinder, readMatrix } from './matrix.ts';
import type { Fleet, Matrix, Place, Registry, Unit } from './model.ts';
import { createModuleCache, createModuleTable, forgetModules, type ModuleCache } from './module-table.ts';
import type { ServiceCache } from './ownership.ts';
import { readRegistry } from './registry.ts';
import { mentionsSecrets, type SecretFacts } from './secrets.ts';
import { readSecrets } from './secrets-collect.ts';
import { type AccessSetting, mentionsAccessSettings, readAccessSettings } from './access-settings.ts';
import { mentionsStoreSettings, readStoreSettings, type StoreSetting } from './store-settings.ts';
import { pipelineOf, placesToFollow, type TextFacts, textFacts } from './texts.ts';
import { type Known, readUnit } from './unit.ts';

/** The files of a workspace, as the fleet needs them. */
export interface FleetFiles extends NixFiles {
  /** Paths of all `.nix` files that belong to the workspace. */
  nixFiles(): Iterable<string>;
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
  readonly texts: Map<string, TextFacts>;
  readonly registries: Map<string, Registry | null>;
  readonly matrices: Map<string, Matrix | null>;
  /** The registries that the matrices were read with: which one a matrix lists depends on all of them. */
  registriesOfMatrices: readonly Registry[];
  /** Of the same registries. */
  holdsKeys: KeyFinder | null;
  readonly units: Map<string, Unit>;
  /** The places of each file that were followed when its unit was read. */
  readonly followed: Map<string, string>;
  readonly declared: Map<string, DeclaredFleet | null>;
  /** What `inventory.json` declares; undefined before it is read. A change to it makes a new state. */
  inventoryJson: DeclaredFleet | null | undefined;
  readonly arguments: Map<string, Map<string, Lazy>>;
  readonly secrets: Map<string, SecretFacts>;
  readonly modules: ModuleCache;
  readonly services: ServiceCache;
  readonly storeSettings: Map<string, readonly StoreSetting[]>;
  readonly accessSettings: Map<string, readonly AccessSetting[]>;
  readonly imports: ImportGraph;
  /** Files and folders read by other means than `import`. */
  readonly looseReads: Set<string>;
}

export function createFleetBuilder(files: FleetFiles, settings: FleetSettings): FleetBuilder {
  let fleet: Fleet | null = null;
  let state = newState(files);
  /** What unit results depend on beside files: which sets are registries and matrices, and where. */
  let knownKey = '';

  function forget(paths: Iterable<string>): void {
    for (const path of paths) {
      state.registries.delete(path);
      state.matrices.delete(path);
      state.units.delete(path);
      state.declared.delete(path);
      state.secrets.delete(path);
      state.storeSettings.delete(path);
      state.accessSettings.delete(path);
      state.arguments.delete(path);
      forgetModules(state.modules, path);
      state.evaluation.forgetFile(path);
    }
  }

  return {
    changed(paths) {
      fleet = null;
      const list = [...paths];
      if (list.some(path => isLooselyRead(state, path))) {
        const { texts } = state;
        state = newState(files);
        for (const [path, facts] of texts) if (!list.includes(path)) state.texts.set(path, facts);
        return;
      }
      for (const path of list) state.texts.delete(path);
      forget(state.imports.dependentsOf(list));
    },
    build() {
      if (fleet !== null) return fleet;
      const paths = [...files.nixFiles()];
      for (const path of paths) if (!state.texts.has(path)) state.texts.set(path, textFacts(files, path));
      const registries = findRegistries(state, settings, paths);
      const pipeline = pipelineOf(state.texts, [...registries, ...paths.filter(settings.isMatrixFile)]);
      const matrices = findMatrices(state, settings, registries, pipeline, paths);
      const shared = findArguments(files, state, paths);
      const argument = (name: string, asker: string): Lazy | null => {
        const given = shared.get(name);
        if (given === undefined || given.files.includes(asker)) return null;
        for (const file of given.files) state.imports.add(asker, file);
        return given.value;
      };
      const known: Known = {
        argument,
        registries: new Map<string, Place>(registries.map(file => [file, registryAt(state, file)])),
        matrices: new Map<string, Place>(matrices.map(matrix => [matrix.file, matrix.at])),
      };
      const key = JSON.stringify([...known.registries.keys(), ...known.matrices.keys()]);
      if (key !== knownKey) state.units.clear();
      knownKey = key;
      for (const path of paths) {
        const facts = state.texts.get(path);
        if (facts === undefined) continue;
        const places = placesToFollow(facts, state.texts, pipeline);
        const followed = places.join();
        if (state.units.has(path) && state.followed.get(path) === followed) continue;
        state.units.delete(path);
        state.followed.set(path, followed);
        if (!facts.mentionsVars && places.length === 0) continue;
        const file = files.parse(path);
        if (file !== null) state.units.set(path, readUnit(state.evaluation, file, known, places));
      }
      const givenTo = (file: string) => (name: string) => argument(name, file);
      fleet = assemble(state.evaluation, {
        files,
        declared: findDeclared(files, state, paths, argument),
        givenTo,
        table: createModuleTable(
          state.evaluation,
          files,
          state.modules,
          paths.filter(path => state.texts.get(path)?.mayAddOutputs === true && belongsToFleet(files, path)),
          givenTo,
        ),
        services: state.services,
        registries: registries.map(file => state.registries.get(file) as Registry),
        matrices,
        units: new Map(
          paths.flatMap(path =>
            state.units.has(path) ? [[path, state.units.get(path) as Unit] as const] : [],
          ),
        ),
        textOf: path => state.texts.get(path)?.text ?? '',
        secrets: () =>
          readEach(files, state, paths, state.secrets, {
            has: (_path, text) => mentionsSecrets(text),
            read: readSecrets,
          }),
        storeSettings: () =>
          readEach(files, state, paths, state.storeSettings, {
            has: (path, text) => mentionsStoreSettings(text) && belongsToFleet(files, path),
            read: readStoreSettings,
          }).flat(),
        accessSettings: () =>
          readEach(files, state, paths, state.accessSettings, {
            has: (path, text) => mentionsAccessSettings(text) && belongsToFleet(files, path),
            read: readAccessSettings,
          }).flat(),
      });
      return fleet;
    },
  };
}

function newState(files: FleetFiles): State {
  const imports = createImportGraph();
  const looseReads = new Set<string>();
  const tracer: Tracer = { onImport: (from, to) => imports.add(from.path, to) };
  return {
    evaluation: createEvaluation(recordingReads(files, looseReads), tracer),
    texts: new Map(),
    registries: new Map(),
    matrices: new Map(),
    registriesOfMatrices: [],
    holdsKeys: null,
    units: new Map(),
    followed: new Map(),
    declared: new Map(),
    secrets: new Map(),
    modules: createModuleCache(),
    services: { key: [], members: null },
    storeSettings: new Map(),
    accessSettings: new Map(),
    inventoryJson: undefined,
    arguments: new Map(),
    imports,
    looseReads,
  };
}

function isLooselyRead(state: State, path: string): boolean {
  if (state.looseReads.has(path)) return true;
  // A new file changes what its folder lists; a file that was there before does not.
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return state.looseReads.has(folder) && !state.texts.has(path);
}

function findRegistries(state: State, settings: FleetSettings, paths: readonly string[]): string[] {
  const found: string[] = [];
  for (const path of paths) {
    const trusted = settings.isRegistryFile(path);
    if (!trusted && state.texts.get(path)?.mayHoldRegistry !== true) continue;
    let registry = state.registries.get(path);
    if (registry === undefined) {
      const read = withBudget(state.evaluation, FILE_STEPS, () =>
        readRegistry(state.evaluation, path, trusted),
      );
      registry = read instanceof BudgetExceeded ? null : read;
      state.registries.set(path, registry);
    }
    if (registry !== null) found.push(path);
  }
  return found;
}

function findArguments(
  files: FleetFiles,
  state: State,
  paths: readonly string[],
): Map<string, SharedArgument> {
  const byFile = new Map<string, Map<string, Lazy>>();
  for (const path of paths) {
    if (state.texts.get(path)?.mayGiveArguments !== true || !belongsToFleet(files, path)) continue;
    let given = state.arguments.get(path);
    if (given === undefined) {
      const file = files.parse(path);
      given = file === null ? new Map<string, Lazy>() : readArguments(state.evaluation, file);
      state.arguments.set(path, given);
    }
    byFile.set(path, given);
  }
  return joinArguments(state.evaluation, byFile);
}

function registryAt(state: State, file: string): Place {
  return (state.registries.get(file) as Registry).at;
}

/** Files named in the settings, and files that the pipeline names beside it whose lists hold a registry's keys. */
function findMatrices(
  state: State,
  settings: FleetSettings,
  registryFiles: readonly string[],
  pipeline: ReadonlySet<string>,
  paths: readonly string[],
): Matrix[] {
  const registries = registryFiles.map(file => state.registries.get(file) as Registry);
  const candidates = new Set(paths.filter(settings.isMatrixFile));
  if (registries.length > 0) {
    if (state.holdsKeys === null || !sameItems(registries, state.registriesOfMatrices))
      state.holdsKeys = keyFinder(registries);
    const targets = new Set<string>();
    for (const path of pipeline)
      for (const { target } of state.texts.get(path)?.references ?? [])
        if (!pipeline.has(target)) targets.add(target);
    for (const target of targets) {
      const facts = state.texts.get(target);
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

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** What the files of this flake declare of machines and of the inventory. */
function findDeclared(
  files: FleetFiles,
  state: State,
  paths: readonly string[],
  argument: Known['argument'],
): DeclaredFleet[] {
  const found: DeclaredFleet[] = [];
  for (const path of paths) {
    if (state.texts.get(path)?.mayDeclareMachines !== true || !belongsToFleet(files, path)) continue;
    let read = state.declared.get(path);
    if (read === undefined) {
      const file = files.parse(path);
      read = file === null ? null : readMachines(state.evaluation, file, name => argument(name, path));
      state.declared.set(path, read);
    }
    if (read !== null) found.push(read);
  }
  state.inventoryJson ??= readInventoryJson(state.evaluation);
  return state.inventoryJson === null ? found : [...found, state.inventoryJson];
}

/** What each file of a kind says, kept until one that it read changes. Read when somebody asks. */
function readEach<Facts>(
  files: FleetFiles,
  state: State,
  paths: readonly string[],
  kept: Map<string, Facts>,
  kind: {
    readonly has: (path: string, text: string) => boolean;
    readonly read: (cx: Evaluation, file: SourceFile) => Facts;
  },
): Facts[] {
  const found: Facts[] = [];
  for (const path of paths) {
    if (!kind.has(path, state.texts.get(path)?.text ?? '')) continue;
    const known = kept.get(path);
    const file = known === undefined ? files.parse(path) : null;
    const facts = known ?? (file && kind.read(state.evaluation, file));
    if (facts == null) continue;
    kept.set(path, facts);
    found.push(facts);
  }
  return found;
}
