/** The state of a workspace between two builds of its fleet. Computes nothing; see `builder.ts` and `changes.ts`. */

import { type AskedArguments, createAskedArguments } from '../../flake/arguments.ts';
import type { FlakeContext } from '../../flake/collected-modules.ts';
import type { FlakeSet } from '../../flake/flake-modules.ts';
import { createFlakeValues, type FlakeValues } from '../../flake/flake-values.ts';
import { frameworkValue } from '../../flake/frameworks/calls.ts';
import { partOfSystem } from '../../flake/system-modules.ts';
import { COMMON } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { createEvaluation } from '../../nix/eval/evaluator.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { createDatabase, type Database, type TraceEvent } from '../../query/database.ts';
import { createModuleCache, type ModuleCache } from '../machine-modules/build-cache.ts';
import type { ModuleContext } from '../machine-modules/table-state.ts';
import type { FolderContext } from '../machines/machine-folders.ts';
import { belongsToFleet, type DeclaredFleet } from '../machines/machines.ts';
import type { Unit } from '../model/uses.ts';
import type { UnitContext } from '../uses/unit-state.ts';
import { createImportGraph, type ImportGraph, type LooseReads, recordingReads } from './imports.ts';
import { createSurvey, type Survey, type SurveyContext } from './survey.ts';
import type { TextFacts } from './texts.ts';
import { createTrees, readForFaults, type Trees } from './trees.ts';

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

/** The units that were last read. They change while units are read, which may be given up. */
export interface LastUnits {
  readonly byFile: Map<string, Unit>;
  /** The files that all have been asked for their units. */
  paths: readonly string[] | null;
  /** The units of all files, in their order; null if some of them have changed since. */
  all: ReadonlyMap<string, Unit> | null;
}

/** Returns what is known before units were read. */
function noUnits(): LastUnits {
  return { byFile: new Map(), paths: null, all: null };
}

/** The state that is kept from build to build, beside the answers of the database. */
export interface State {
  readonly files: FleetFiles;
  readonly settings: FleetSettings;
  /** Has all that is computed from files; its context is a `FleetContext`. */
  readonly database: Database;
  readonly survey: Survey;
  readonly evaluation: Evaluation;
  /** The environment of units in the current build. */
  unitContext: UnitContext;
  readonly units: LastUnits;
  /** The number of units that were read. */
  unitsRead: number;
  /** Declarations that frameworks make for the flake. */
  readonly made: { last: readonly FlakeSet[]; readonly declared: WeakMap<FlakeSet, DeclaredFleet> };
  /** The declarations of `inventory.json`; undefined before it is read. A change to the file creates a new state. */
  inventoryJson: DeclaredFleet | null | undefined;
  readonly modules: ModuleCache;
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

/** The context of a fleet's database, from which its queries are computed. */
interface FleetContext extends SurveyContext, ModuleContext, FolderContext, FlakeContext {
  state: State | null;
}

/** Returns the state that belongs to a database. */
export function stateOf({ context }: Database): State {
  return (context as FleetContext).state as State;
}

const NONE_MADE: readonly FlakeSet[] = [];

/**
 * @param earlier facts of texts, which are reused where a text is still the same
 * @param trace called with what is computed again, and why
 */
export function newState(
  files: FleetFiles,
  settings: FleetSettings,
  earlier: ReadonlyMap<string, TextFacts>,
  trace: (event: TraceEvent) => void,
): State {
  const imports = createImportGraph();
  const looseReads: LooseReads = { read: new Set(), lookedFor: new Set() };
  const evaluation = createEvaluation(recordingReads(files, looseReads), (from, to) =>
    imports.addImport(from.path, to),
  );
  for (const set of COMMON) evaluation.common.set(set, 'beside');
  const context: FleetContext = {
    files,
    survey: { files, ...settings },
    table: null,
    state: null,
    flake: null,
  };
  const database = createDatabase({ context, trace });
  const flake = createFlakeValues(database, evaluation, {
    argumentsFor: file => name => state.argument(name, file),
    isOwn: file => belongsToFleet(files, file),
    used: imports.addUse,
  });
  evaluation.resolver = value =>
    partOfSystem(evaluation, value) ?? frameworkValue(evaluation, value) ?? flake.resolve(value);
  const state: State = {
    files,
    settings,
    database,
    survey: createSurvey(database, earlier),
    evaluation,
    flake,
    argument: () => null,
    trees: createTrees(evaluation, imports, releasing(files)),
    unitContext: { argument: () => null, registries: new Map(), matrices: new Map() },
    units: noUnits(),
    unitsRead: 0,
    made: { last: NONE_MADE, declared: new WeakMap() },
    modules: createModuleCache(database),
    inventoryJson: undefined,
    asked: createAskedArguments(),
    imports,
    changed: new Set(),
    looseReads,
  };
  context.state = state;
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
