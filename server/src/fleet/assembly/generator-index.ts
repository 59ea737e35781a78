/**
 * Joins the definitions of all files and machines to generators by name. After an edit, only names whose definitions or
 * machines have changed are merged again, by `generators/generators.ts`.
 */

import { placeIdentity } from '../../nix/places.ts';
import { type Named, reusing, settledByName } from '../../query/by-name.ts';
import { type Database, input, isKnown, query, set, unsettledAmong } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import type { Steps } from '../../query/steps.ts';
import { addToSet, sameItems } from '../../std.ts';
import {
  areSameContributions,
  type Contributing,
  type Contribution,
  contributeSame,
  contributionsIn,
  generatorsOfRow,
  isPattern,
} from '../generators/generator-shares.ts';
import { type Merged, mergeOne, withCompleteness } from '../generators/generators.ts';
import {
  areSameDefinitions,
  type MachineDefinitions,
  machineDefinitions,
} from '../generators/machine-definitions.ts';
import { contentsOf, GENERATORS_BY_MACHINE, MACHINE_NAMES } from '../machines/ownership.ts';
import { UNIT_FILES } from '../machines/unit-rows.ts';
import type { Fleet } from '../model/fleet.ts';
import type { Generator, GeneratorDefinition } from '../model/generators.ts';
import type { Unit } from '../model/uses.ts';
import { LINKED_MATRICES } from './linked-matrices.ts';
import { REGISTRIES } from './registered-files.ts';

/** Merges the generators in steps, after the modules of machines have been followed. */
export function* mergingGenerators(database: Database): Steps<void> {
  settleGenerators(database);
  for (const name of unsettledAmong(database, COMPLETED, NAMES(database, null))) {
    COMPLETED(database, name);
    yield;
  }
}

/** Brings up to date what very many generators depend on. */
export function settleGenerators(database: Database): void {
  set(database, ROWS, null, {
    registries: REGISTRIES(database, null),
    matrices: LINKED_MATRICES(database, null),
  });
  IN_FILES.settle(database);
  ON_MACHINES.settle(database);
}

/** Handles that the unit of a file is another one, or that it has none. Units are noted before generators are merged. */
export function noteContributing(database: Database, path: string, unit: Unit | null): void {
  const contributing = unit !== null && contributes(unit) ? unit : null;
  if (contributing !== null || isKnown(database, CONTRIBUTING, path))
    set(database, CONTRIBUTING, path, contributing);
}

function contributes({ definitions, assignments }: Contributing): boolean {
  return definitions.length > 0 || assignments.length > 0;
}

const CONTRIBUTING = input<string, Contributing | null>('contributing', () => null, {
  equals: (left, right) => (left === null || right === null ? left === right : contributeSame(left, right)),
});

const ALL_CONTRIBUTE = forAll(
  UNIT_FILES,
  query('contributes', (database, file) => CONTRIBUTING(database, file) !== null),
);

/** The files that contribute to generators, in the order of the workspace. */
const FILES = query<null, readonly string[]>(
  'files with generators',
  database => {
    const contribute = ALL_CONTRIBUTE(database, null);
    return UNIT_FILES(database, null).filter((_, index) => contribute[index]);
  },
  { equals: sameItems },
);

/** The registries and matrices by which the generators of a row are known. */
const ROWS = input<null, Pick<Fleet, 'registries' | 'matrices'>>(
  'rows',
  () => ({ registries: [], matrices: [] }),
  { equals: (left, right) => sameItems(rowsIn(left), rowsIn(right)) },
);

function rowsIn({ registries, matrices }: Pick<Fleet, 'registries' | 'matrices'>): unknown[] {
  return [...registries, ...matrices.flatMap(matrix => [matrix.rows, matrix.registry])];
}

const NOTHING: Named<Contribution> = new Map();

const CONTRIBUTIONS = query<string, Named<Contribution>>('contributions', (database, file, before) => {
  const contributing = CONTRIBUTING(database, file);
  if (contributing === null) return NOTHING;
  const rowOf = (machine: string) => generatorsOfRow(ROWS(database, null), machine);
  return reusing(before, contributionsIn(contributing, rowOf), areSameContributions);
});

const DEFINITIONS = query<string, Named<MachineDefinitions>>(
  'definitions on machine',
  (database, machine, before) =>
    reusing(before, machineDefinitions(contentsOf(database, machine).own), areSameDefinitions),
);

const IN_FILES = settledByName(FILES, CONTRIBUTIONS);
const ON_MACHINES = settledByName(MACHINE_NAMES, DEFINITIONS);

