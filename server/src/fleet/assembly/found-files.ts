/**
 * Finds the files that a fleet is built from: registries, the files that lead to them, matrices, declarations of
 * machines, and arguments of modules. Each file is read once until it is dropped.
 */

import {
  type FileArguments,
  NO_ARGUMENTS,
  readArguments,
  type SharedArguments,
  shareArguments,
  withSystems,
} from '../../flake/arguments.ts';
import type { FlakeSet } from '../../flake/flake-modules.ts';
import { systemsIn } from '../../flake/frameworks/layout.ts';
import { member } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Value } from '../../nix/eval/value.ts';
import { unowned } from '../../query/reads.ts';
import { sameItems } from '../../std.ts';
import {
  type DeclaredFleet,
  declaresNothing,
  readInventoryJson,
  readMachines,
  readMade,
} from '../machines/machines.ts';
import type { Fleet } from '../model/fleet.ts';
import type { Matrix, Registry } from '../model/registries.ts';
import { keyFinder, readMatrix } from '../registry/matrix.ts';
import { readRegistry } from '../registry/registry.ts';
import type { UnitContext } from '../uses/unit-state.ts';
import {
  ARGUMENTS,
  DECLARED,
  type FleetFiles,
  type FleetSettings,
  MATRIX,
  REGISTRY,
  type State,
} from './builder-state.ts';
import { forget } from './changes.ts';
import { type FileGroups, type Pipeline, pipelineOf } from './survey.ts';
import type { TextFacts } from './texts.ts';

/** The evaluation steps allowed for reading a registry or a matrix. */
const FILE_STEPS = 2_000_000;

/** Returns the paths of the registries. */
export function findRegistries(
  state: State,
  settings: FleetSettings,
  { mayHoldRegistry }: FileGroups,
): string[] {
  const paths: string[] = [];
  for (const path of mayHoldRegistry) {
    const registry = state.answers.ask(REGISTRY, path, () =>
      within(state, cx => readRegistry(cx, path, settings.isRegistryFile(path))),
    );
    if (registry !== null) paths.push(path);
  }
  return paths;
}

/** Reads a file; null if that takes too many steps. */
function within<T>({ evaluation }: State, read: (cx: Evaluation) => T): T | null {
  const result = withBudget(evaluation, FILE_STEPS, () => read(evaluation));
  return result instanceof BudgetExceeded ? null : result;
}

/** Returns the files from which paths lead to a registry, or to a matrix of the settings. */
export function findPipeline(state: State, groups: FileGroups, registries: readonly string[]): Pipeline {
  const starts = [...registries, ...groups.namedMatrices];
  const key = starts.join('\0');
  if (state.pipeline?.groups !== groups || state.pipeline.starts !== key)
    state.pipeline = { groups, starts: key, ...pipelineOf(groups, starts) };
  return state.pipeline;
}

/** Returns the arguments that files and frameworks pass to all modules. */
function sharedArguments(
  files: FleetFiles,
  state: State,
  { mayGiveArguments }: FileGroups,
  made: readonly FlakeSet[],
): SharedArguments {
  const byFile = new Map<string, FileArguments>();
  for (const path of mayGiveArguments) {
    const args = state.answers.ask(ARGUMENTS, path, () => {
      const file = files.parse(path);
      return file === null ? NO_ARGUMENTS : readArguments(state.evaluation, file);
    });
    byFile.set(path, args);
  }
  for (const { file, set } of made) {
    const systems = withBudget(state.evaluation, FILE_STEPS, () => madeSystems(state.evaluation, set));
    if (systems instanceof BudgetExceeded) continue;
    byFile.set(file, withSystems(state.evaluation, byFile.get(file) ?? NO_ARGUMENTS, systems));
  }
  return shareArguments(state.evaluation, byFile);
}

export interface FoundArguments extends Pick<Fleet, 'replacesConfig' | 'lateArguments'> {
  /** Returns an argument of modules, as any file may get it. */
  readonly argument: UnitContext['argument'];
  /** Returns the same argument, as modules of a system get it. */
  readonly ofSystem: UnitContext['argument'];
}

