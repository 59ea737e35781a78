/**
 * Builds the fleet of a workspace and keeps it current: parts that a change does not affect are not computed again.
 *
 * A build finds the registries, the files that lead to them and the matrices, reads every file that concerns vars as a
 * unit, and joins the units. A unit is kept until a file that it was evaluated from, through any number of imports,
 * changes.
 */

import { answering, promising } from '../../nix/eval/evaluation.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import { noteEdited } from '../../nix/eval/renewal.ts';
import type { Place } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { TraceEvent } from '../../query/database.ts';
import { finish, type Steps } from '../../query/steps.ts';
import { once, sameItems } from '../../std.ts';
import { askedOptions } from '../catalogue/core-modules.ts';
import { createModuleTable, type ModuleTable } from '../machine-modules/module-table.ts';
import type { Fleet } from '../model/fleet.ts';
import type { Unit } from '../model/uses.ts';
import { readOptionReads } from '../options/reads.ts';
import { readUnit } from '../uses/unit.ts';
import type { UnitContext } from '../uses/unit-state.ts';
import { type Assembled, assemble, linkMatrices, type Parts } from './assemble.ts';
import {
  type FleetFiles,
  type FleetSettings,
  FOLLOWED,
  newState,
  type State,
  UNIT,
} from './builder-state.ts';
import { forgetChanged } from './changes.ts';
import { findFaults, lastReached } from './faults.ts';
import {
  type FoundArguments,
  findArguments,
  findDeclared,
  findMatrices,
  findPipeline,
  findRegistries,
  knownRegistry,
} from './found-files.ts';
import { internUnit } from './interned-unit.ts';
import {
  ACCESS_SETTINGS,
  type FactSources,
  MACHINE_SETTINGS,
  REMOVED,
  readEach,
  SECRETS,
  STORE_SETTINGS,
} from './read-on-demand.ts';
import { namesPath } from './references.ts';
import { createSurvey, type Survey } from './survey.ts';
import { placesToFollow, type TextFacts } from './texts.ts';

export type { FleetFiles, FleetSettings };

export interface FleetBuilder {
  /** Handles that files have changed, appeared or been removed. */
  changed(paths: Iterable<string>): void;
  /** Returns the current fleet, the same object until something changes. */
  build(): Fleet;
  /**
   * Does the same in steps, with the parts of the fleet that take long, which `build` computes when they are read. After
   * a change the steps must not be taken any further; a build may begin anew at any time.
   */
  building(): Steps<Fleet>;
  /**
   * Returns the current registries and matrices, without reading anything else again: matrices are linked by what the
   * last fleet says of units and machines. Null before the first fleet, and if they are the same as in it.
   */
  registries(): Registered | null;
}

/** The part of a fleet that takes next to no time. */
export type Registered = Pick<Fleet, 'registries' | 'matrices'>;

/** @param trace called with what is read or computed again after an edit, and the reason */
export function createFleetBuilder(
  files: FleetFiles,
  settings: FleetSettings,
  trace: (event: TraceEvent) => void = () => {},
): FleetBuilder {
  let assembled: Assembled | null = null;
  let registered: Registered | null = null;
  const survey = createSurvey({ files, ...settings }, trace);
  let state = newState(files, trace);
  function* assembling(): Steps<Assembled> {
    if (assembled === null) {
      forgetChanged(state, trace);
      assembled = yield* buildFleet(files, settings, state, survey);
      registered = assembled.fleet;
    }
    return assembled;
  }
  return {
    changed(paths) {
      assembled = null;
      const list = [...paths];
      survey.changed(list);
      if (list.some(path => isLooselyRead(files, state, survey, path))) {
        const edited = [...state.evaluation.live.keys(), ...list];
        state = newState(files, trace);
        for (const path of edited) noteEdited(state.evaluation, path);
        return;
      }
      for (const path of list) {
        state.assembly.folders.forget(path);
        state.edited.add(path);
        state.faults.stale.add(path);
        state.changed.add(path);
        noteEdited(state.evaluation, path);
      }
    },
    *building() {
      const { fleet, preparing } = yield* assembling();
      yield* preparing();
      return fleet;
    },
    build: () => finish(assembling()).fleet,
    registries() {
      const { linking } = state.assembly;
      if (assembled !== null || registered === null || linking === null) return null;
      forgetChanged(state, trace);
      const { registries, matrices: found } = findRegistered(files, settings, state, survey);
      const matrices = linkMatrices(state.assembly, found, registries, linking);
      if (sameItems(registries, registered.registries) && sameItems(matrices, registered.matrices))
        return null;
      registered = { registries, matrices };
      return registered;
    },
  };
}

