/**
 * Builds the fleet of a workspace and keeps it current: parts that a change does not affect are not computed again.
 *
 * A build finds the registries, the files that lead to them and the matrices, reads every file that concerns vars as a
 * unit, and joins the units. A unit is kept until a file that it was evaluated from, through any number of imports,
 * changes.
 */

import { folderOf } from '../../nix/eval/paths.ts';
import { noteEdited } from '../../nix/eval/renewal.ts';
import type { SourceFile } from '../../nix/source.ts';
import { type Database, evict, sweep, type TraceEvent } from '../../query/database.ts';
import { finish, type Steps } from '../../query/steps.ts';
import { once } from '../../std.ts';
import { askedOptions } from '../catalogue/core-modules.ts';
import { createModuleTable } from '../machine-modules/module-table.ts';
import { isJoined } from '../machines/joined-fleet.ts';
import { folderChanged } from '../machines/machine-folders.ts';
import type { Fleet } from '../model/fleet.ts';
import { type Assembled, assemble } from './assemble.ts';
import { type FleetFiles, type FleetSettings, newState, type State } from './builder-state.ts';
import { forgetChanged } from './changes.ts';
import { findArguments, findDeclared } from './found-files.ts';
import { LINKED_MATRICES } from './linked-matrices.ts';
import { factsOnDemand } from './read-on-demand.ts';
import { namesPath } from './references.ts';
import { MATRICES, noteRecognised, REGISTRIES } from './registered-files.ts';
import { readUnits } from './units.ts';

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
  /** Drops answers that nothing depends on, and that the last build did not use. */
  evict(): void;
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
  let state = newState(files, settings, new Map(), trace);
  function* assembling(): Steps<Assembled> {
    if (assembled === null) {
      forgetChanged(state, trace);
      assembled = yield* buildFleet(state);
      registered = assembled.fleet;
    }
    return assembled;
  }
  return {
    changed(paths) {
      assembled = null;
      const list = new Set(paths);
      state.survey.changed(list);
      const unchanged = once(() => foldersOf(state.survey.texts.keys(), list));
      if ([...list].some(path => isLooselyRead(state, path, unchanged))) {
        const edited = [...state.evaluation.live.keys(), ...list];
        state = newState(files, settings, state.survey.texts, trace);
        for (const path of edited) noteEdited(state.evaluation, path);
        return;
      }
      for (const path of list) {
        folderChanged(state.database, path);
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
    // Of the last build, what units are read from comes before its sweep.
    evict: () => evict(state.database, 1),
    registries() {
      if (assembled !== null || registered === null || !isJoined(state.database)) return null;
      forgetChanged(state, trace);
      state.survey.groups();
      findArguments(state);
      const { registries, matrices } = registered;
      const now = registeredIn(state.database);
      if (now.registries === registries && now.matrices === matrices) return null;
      registered = now;
      return registered;
    },
  };
}

function registeredIn(database: Database): Registered {
  return { registries: REGISTRIES(database, null), matrices: LINKED_MATRICES(database, null) };
}

/** The number of builds after which an unused answer is dropped, such as one for a machine that was removed. */
const KEPT_BUILDS = 100;

function* buildFleet(state: State): Steps<Assembled> {
  const { database, evaluation, files, survey } = state;
  const groups = survey.groups();
  const { argument, ofSystem, replacesConfig, mayGivePackages, lateArguments } = findArguments(state);
  const registries = REGISTRIES(database, null);
  const matrices = MATRICES(database, null);
  noteRecognised(database);
  state.unitContext = {
    argument,
    registries: new Map(registries.map(({ file, at }) => [file, at])),
    matrices: new Map(matrices.map(({ file, at }) => [file, at])),
  };
  const textOf = (path: string) => survey.texts.get(path)?.text ?? '';
  const givenTo = (file: string) => (name: string) => ofSystem(name, file);
  const mentions = (word: string) => groups.coreSwitches.has(word);
  const expected = once(() => askedOptions(mentions));
  const done = (file: SourceFile) => state.trees.done(file.path, file.text.length);
  const table = createModuleTable(evaluation, {
    files,
    cache: state.modules,
    adding: groups.mayAddOutputs,
    made: () => state.flake.frameworkSets(),
    givenTo,
    definitionsOf: path => state.units.byFile.get(path)?.definitions ?? [],
    expected: () => (state.trees.isThrifty() ? expected() : []),
    done,
  });
  const units = yield* readUnits(database, table);
  sweep(database, KEPT_BUILDS);
  return assemble(database, {
    declared: findDeclared(state),
    units,
    table,
    replacesConfig,
    mayGivePackages,
    lateArguments,
    namedBy: named => groups.paths.filter(path => namesPath(path, textOf(path), named)),
    ...factsOnDemand(database),
  });
}

/**
 * Returns whether a change of a file affects what was read in ways that are not recorded by file.
 * @param unchanged returns the folders of files that have not changed
 */
function isLooselyRead(
  { files, survey: { texts }, looseReads: { read, lookedFor } }: State,
  path: string,
  unchanged: () => ReadonlySet<string>,
): boolean {
  if (read.has(path)) return true;
  if (texts.has(path) && files.kind(path) === 'file') return false;
  if (lookedFor.has(path)) return true;
  // Creating or removing a file changes the listing of its folder, and of the folder above if its own comes or goes with it.
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (read.has(folder)) return true;
    if (folder === '' || unchanged().has(folder)) return false;
  }
}

/** Returns the folders of files, at any depth, without those of the files in `except`. */
function foldersOf(paths: Iterable<string>, except: ReadonlySet<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    if (except.has(path)) continue;
    for (let folder = folderOf(path); folder !== '' && !folders.has(folder); folder = folderOf(folder))
      folders.add(folder);
  }
  return folders;
}