/** Finds the arguments of modules, and drops everything that was read with other arguments. */
export function findArguments(files: FleetFiles, state: State, groups: FileGroups): FoundArguments {
  for (;;) {
    const made = state.made.last;
    const shared = sharedArguments(files, state, groups, made);
    const { asked, imports } = state;
    const { recorder } = state.evaluation;
    const shareable = (lookup: UnitContext['argument']) => (name: string, asker: string) =>
      unowned(recorder, () => lookup(name, asker));
    const argument = shareable(asked.answering('any', shared.any, imports.addUse));
    const ofSystem = shareable(asked.answering('system', shared.system, imports.addUse));
    state.argument = ofSystem;
    // Frameworks add arguments as well, and are evaluated with the arguments that are known so far.
    state.made.last = state.flake.frameworkSets();
    if (state.made.last !== made) continue;
    const stale = [...asked.stale(shared), ...state.flake.stale()];
    const { replacesConfig, late: lateArguments } = shared;
    if (stale.length === 0) return { argument, ofSystem, replacesConfig, lateArguments };
    forget(state, imports.dependentsOf(stale));
  }
}

/** Returns a registry that was found. */
export function knownRegistry({ answers }: State, file: string): Registry {
  return answers.known(REGISTRY, file) as Registry;
}

export interface MatrixSources {
  readonly groups: FileGroups;
  readonly texts: ReadonlyMap<string, TextFacts>;
  readonly registryFiles: readonly string[];
  readonly pipeline: Pipeline;
}

/**
 * Returns the matrices: files of the settings, and files that the pipeline refers to and whose lists have keys of a
 * registry.
 */
export function findMatrices(
  state: State,
  settings: FleetSettings,
  { groups, texts, registryFiles, pipeline }: MatrixSources,
): Matrix[] {
  const registries = registryFiles.map(file => knownRegistry(state, file));
  const candidates = new Set(groups.namedMatrices);
  if (registries.length > 0) {
    if (state.holdsKeys === null || !sameItems(registries, state.registriesOfMatrices))
      state.holdsKeys = keyFinder(registries);
    for (const target of pipeline.targets) {
      const facts = texts.get(target);
      if (facts !== undefined && state.holdsKeys(facts)) candidates.add(target);
    }
  }
  if (!sameItems(registries, state.registriesOfMatrices)) state.answers.deleteAll(MATRIX);
  state.registriesOfMatrices = registries;
  const matrices: Matrix[] = [];
  for (const path of [...candidates].sort()) {
    const matrix = state.answers.ask(MATRIX, path, () =>
      within(state, cx => readMatrix(cx, path, registries, settings.isMatrixFile(path))),
    );
    if (matrix !== null) matrices.push(matrix);
  }
  return matrices;
}

function madeSystems(cx: Evaluation, made: AttrsValue): readonly Value[] {
  const outputs = member(cx, made, 'flake');
  return outputs === null ? [] : systemsIn(cx, outputs);
}

/** Returns the declarations of machines and of the inventory in the files of this flake. */
export function findDeclared(
  files: FleetFiles,
  state: State,
  { mayDeclareMachines }: FileGroups,
  argument: UnitContext['argument'],
): DeclaredFleet[] {
  const fleets: DeclaredFleet[] = [];
  for (const path of mayDeclareMachines) {
    const read = state.answers.ask(DECLARED, path, () => {
      const file = files.parse(path);
      if (file === null) return null;
      const declared = readMachines(state.evaluation, file, name =>
        name === 'config' ? state.flake.configOf(path) : argument(name, path),
      );
      return declaresNothing(declared) ? null : declared;
    });
    if (read !== null) fleets.push(read);
  }
  for (const made of state.flake.frameworkSets()) {
    let read = state.made.declared.get(made);
    if (read === undefined) {
      read = readMade(state.evaluation, made);
      state.made.declared.set(made, read);
    }
    if (!declaresNothing(read)) fleets.push(read);
  }
  state.inventoryJson ??= readInventoryJson(state.evaluation);
  return state.inventoryJson === null ? fleets : [...fleets, state.inventoryJson];
}
