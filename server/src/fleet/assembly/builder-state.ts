/**
 * The state of a workspace between two builds of its fleet, by file, so that a change drops only what depends on it.
 * Computes nothing; see `builder.ts`.
 */

import { type AskedArguments, createAskedArguments, type FileArguments } from '../../flake/arguments.ts';
import type { FlakeSet } from '../../flake/flake-modules.ts';
import { createFlakeValues, type FlakeValues } from '../../flake/flake-values.ts';
import { frameworkValue } from '../../flake/frameworks/calls.ts';
import { partOfSystem } from '../../flake/system-modules.ts';
import { COMMON } from '../../modules/modules.ts';
import { type Evaluation, forgetWalked } from '../../nix/eval/evaluation.ts';
import { createEvaluation } from '../../nix/eval/evaluator.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { createModuleCache, forgetModules, type ModuleCache } from '../machine-modules/build-cache.ts';
import { belongsToFleet, type DeclaredFleet } from '../machines/machines.ts';
import type { RemovedUse } from '../model/machines.ts';
import type { ClanSetting } from '../model/options.ts';
import type { Matrix, Registry } from '../model/registries.ts';
import type { AccessSetting, SecretFacts, StoreSetting } from '../model/secrets.ts';
import type { Unit } from '../model/uses.ts';
import type { KeyFinder } from '../registry/matrix.ts';
import type { UnitContext } from '../uses/unit-state.ts';
import { type AssemblyCache, createAssemblyCache } from './assemble.ts';
import { createFaultCache, type FaultCache } from './faults.ts';
import { createImportGraph, type ImportGraph, type LooseReads, recordingReads } from './imports.ts';
import { readForFaults } from './reach.ts';
import type { FileGroups } from './survey.ts';
import type { TextFacts } from './texts.ts';
import { createTrees, type Trees } from './trees.ts';

/** The files of a workspace. */
export interface FleetFiles extends NixFiles {
  /** Returns the paths of all `.nix` files that belong to the workspace. */
  nixFiles(): Iterable<string>;
  /** Drops the tree of a file, which `parse` then parses again. If absent, all trees are kept. */
  release?(path: string): void;
}

export interface FleetSettings {
  /** Returns whether a file is read as a registry regardless of its shape. */
  readonly isRegistryFile: (path: string) => boolean;
  /** Returns whether a file is read as a matrix regardless of its shape. */
  readonly isMatrixFile: (path: string) => boolean;
}

export interface State {
  evaluation: Evaluation;
  readonly registries: Map<string, Registry | null>;
  readonly matrices: Map<string, Matrix | null>;
  /** The registries that the matrices were read with, all of which determine to which one a matrix belongs. */
  registriesOfMatrices: readonly Registry[];
  /** The finder of keys of these registries. */
  holdsKeys: KeyFinder | null;
  /** The registries and matrices that the units were read with. Units are dropped when it changes. */
  knownKey: string;
  readonly units: Map<string, Unit>;
  /** Previous units of files that have to be read again. */
  readonly unitsBefore: Map<string, Unit>;
  /** Files whose own texts have changed since the units were last read. */
  readonly edited: Set<string>;
  /** The inputs with which a file's unit was read, or was found not to exist. */
  readonly followed: Map<string, Followed>;
  pipeline: {
    readonly groups: FileGroups;
    readonly starts: string;
    readonly files: ReadonlySet<string>;
  } | null;
  readonly declared: Map<string, DeclaredFleet | null>;
  /** Declarations that frameworks make for the flake. */
  readonly made: { last: readonly FlakeSet[]; readonly declared: WeakMap<FlakeSet, DeclaredFleet> };
  /** The declarations of `inventory.json`; undefined before it is read. A change to the file creates a new state. */
  inventoryJson: DeclaredFleet | null | undefined;
  readonly arguments: Map<string, FileArguments>;
  readonly secrets: Map<string, SecretFacts>;
  readonly modules: ModuleCache;
  readonly assembly: AssemblyCache;
  readonly storeSettings: Map<string, readonly StoreSetting[]>;
  readonly accessSettings: Map<string, readonly AccessSetting[]>;
  readonly removed: Map<string, readonly RemovedUse[]>;
  readonly faults: FaultCache;
  readonly machineSettings: Map<string, readonly ClanSetting[]>;
  readonly imports: ImportGraph;
  readonly trees: Trees;
  readonly flake: FlakeValues;
  readonly asked: AskedArguments;
  /** Returns the arguments of modules, as last determined. */
  argument: UnitContext['argument'];
  readonly looseReads: LooseReads;
}

const NONE_MADE: readonly FlakeSet[] = [];

interface Followed {
  readonly facts: TextFacts;
  readonly pipeline: ReadonlySet<string>;
  readonly places: readonly number[];
}

export function newState(files: FleetFiles): State {
  const imports = createImportGraph();
  const looseReads: LooseReads = { read: new Set(), lookedFor: new Set() };
  const evaluation = createEvaluation(recordingReads(files, looseReads), (from, to) =>
    imports.add(from.path, to),
  );
  for (const set of COMMON) evaluation.common.set(set, 'beside');
  const flake = createFlakeValues(evaluation, {
    argumentsFor: file => name => state.argument(name, file),
    isOwn: file => belongsToFleet(files, file),
    used: imports.add,
  });
  evaluation.resolver = value =>
    partOfSystem(evaluation, value) ?? frameworkValue(evaluation, value) ?? flake.resolve(value);
  const state: State = {
    evaluation,
    flake,
    argument: () => null,
    trees: createTrees(evaluation, imports, releasing(files)),
    registries: new Map(),
    matrices: new Map(),
    registriesOfMatrices: [],
    holdsKeys: null,
    knownKey: '',
    units: new Map(),
    unitsBefore: new Map(),
    edited: new Set(),
    followed: new Map(),
    pipeline: null,
    declared: new Map(),
    made: { last: NONE_MADE, declared: new WeakMap() },
    secrets: new Map(),
    modules: createModuleCache(),
    assembly: createAssemblyCache(files),
    storeSettings: new Map(),
    accessSettings: new Map(),
    removed: new Map(),
    faults: createFaultCache(),
    machineSettings: new Map(),
    inventoryJson: undefined,
    arguments: new Map(),
    asked: createAskedArguments(),
    imports,
    looseReads,
  };
  return state;
}

/** Returns a function that drops a tree, after reading from it what the check for faults needs of every file. */
function releasing({ parse, release }: FleetFiles): ((path: string) => void) | undefined {
  if (release === undefined) return undefined;
  return path => {
    const file = parse(path);
    if (file !== null) readForFaults(file);
    release(path);
  };
}

/**
 * Drops everything that was computed from files that have changed, or from what they import. Their previous units are
 * kept for comparison.
 */
export function forgetChanged(state: State, changed: readonly string[]): void {
  const { imports } = state;
  const dependents = imports.dependentsOf(changed);
  forget(state, dependents, new Set(changed.filter(path => !imports.importsAny(path, dependents))));
}

/**
 * Drops everything that was computed from the files. Their previous units are kept for comparison.
 * @param edited those of which nothing else has changed than their own texts
 */
export function forget(state: State, paths: Iterable<string>, edited: ReadonlySet<string> = new Set()): void {
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
    state.machineSettings.delete(path);
    state.arguments.delete(path);
    forgetModules(state.modules, path);
    state.flake.forget(path);
    state.asked.forget(path);
    state.evaluation.forgetFile(path, edited.has(path));
    forgetWalked(state.evaluation, path);
  }
}