/** The registries, matrices and arguments of modules that the rest of a build is computed from. */
interface RegisteredParts extends FoundArguments, Registered {
  readonly registryFiles: readonly string[];
  /** Files that lead to a registry. */
  readonly pipeline: ReadonlySet<string>;
}

/** Finds registries and matrices, and the arguments of modules with which they are read. */
function findRegistered(
  files: FleetFiles,
  settings: FleetSettings,
  state: State,
  survey: Survey,
): RegisteredParts {
  const groups = survey.groups();
  const args = findArguments(files, state, groups);
  const registryFiles = findRegistries(state, settings, groups);
  const pipeline = findPipeline(state, groups, registryFiles);
  const matrices = findMatrices(state, settings, { groups, texts: survey.texts, registryFiles, pipeline });
  const registries = registryFiles.map(file => knownRegistry(state, file));
  return { ...args, registryFiles, registries, pipeline: pipeline.files, matrices };
}

function* buildFleet(
  files: FleetFiles,
  settings: FleetSettings,
  state: State,
  survey: Survey,
): Steps<Assembled> {
  const groups = survey.groups();
  const { texts } = survey;
  const registered = findRegistered(files, settings, state, survey);
  const { argument, ofSystem, replacesConfig, lateArguments } = registered;
  const { registries, registryFiles, pipeline, matrices } = registered;
  const unitContext: UnitContext = {
    argument,
    registries: new Map<string, Place>(registryFiles.map(file => [file, knownRegistry(state, file).at])),
    matrices: new Map<string, Place>(matrices.map(matrix => [matrix.file, matrix.at])),
  };
  forgetUnitsOfOthers(state, unitContext);
  const textOf = (path: string) => texts.get(path)?.text ?? '';
  const givenTo = (file: string) => (name: string) => ofSystem(name, file);
  const mentions = (word: string) => groups.coreSwitches.has(word);
  const expected = once(() => askedOptions(mentions));
  const done = (file: SourceFile) => state.trees.done(file.path, file.text.length);
  const table = createModuleTable(state.evaluation, {
    files,
    cache: state.modules,
    adding: groups.mayAddOutputs,
    made: () => state.flake.frameworkSets(),
    givenTo,
    definitionsOf: path => state.answers.known(UNIT, path)?.definitions ?? [],
    expected: () => (state.trees.isThrifty() ? expected() : []),
    done,
  });
  const units = yield* readUnits(files, state, groups.paths, { texts, pipeline, unitContext, table });
  return assemble(state.evaluation, {
    files,
    declared: findDeclared(files, state, groups, ofSystem),
    givenTo,
    table,
    replacesConfig,
    lateArguments,
    cache: state.assembly,
    registries,
    matrices,
    units,
    textOf,
    namedBy: named => groups.paths.filter(path => namesPath(path, textOf(path), named)),
    ...readersOnDemand(state, { files, cx: state.evaluation, survey }),
    changedFiles: state.modules.changed,
    declaring: () => groups.mayDeclareOptions.map(textOf),
    mentions,
    optionReads(path, names) {
      const file = files.parse(path);
      if (file === null) return [];
      const reads = answering(state.evaluation, path, () => readOptionReads(state.evaluation, file, names));
      done(file);
      return reads;
    },
    reached: () => lastReached(state.faults),
    faults: modules => findFaults({ files, modules, paths: groups.paths, units, done }, state.faults),
  });
}

