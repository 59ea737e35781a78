/** Finds the modules at an output of the flake, in its files or in the outputs of frameworks. */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import { outputNamesAt, outputsAt, readOutputs } from '../../flake/flake-outputs.ts';
import { certain } from '../../modules/read.ts';
import { answering } from '../../nix/eval/evaluation.ts';
import { noteFile } from '../../nix/eval/file-changes.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import { type Database, input, type Query, query, reread } from '../../query/database.ts';
import { addToList, sameItems } from '../../std.ts';
import type { ModuleFacts } from './read-module.ts';
import { readWithin } from './sources.ts';
import { type TableState, tableOf } from './table-state.ts';

/** Returns the modules at a path of the flake's outputs; the same list as before if nothing has changed. */
export function outputModules(database: Database, path: readonly string[]): readonly ModuleFacts[] {
  return OUTPUT(database, path.join('\0'));
}

/** The modules by the paths of outputs. */
const OUTPUT = query<string, readonly ModuleFacts[]>(
  'output',
  (database, key) => {
    const table = tableOf(database);
    const path = key.split('\0');
    const modules = filesAt(database, path).flatMap(file => MODULES_AT(database, `${file}\0${key}`));
    for (const made of MADE(database, null)) modules.push(...modulesOfFramework(table, made, path, key));
    return modules;
  },
  { equals: sameItems },
);

/** The files that may add to the flake's outputs. */
const ADDING = input<null, readonly string[]>('files of outputs', database => tableOf(database).adding, {
  equals: sameItems,
});

/** The sets that frameworks add to the outputs. */
const MADE = input<null, readonly FlakeSet[]>('outputs of frameworks', database => tableOf(database).made(), {
  equals: sameItems,
});

/** Reads again what adds to the outputs, if modules were looked for there. */
export function refreshOutputs(database: Database): void {
  reread(database, ADDING);
  reread(database, MADE);
}

/** The sets that a file adds to the outputs. */
const SETS = query<string, readonly Lazy[]>(
  'outputs of file',
  (database, path) => {
    noteFile(database, path);
    const { cx, files, givenTo } = tableOf(database);
    const file = files.parse(path);
    return file === null ? [] : answering(cx, path, () => readOutputs(cx, file, givenTo(path)));
  },
  { equals: sameItems },
);

/**
 * Returns the files that have something at a path of the outputs, in order. Fleets with a file for each module have hundreds
 * of both, so that not each file is asked for each path.
 */
function filesAt(database: Database, path: readonly string[]): readonly string[] {
  return FILES_BELOW(database, path.slice(0, -1).join('\0')).get(path.at(-1) ?? '') ?? [];
}

/** The files that have something below a path of the outputs, by name and in order. */
const FILES_BELOW: Query<string, ReadonlyMap<string, readonly string[]>> = query(
  'files below output',
  (database, key) => {
    const files = key === '' ? ADDING(database, null) : filesAt(database, key.split('\0'));
    const byName = new Map<string, string[]>();
    for (const file of files)
      for (const name of NAMES_BELOW(database, `${file}\0${key}`)) addToList(byName, name, file);
    return byName;
  },
);

/** The names that a file has below a path of the outputs, by the file and the path. */
const NAMES_BELOW = query<string, readonly string[]>(
  'names below output of file',
  (database, key) =>
    atOutput(database, key, ({ cx, givenTo }, file, sets, path) =>
      outputNamesAt(cx, sets, path, givenTo(file)),
    ),
  { equals: sameItems },
);

/** The modules of a file at an output, by the file and the path of the output. */
const MODULES_AT = query<string, readonly ModuleFacts[]>(
  'modules of outputs',
  (database, key) => atOutput(database, key, readModulesAt),
  { equals: sameItems },
);

/**
 * Reads something of what a file has at a path of the outputs.
 * @param key the file and the path
 */
function atOutput<T>(
  database: Database,
  key: string,
  read: (table: TableState, file: string, sets: readonly Lazy[], path: readonly string[]) => T,
): T {
  const [file = '', ...names] = key.split('\0');
  const path = names.length === 1 && names[0] === '' ? [] : names;
  noteFile(database, file);
  const sets = SETS(database, file);
  const table = tableOf(database);
  return answering(table.cx, file, () => read(table, file, sets, path));
}

function modulesOfFramework(
  table: TableState,
  made: FlakeSet,
  path: readonly string[],
  key: string,
): readonly ModuleFacts[] {
  const { cache } = table;
  const byPath = cache.made.get(made) ?? new Map<string, readonly ModuleFacts[]>();
  cache.made.set(made, byPath);
  let facts = byPath.get(key);
  if (facts === undefined) {
    const flake = certain(made.set, 'flake');
    facts = flake === null ? [] : readModulesAt(table, made.file, [flake.value], path);
    byPath.set(key, facts);
  }
  return facts;
}

function readModulesAt(
  { cx, givenTo }: TableState,
  file: string,
  sets: readonly Lazy[],
  path: readonly string[],
): readonly ModuleFacts[] {
  const specialArgs = givenTo(file);
  return outputsAt(cx, sets, path, specialArgs).map(({ value, at }) =>
    readWithin(cx, value, at, specialArgs),
  );
}
