/**
 * Determines how much of a generator's declared output is stored, and whether it was made from the current
 * declaration. The only place that answers this, for every view. Weighs secrets like a run does (`keeperOf`),
 * so that what is missing here is what `varsmith plan` would generate. Makes no claim about anything outside of
 * the repository, unless the store was asked (`verified`).
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator } from '../../../fleet/model/generators.ts';
import { isSameData } from '../../../nix/same-data.ts';
import { type Database, input, query, set } from '../../../query/database.ts';
import { sameItems } from '../../../std.ts';
import { type Keeper, keeperOf } from '../../../store/backend-setting.ts';
import type { StoreFiles } from '../../../store/vars/files.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import { type StoredState, stateOfPlacements } from '../../../store/vars/tally.ts';
import { isWithoutClan } from '../../../store/without-clan.ts';
import { currentRun, runOf } from '../../memory/memory.ts';
import { type StaleGenerator, staleGenerators } from './stale-generators.ts';
import { createStates, type Outdated, type OutdatedGenerators, type StoredStates } from './states.ts';
import { storedIndex } from './stored-index.ts';

/** The inputs for the stored state; a snapshot provides them. */
export interface StoredStateInputs {
  readonly fleet: Fleet;
  readonly files: StoreFiles;
  readonly stored: () => StoreContents;
  /** Returns the notes of previous runs; absent if they have not been read. */
  readonly noted?: () => RegenerationNotes;
}

/**
 * Generators that the next run regenerates although nothing stored says so, by `shared/NAME` or
 * `per-machine/MACHINE/NAME`, with the values set since, as `generator/file`. An empty list means that a run
 * was interrupted.
 */
export type RegenerationNotes = ReadonlyMap<string, readonly string[]>;

interface Kept {
  readonly stored: StoreContents;
  readonly noted: RegenerationNotes;
  readonly states: StoredStates;
}

const kept = new WeakMap<Fleet, Kept>();

const NOTHING: RegenerationNotes = new Map();

/** Set whenever somebody asks for states. */
const NOTED = input<null, RegenerationNotes>('notes of runs', () => NOTHING);

const OUTDATED = query<null, OutdatedGenerators>(
  'outdated values',
  database => outdatedIn(staleGenerators(currentRun(database).watched), NOTED(database, null)),
  { equals: isSameData },
);

const KEEPERS = query<null, Keepers>(
  'keepers of secrets',
  database => {
    const { fleet, sources, stored } = currentRun(database).watched;
    return keepersIn(fleet, sources, stored());
  },
  { equals: (left, right) => sameItems(left.all, right.all) },
);

const IS_UNUSED = query<null, boolean>('are stores unused', database => {
  const { fleet, sources, stored } = currentRun(database).watched;
  return isUnused(fleet, sources, stored());
});

/** A different object only if some state may be different. */
export const STATES = query<null, StoredStates>('stored states', database => {
  const stored = currentRun(database).watched.stored();
  return createStates({
    stored,
    index: storedIndex(stored),
    keeper: KEEPERS(database, null).of,
    isUnused: IS_UNUSED(database, null),
    outdated: OUTDATED(database, null),
  });
});

/** Returns the states of the stored values; the same object while no state can be different. */
export function storedStates(looked: StoredStateInputs): StoredStates {
  const database = databaseOf(looked);
  if (database !== null) return STATES(database, null);
  const { fleet, files } = looked;
  const stored = looked.stored();
  const noted = notedIn(looked);
  const before = kept.get(fleet);
  if (before?.stored === stored && before.noted === noted) return before.states;
  const states = createStates({
    stored,
    index: storedIndex(stored),
    keeper: keepersIn(fleet, files, stored).of,
    isUnused: isUnused(fleet, files, stored),
    outdated: outdatedIn(staleGenerators(looked), noted),
  });
  kept.set(fleet, { stored, noted, states });
  return states;
}

/** Returns the database in which the answers about a fleet are kept, or null if it is not the one checked last. */
export function databaseOf(looked: StoredStateInputs): Database | null {
  const run = runOf(looked.fleet);
  if (run === null || run.given.stored() !== looked.stored()) return null;
  const { database } = run.memory;
  set(database, NOTED, null, notedIn(looked));
  return database;
}

function notedIn({ noted }: StoredStateInputs): RegenerationNotes {
  return noted?.() ?? NOTHING;
}

interface Keepers {
  /** Returns the backend that keeps the secrets of a machine, or the shared ones for null. */
  readonly of: (machine: string | null) => Keeper;
  /** The backends of all machines of the fleet, and of any other, to compare them. */
  readonly all: readonly string[];
}

function keepersIn(fleet: Fleet, files: StoreFiles, { elsewhere, chosen }: StoreContents): Keepers {
  const keeper = keeperOf(fleet, files, elsewhere ? 'custom' : chosen);
  const machines = fleet.machines.map(({ name }) => `${name} ${keeper(name)}`);
  return { of: keeper, all: [keeper(null), keeper(''), ...machines] };
}

/** Returns whether nothing reads what is stored in clan's layout. */
function isUnused(fleet: Fleet, files: StoreFiles, { elsewhere, chosen }: StoreContents): boolean {
  return !elsewhere && chosen === null && isWithoutClan(fleet, files);
}

const BY_INPUTS: Outdated = { reason: 'inputs', older: [] };

function outdatedIn(stale: readonly StaleGenerator[], noted: RegenerationNotes): OutdatedGenerators {
  const outdatedByGenerator = new Map<string, Map<string, Outdated>>();
  const note = (generator: string, owner: string, outdated: Outdated) => {
    const byOwner = outdatedByGenerator.get(generator) ?? new Map<string, Outdated>();
    outdatedByGenerator.set(generator, byOwner.set(owner, outdated));
  };
  for (const [key, older] of noted) {
    const [placement, ...names] = key.split('/');
    const owner = placement === 'shared' ? '' : (names.shift() ?? '');
    note(names.join('/'), owner, { reason: older.length === 0 ? 'interrupted' : 'superseded', older });
  }
  // Reasons visible to everyone take precedence over local notes.
  for (const { declared, owners } of stale)
    for (const owner of owners) note(declared.generator.name, owner, BY_INPUTS);
  return outdatedByGenerator;
}

/** Returns the combined state of a generator over all of its placements. */
export function stateOverall(states: StoredStates, same: readonly Generator[]): StoredState {
  return stateOfPlacements(same.flatMap(generator => states.placements(generator)).map(({ state }) => state));
}
