/**
 * Builds the fleet of a workspace and keeps it current: what a change does not touch is not computed again.
 *
 * Order of work: find registries, then the files that lead to them, then matrices, then read every file that has
 * to do with vars as a unit, then join. A unit is kept until a file that it read (through any number of imports)
 * changes.
 */

import { mayDeclareOptions } from '../../modules/options/namespaces.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import type { Place } from '../../nix/places.ts';
import { sameItems } from '../../std.ts';
import { constantDefinitions } from '../machine-modules/interned.ts';
import { NOBODY } from '../machine-modules/module-contexts.ts';
import { createModuleTable, type ModuleTable } from '../machine-modules/module-table.ts';
import type { Fleet } from '../model/fleet.ts';
import type { Registry } from '../model/registries.ts';
import type { Unit } from '../model/uses.ts';
import { readOptionReads } from '../options/reads.ts';
import { readUnit } from '../uses/unit.ts';
import type { Known } from '../uses/unit-state.ts';
import { assemble } from './assemble.ts';
import { type FleetFiles, type FleetSettings, forget, newState, type State } from './builder-state.ts';
import { findFaults } from './faults.ts';
import {
  findDeclared,
  findMatrices,
  findPipeline,
  findRegistries,
  registryAt,
  sharedArguments,
} from './found-files.ts';
import {
  ACCESS_SETTINGS,
  MACHINE_SETTINGS,
  REMOVED,
  readEach,
  SECRETS,
  STORE_SETTINGS,
} from './read-on-demand.ts';
import { namesPath } from './references.ts';
import { createSurvey, type FileGroups, type Survey } from './survey.ts';
import { placesToFollow, type TextFacts } from './texts.ts';

export type { FleetFiles, FleetSettings };

export interface FleetBuilder {
  /** Tells that files have changed, appeared or gone. */
  changed(paths: Iterable<string>): void;
  /** The fleet as it is now. Returns the same object while nothing has changed. */
  build(): Fleet;
}

export function createFleetBuilder(files: FleetFiles, settings: FleetSettings): FleetBuilder {
  let fleet: Fleet | null = null;
  const survey = createSurvey({ files, ...settings });
  let state = newState(files);
  /** What unit results depend on beside files: which sets are registries and matrices, and where. */
  let knownKey = '';

  /** What modules are given; what was read with something else is forgotten. */
  function findArguments(groups: FileGroups): {
    readonly [by in 'argument' | 'ofSystem']: Known['argument'];
  } & Pick<Fleet, 'replacesConfig' | 'lateArguments'> {
    for (;;) {
      const made = state.made.last;
      const shared = sharedArguments(files, state, groups, made);
      const { asked, imports } = state;
      const argument = asked.answering('any', shared.any, imports.add);
      const ofSystem = asked.answering('system', shared.system, imports.add);
      state.argument = ofSystem;
      // What frameworks make gives arguments, too, and is found with those that are known so far.
      state.made.last = state.flake.made();
      if (state.made.last !== made) continue;
      const stale = [...asked.stale(shared), ...state.flake.stale()];
      const { replacesConfig, late: lateArguments } = shared;
      if (stale.length === 0) return { argument, ofSystem, replacesConfig, lateArguments };
      forget(state, imports.dependentsOf(stale));
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
      for (const path of list) {
        state.assembly.folders.forget(path);
        state.faults.stale.add(path);
      }
      forget(state, state.imports.dependentsOf(list));
    },
    build() {
      if (fleet !== null) return fleet;
      const groups = survey.groups();
      const { texts } = survey;
      const { argument, ofSystem, replacesConfig, lateArguments } = findArguments(groups);
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
        made: () => state.flake.made(),
        givenTo,
        definitionsOf: path => state.units.get(path)?.definitions ?? [],
        done: file => state.trees.done(file.path, file.text.length),
      });
      state.trees.expect(lengthToRead(texts));
      const units = new Map<string, Unit>();
      for (const path of groups.paths) {
        readUnitOf(files, state, texts, pipeline, known, table, path);
        const unit = state.units.get(path);
        if (unit !== undefined) units.set(path, unit);
      }
      // What is left is of files that are gone, or have nothing to say any more.
      state.unitsBefore.clear();
      fleet = assemble(state.evaluation, {
        files,
        declared: findDeclared(files, state, groups, ofSystem),
        givenTo,
        table,
        replacesConfig,
        lateArguments,
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
        changedFiles: state.modules.changed,
        declaring: () => declaringTexts(groups.paths, texts),
        optionReads(path, names) {
          const file = files.parse(path);
          if (file === null) return [];
          const reads = readOptionReads(state.evaluation, file, names);
          state.trees.done(path, file.text.length);
          return reads;
        },
        machineSettings: () =>
          readEach(files, state.evaluation, groups, texts, state.machineSettings, MACHINE_SETTINGS).flat(),
        removed: () => readEach(files, state.evaluation, groups, texts, state.removed, REMOVED).flat(),
        faults: modules =>
          findFaults(
            {
              files,
              modules,
              paths: groups.paths,
              units,
              done: file => state.trees.done(file.path, file.text.length),
            },
            state.faults,
          ),
      });
      return fleet;
    },
  };
}

const declares = new WeakMap<TextFacts, boolean>();

/** The texts of the files that may declare options; each is looked at once. */
function declaringTexts(paths: readonly string[], texts: ReadonlyMap<string, TextFacts>): string[] {
  return paths.flatMap(path => {
    const facts = texts.get(path);
    if (facts === undefined) return [];
    let may = declares.get(facts);
    if (may === undefined) {
      may = mayDeclareOptions(facts.text);
      declares.set(facts, may);
    }
    return may ? [facts.text] : [];
  });
}

/** Of all files that certainly have units, in characters. */
function lengthToRead(texts: ReadonlyMap<string, TextFacts>): number {
  let length = 0;
  for (const { mentionsVars, text } of texts.values()) if (mentionsVars) length += text.length;
  return length;
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
  if (state.trees.isThrifty()) table.file(path, NOBODY);
  else state.trees.done(path, file.text.length);
}

function isLooselyRead(
  files: FleetFiles,
  { looseReads: { read, lookedFor } }: State,
  { texts }: Survey,
  path: string,
): boolean {
  if (read.has(path)) return true;
  // What appears or goes changes what its folder lists; a file that was there before and still is does not.
  return (
    (lookedFor.has(path) || read.has(folderOf(path))) && !(texts.has(path) && files.kind(path) === 'file')
  );
}
