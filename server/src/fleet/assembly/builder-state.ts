/** The state of a workspace between two builds of its fleet. Computes nothing; see `builder.ts` and `changes.ts`. */

import { type AskedArguments, createAskedArguments, type FileArguments } from '../../flake/arguments.ts';
import type { FlakeSet } from '../../flake/flake-modules.ts';
import { createFlakeValues, type FlakeValues } from '../../flake/flake-values.ts';
import { frameworkValue } from '../../flake/frameworks/calls.ts';
import { partOfSystem } from '../../flake/system-modules.ts';
import { COMMON } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { createEvaluation } from '../../nix/eval/evaluator.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { TraceEvent } from '../../query/database.ts';
import { createModuleCache, type ModuleCache } from '../machine-modules/build-cache.ts';
import { belongsToFleet, type DeclaredFleet } from '../machines/machines.ts';
import type { Matrix, Registry } from '../model/registries.ts';
import type { Unit } from '../model/uses.ts';
import type { KeyFinder } from '../registry/matrix.ts';
import type { UnitContext } from '../uses/unit-state.ts';
import { type AssemblyCache, createAssemblyCache } from './assemble.ts';
import { createFaultCache, type FaultCache } from './faults.ts';
import { createFileAnswers, type FileAnswers, type Question } from './file-answers.ts';
import { createImportGraph, type ImportGraph, type LooseReads, recordingReads } from './imports.ts';
import { readForFaults } from './reach.ts';
import type { FileGroups, Pipeline } from './survey.ts';
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
  /** What is known about single files: see the questions below. */
  readonly answers: FileAnswers;
  /** The registries that the matrices were read with, all of which determine to which one a matrix belongs. */
  registriesOfMatrices: readonly Registry[];
  /** The finder of keys of these registries. */
  holdsKeys: KeyFinder | null;
  /** The registries and matrices that the units were read with. Units are dropped when it changes. */
  knownKey: string;
  /** Previous units of files that have to be read again. */
  readonly unitsBefore: Map<string, Unit>;
  /** Files whose own texts have changed since the units were last read. */
  readonly edited: Set<string>;
  pipeline: (Pipeline & { readonly groups: FileGroups; readonly starts: string }) | null;
  /** Declarations that frameworks make for the flake. */
  readonly made: { last: readonly FlakeSet[]; readonly declared: WeakMap<FlakeSet, DeclaredFleet> };
  /** The declarations of `inventory.json`; undefined before it is read. A change to the file creates a new state. */
  inventoryJson: DeclaredFleet | null | undefined;
  readonly modules: ModuleCache;
  readonly assembly: AssemblyCache;
  readonly faults: FaultCache;
  readonly imports: ImportGraph;
  /** Files that have changed since the last build. */
  readonly changed: Set<string>;
  readonly trees: Trees;
  readonly flake: FlakeValues;
  readonly asked: AskedArguments;
  /** Returns the arguments of modules, as last determined. */
  argument: UnitContext['argument'];
  readonly looseReads: LooseReads;
}

const NONE_MADE: readonly FlakeSet[] = [];

export const REGISTRY: Question<Registry | null> = { name: 'registry' };
export const MATRIX: Question<Matrix | null> = { name: 'matrix' };
export const UNIT: Question<Unit> = { name: 'unit' };
/** The inputs with which a file's unit was read, or was found not to exist. */
export const FOLLOWED: Question<Followed> = { name: 'followed' };
export const DECLARED: Question<DeclaredFleet | null> = { name: 'declared' };
export const ARGUMENTS: Question<FileArguments> = { name: 'arguments' };

interface Followed {
  readonly facts: TextFacts;
  readonly pipeline: ReadonlySet<string>;
  readonly places: readonly number[];
}

/** @param trace called with what is computed again of modules and machines, and why */
export function newState(files: FleetFiles, trace: (event: TraceEvent) => void): State {
  const imports = createImportGraph();
  const looseReads: LooseReads = { read: new Set(), lookedFor: new Set() };
  const evaluation = createEvaluation(recordingReads(files, looseReads), (from, to) =>
    imports.addImport(from.path, to),
  );
  for (const set of COMMON) evaluation.common.set(set, 'beside');
  const flake = createFlakeValues(evaluation, {
    argumentsFor: file => name => state.argument(name, file),
    isOwn: file => belongsToFleet(files, file),
    used: imports.addUse,
  });
  evaluation.resolver = value =>
    partOfSystem(evaluation, value) ?? frameworkValue(evaluation, value) ?? flake.resolve(value);
  const state: State = {
    evaluation,
    flake,
    argument: () => null,
    trees: createTrees(evaluation, imports, releasing(files)),
    answers: createFileAnswers(evaluation),
    registriesOfMatrices: [],
    holdsKeys: null,
    knownKey: '',
    unitsBefore: new Map(),
    edited: new Set(),
    pipeline: null,
    made: { last: NONE_MADE, declared: new WeakMap() },
    modules: createModuleCache(trace),
    assembly: createAssemblyCache(files),
    faults: createFaultCache(),
    inventoryJson: undefined,
    asked: createAskedArguments(),
    imports,
    changed: new Set(),
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
