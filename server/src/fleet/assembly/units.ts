/**
 * Reads the units of files, each by queries: a unit is read again when a file changes that it was evaluated from, or when
 * other files are registries and matrices. Of a unit in which only contents of generators have changed, these are read
 * again.
 */
import { answeringInParts } from '../../nix/eval/evaluation.ts';
import { noteFile } from '../../nix/eval/file-changes.ts';
import {
  type Database,
  drop,
  lastAnswer,
  outdatedKeys,
  type Query,
  query,
  set,
} from '../../query/database.ts';
import type { Steps } from '../../query/steps.ts';
import { sameItems } from '../../std.ts';
import { renewed } from '../generators/definitions.ts';
import { noteDefinitions } from '../machine-modules/module-database.ts';
import type { ModuleTable } from '../machine-modules/module-table.ts';
import { noteRows, UNIT_FILES } from '../machines/unit-rows.ts';
import type { Unit } from '../model/uses.ts';
import { readUnit } from '../uses/unit.ts';
import { type LastUnits, stateOf } from './builder-state.ts';
import { noteContributing } from './generator-index.ts';
import { internUnit, withContents } from './interned-unit.ts';
import { RECOGNISED } from './registered-files.ts';
import { GROUPS, TEXT } from './survey.ts';
import { placesToFollow, type TextFacts } from './texts.ts';

const MENTIONS_VARS = query<string, boolean>(
  'text with vars',
  (database, path) => TEXT(database, path)?.mentionsVars === true,
);

/** The offsets of paths in a file that are followed, if its text mentions vars or not. */
const PLACES = query<string, readonly number[]>(
  'places to follow',
  (database, path) => {
    const facts = TEXT(database, path);
    if (facts === null || facts.references.length === 0) return NO_PLACES;
    return placesToFollow(facts, RECOGNISED(database, null).pipeline, file => MENTIONS_VARS(database, file));
  },
  { equals: sameItems },
);

const NO_PLACES: readonly number[] = [];

/** A unit as it was last read as a whole, with the text that it was read from. */
interface WholeUnit {
  readonly unit: Unit;
  readonly facts: TextFacts;
}

const WHOLE = query<string, WholeUnit | null>(
  'whole unit',
  (database, path, before) => {
    const facts = TEXT(database, path);
    if (facts === null) return null;
    const places = PLACES(database, path);
    if (!facts.mentionsVars && places.length === 0) return null;
    noteFile(database, path);
    RECOGNISED(database, null);
    const state = stateOf(database);
    const file = state.files.parse(path);
    if (file === null) return null;
    state.unitsRead++;
    const { evaluation } = state;
    const previous = lastAnswer(database, UNIT, path)?.unit;
    const unit = answeringInParts(evaluation, path, () =>
      internUnit(readUnit(evaluation, file, state.unitContext, places), previous, before?.facts !== facts),
    );
    return { unit, facts };
  },
  {
    equals: (left, right) =>
      left === null || right === null
        ? left === right
        : left.unit === right.unit && left.facts === right.facts,
  },
);

/** A unit with contents of generators that are current, and the whole unit that it was made from. */
interface CurrentUnit {
  readonly unit: Unit;
  readonly whole: Unit;
}

/** Kept, since only those are asked for that may have changed. */
const UNIT: Query<string, CurrentUnit | null> = query(
  'unit',
  (database, path, before) => {
    const whole = WHOLE(database, path)?.unit ?? null;
    if (whole === null) return null;
    if (whole.definitions.length > 0) noteDefinitions(database, path);
    if (before?.whole !== whole) return { unit: whole, whole };
    const definitions = answeringInParts(stateOf(database).evaluation, path, () =>
      renewed(before.unit.definitions),
    );
    if (definitions === before.unit.definitions) return before;
    return { unit: withContents(before.unit, definitions), whole };
  },
  { isKept: true },
);

/** Reads the units of all files in steps. Only files whose units may have changed are asked. */
export function* readUnits(database: Database, table: ModuleTable): Steps<ReadonlyMap<string, Unit>> {
  const { trees, survey, units } = stateOf(database);
  const { paths } = GROUPS(database, null);
  trees.expect(lengthToRead(survey.texts));
  for (const path of paths === units.paths ? outdatedKeys(database, UNIT) : paths)
    if (readUnitOf(database, table, path)) yield;
  if (paths !== units.paths) dropOthers(database, units, paths);
  if (units.all === null) {
    units.all = inOrder(units.byFile, paths);
    set(database, UNIT_FILES, null, [...units.all.keys()]);
  }
  return units.all;
}

/** Reads the unit of a file unless it is still valid. Returns whether it was read. */
function readUnitOf(database: Database, table: ModuleTable, path: string): boolean {
  const state = stateOf(database);
  const { trees, survey, units, unitsRead } = state;
  const unit = UNIT(database, path)?.unit;
  if (unit !== units.byFile.get(path)) {
    units.all = null;
    if (unit === undefined) units.byFile.delete(path);
    else units.byFile.set(path, unit);
    noteUnit(database, path, unit ?? null, survey.texts.get(path)?.text ?? '');
  }
  if (state.unitsRead === unitsRead) return false;
  // The file is probably needed as a module later, which would require its tree again.
  if (trees.isThrifty()) table.file(path);
  else trees.done(path, survey.texts.get(path)?.text.length ?? 0);
  return true;
}

/** Handles that the unit of a file is another one, or that it has none. */
function noteUnit(database: Database, path: string, unit: Unit | null, text: string): void {
  noteContributing(database, path, unit);
  noteRows(database, path, unit, text);
}

/** Drops what is known of files that are no longer among those of the workspace. */
function dropOthers(database: Database, units: LastUnits, paths: readonly string[]): void {
  const present = new Set(paths);
  for (const path of new Set([...(units.paths ?? []), ...units.byFile.keys()])) {
    if (present.has(path)) continue;
    drop(database, UNIT, path);
    if (units.byFile.delete(path)) noteUnit(database, path, null, '');
  }
  units.paths = paths;
  units.all = null;
}

/** Returns the units of files, in their order. */
function inOrder(byFile: ReadonlyMap<string, Unit>, paths: readonly string[]): ReadonlyMap<string, Unit> {
  const all = new Map<string, Unit>();
  for (const path of paths) {
    const unit = byFile.get(path);
    if (unit !== undefined) all.set(path, unit);
  }
  return all;
}

/** Returns the total length of the files that certainly have units, in characters. */
function lengthToRead(texts: ReadonlyMap<string, TextFacts>): number {
  let length = 0;
  for (const { mentionsVars, text } of texts.values()) if (mentionsVars) length += text.length;
  return length;
}