const NAMES = query<null, readonly string[]>(
  'names of generators',
  database => [...new Set([...IN_FILES.names(database, null), ...ON_MACHINES.names(database, null)])].sort(),
  { equals: sameItems },
);

const MERGED = query<string, Merged | null>('merged generator', (database, name) => {
  const inFiles = IN_FILES.holders(database, name).list();
  const onMachines = ON_MACHINES.holders(database, name).list();
  return mergeOne({
    name,
    general: inFiles.flatMap(({ value }) => value.definitions),
    holders: new Map(onMachines.map(({ key, value }) => [key, value])),
    assigned: inFiles.flatMap(({ value }) => value.machines),
    isSettled: pattern => SETTLED(database, null).has(pattern),
  });
});

/** The machines that may have unknown generators; null if there are no machines. */
const UNCLEAR = query<null, readonly string[] | null>(
  'unclear machines',
  database => {
    const machines = GENERATORS_BY_MACHINE(database, null);
    if (machines.size === 0) return null;
    return [...machines].flatMap(([machine, { complete }]) => (complete ? [] : [machine]));
  },
  { equals: (left, right) => (left === null || right === null ? left === right : sameItems(left, right)) },
);

interface Completed {
  readonly merged: Merged;
  readonly generator: Generator;
}

const COMPLETED = query<string, Completed | null>('generator', (database, name, before) => {
  const merged = MERGED(database, name);
  if (merged === null) return null;
  const unclear = UNCLEAR(database, null);
  const isComplete =
    unclear !== null &&
    merged.generator.possibleMachines.length === 0 &&
    unclear.every(machine => isAmong(merged.certain, machine));
  if (before?.merged === merged && before.generator.machinesComplete === isComplete) return before;
  return { merged, generator: withCompleteness(merged, isComplete) };
});

const ALL_COMPLETED = forAll(NAMES, COMPLETED);

/** Returns the generator of a name without what services add; null if there is none. */
export function mergedGenerator(database: Database, name: string): Generator | null {
  return COMPLETED(database, name)?.generator ?? null;
}

/**
 * All generators that the fleet declares, sorted by name, without what services add. The list and unchanged generators are
 * the same objects as before. Settled before it is asked for.
 */
export const GENERATORS = query<null, readonly Generator[]>('generators', database =>
  ALL_COMPLETED(database, null).flatMap(completed => completed?.generator ?? []),
);

/** Returns whether a name is in the sorted list. */
function isAmong(sorted: readonly string[], name: string): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === name;
}

const NONE: readonly GeneratorDefinition[] = [];

/** The definitions in a file whose names have holes. */
const PATTERNS = query<string, readonly GeneratorDefinition[]>(
  'names with holes',
  (database, file) => {
    const patterns = CONTRIBUTING(database, file)?.definitions.filter(isPattern) ?? NONE;
    return patterns.length === 0 ? NONE : patterns;
  },
  { equals: sameItems },
);

const ALL_PATTERNS = forAll(FILES, PATTERNS);

const NO_DEFINITIONS: ReadonlySet<GeneratorDefinition> = new Set();

/** The definitions whose names have holes, but are known on all machines that have them. */
const SETTLED = query<null, ReadonlySet<GeneratorDefinition>>(
  'settled names with holes',
  database => {
    const patterns = new Map<string, Set<GeneratorDefinition>>();
    const files = new Set<string>();
    for (const pattern of ALL_PATTERNS(database, null).flat()) {
      addToSet(patterns, placeIdentity(pattern.at), pattern);
      files.add(pattern.at.file);
    }
    if (files.size === 0) return NO_DEFINITIONS;
    const settled = new Set<string>();
    /** Places, and files with gaps, at which a machine may have unknown names. */
    const open = new Set<string>();
    for (const { certain, possible, gaps } of GENERATORS_BY_MACHINE(database, null).values()) {
      for (const { at } of gaps) if (files.has(at.file)) open.add(at.file);
      for (const list of [certain, possible])
        for (const definition of list) {
          if (!files.has(definition.at.file)) continue;
          const place = placeIdentity(definition.at);
          if (patterns.has(place)) (isPattern(definition) ? open : settled).add(place);
        }
    }
    return new Set(
      [...settled].flatMap(place =>
        [...(patterns.get(place) ?? [])].filter(({ at }) => !open.has(place) && !open.has(at.file)),
      ),
    );
  },
  { equals: (left, right) => left.size === right.size && [...left].every(pattern => right.has(pattern)) },
);