/** Drops all units if they were read with other registries or matrices. */
function forgetUnitsOfOthers(state: State, { registries, matrices }: UnitContext): void {
  const key = JSON.stringify([...registries.keys(), ...matrices.keys()]);
  if (key !== state.knownKey) {
    state.answers.deleteAll(UNIT);
    state.answers.deleteAll(FOLLOWED);
  }
  state.knownKey = key;
}

type OnDemand = Pick<Parts, 'secrets' | 'storeSettings' | 'accessSettings' | 'machineSettings' | 'removed'>;

function readersOnDemand({ answers }: State, sources: FactSources): OnDemand {
  return {
    secrets: () => readEach(sources, answers, SECRETS),
    storeSettings: () => readEach(sources, answers, STORE_SETTINGS).flat(),
    accessSettings: () => readEach(sources, answers, ACCESS_SETTINGS).flat(),
    machineSettings: () => readEach(sources, answers, MACHINE_SETTINGS).flat(),
    removed: () => readEach(sources, answers, REMOVED).flat(),
  };
}

/** Returns the total length of the files that certainly have units, in characters. */
function lengthToRead(texts: ReadonlyMap<string, TextFacts>): number {
  let length = 0;
  for (const { mentionsVars, text } of texts.values()) if (mentionsVars) length += text.length;
  return length;
}

interface UnitSources {
  readonly texts: ReadonlyMap<string, TextFacts>;
  readonly pipeline: ReadonlySet<string>;
  readonly unitContext: UnitContext;
  readonly table: ModuleTable;
}

/** Returns the units of all files, reusing those that are still valid. */
function* readUnits(
  files: FleetFiles,
  state: State,
  paths: readonly string[],
  sources: UnitSources,
): Steps<Map<string, Unit>> {
  state.trees.expect(lengthToRead(sources.texts));
  const units = new Map<string, Unit>();
  for (const path of paths) {
    if (readUnitOf(files, state, sources, path)) yield;
    const unit = state.answers.known(UNIT, path);
    if (unit !== undefined) units.set(path, unit);
  }
  // The remaining ones belong to files that were removed or no longer have a unit.
  state.unitsBefore.clear();
  state.edited.clear();
  return units;
}

/** Reads the unit of a file, if it has one, unless the previous unit is still valid. Returns whether it was read. */
function readUnitOf(
  files: FleetFiles,
  state: State,
  { texts, pipeline, unitContext, table }: UnitSources,
  path: string,
): boolean {
  const facts = texts.get(path);
  const earlier = state.answers.known(FOLLOWED, path);
  if (facts === undefined || (earlier?.facts === facts && earlier.pipeline === pipeline)) return false;
  const places = placesToFollow(facts, texts, pipeline);
  state.answers.set(FOLLOWED, path, { facts, pipeline, places });
  if (earlier?.facts === facts && sameItems(earlier.places, places)) return false;
  state.answers.delete(UNIT, path);
  if (!facts.mentionsVars && places.length === 0) return false;
  const file = files.parse(path);
  if (file === null) return false;
  const before = state.unitsBefore.get(path);
  state.unitsBefore.delete(path);
  state.answers.ask(UNIT, path, () =>
    promising(state.evaluation, path, () =>
      internUnit(readUnit(state.evaluation, file, unitContext, places), before, state.edited.has(path)),
    ),
  );
  // The file is probably needed as a module later, which would require its tree again.
  if (state.trees.isThrifty()) table.file(path);
  else state.trees.done(path, file.text.length);
  return true;
}

function isLooselyRead(
  files: FleetFiles,
  { looseReads: { read, lookedFor } }: State,
  { texts }: Survey,
  path: string,
): boolean {
  if (read.has(path)) return true;
  // Creating or removing a file changes the listing of its folder; editing it does not.
  return (
    (lookedFor.has(path) || read.has(folderOf(path))) && !(texts.has(path) && files.kind(path) === 'file')
  );
}
