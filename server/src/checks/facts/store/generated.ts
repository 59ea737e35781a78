/**
 * Determines how much of a generator's declared output is stored, and whether it was made from the current
 * declaration. The only place that answers this, for every view. Weighs secrets like a run does (`keeperOf`),
 * so that what is missing here is what `varsmith plan` would generate. Makes no claim about anything outside of
 * the repository, unless the store was asked (`verified`).
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import { isSameData } from '../../../nix/same-data.ts';
import { type Database, input, query, set } from '../../../query/database.ts';
import { sameItems } from '../../../std.ts';
import { type Keeper, keeperOf } from '../../../store/backend-setting.ts';
import type { StoreFiles } from '../../../store/vars/files.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import { type StoredState, stateOfFiles, stateOfPlacements } from '../../../store/vars/tally.ts';
import { isWithoutClan } from '../../../store/without-clan.ts';
import { currentRun, runOf } from '../../memory/memory.ts';
import { type StaleGenerator, staleGenerators } from './stale-generators.ts';
import { type StoredIndex, storedIndex } from './stored-index.ts';

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

/** The reason why the stored values are outdated. */
export interface Outdated {
  /** `inputs`: made from inputs other than those declared now; the others as noted by runs. */
  readonly reason: 'inputs' | 'superseded' | 'interrupted';
  /** For `superseded`: the values that were set since, sorted. */
  readonly older: readonly string[];
}

type DeclaredFile = Pick<GeneratorBody['files'][number], 'name' | 'nameKind' | 'secret' | 'conditional'>;

export interface StoredStates {
  /** Returns whether a file is stored for a machine or shared, or null if that cannot be determined. */
  isStored(
    generator: string,
    share: boolean | null,
    machine: string | null,
    file: DeclaredFile,
  ): boolean | null;
  /**
   * Returns why the stored values for a machine, or shared, are outdated, or null if they are not. A null
   * machine means any machine.
   */
  outdatedBy(generator: string, machine: string | null): Outdated | null;
  /**
   * Returns the state of a generator in one placement.
   *
   * @param machine null if shared or if no machine is known
   */
  stateOf(generator: string, body: GeneratorBody, machine: string | null): StoredState;
  stateOn(generator: Generator, machine: string): StoredState;
  /** Returns the placements of a generator: one per machine, and one if it is shared. */
  placements(generator: Generator): readonly Placement[];
}

/** A generator in one placement. */
interface Placement {
  /** Null if shared. */
  readonly machine: string | null;
  readonly state: StoredState;
}

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

/** Why stored values are outdated, by generator and machine, '' for shared ones. */
type OutdatedGenerators = ReadonlyMap<string, ReadonlyMap<string, Outdated>>;

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

/** The inputs for the answers about one state of the stores. */
interface StateInputs {
  readonly stored: StoreContents;
  readonly index: StoredIndex;
  readonly keeper: Keepers['of'];
  /** True if nothing reads what is stored in clan's layout. */
  readonly isUnused: boolean;
  readonly outdated: OutdatedGenerators;
}

function createStates(inputs: StateInputs): StoredStates {
  const placements = new WeakMap<Generator, readonly Placement[]>();
  return {
    isStored: (generator, share, machine, file) => isStored(inputs, { generator, share, machine }, file),
    outdatedBy: (generator, machine) => outdatedBy(inputs, generator, machine),
    stateOf: (generator, body, machine) => stateOf(inputs, generator, body, machine),
    stateOn: (generator, machine) => stateOf(inputs, generator.name, bodyOn(generator, machine), machine),
    placements(generator) {
      const before = placements.get(generator);
      if (before !== undefined) return before;
      const fresh = placementsOf(inputs, generator);
      placements.set(generator, fresh);
      return fresh;
    },
  };
}

interface StoredPlacement {
  readonly generator: string;
  readonly share: boolean | null;
  readonly machine: string | null;
}

/** Returns whether a file is stored, or null if that cannot be determined. */
function isStored(
  inputs: StateInputs,
  { generator, share, machine }: StoredPlacement,
  { name, nameKind, secret, conditional }: DeclaredFile,
): boolean | null {
  if (inputs.isUnused || nameKind === 'pattern' || generator.includes('${') || share === null) return null;
  if (!share && machine === null) return null;
  const owner = share ? null : machine;
  const file = { generator, owner, name };
  if (secret !== true && isPublicThere(inputs, file)) return true;
  const keeper = inputs.keeper(owner);
  if (secret !== false && keeper === 'outside') return isVerified(inputs, file);
  if (secret !== false && isSecretThere(inputs, file, keeper)) return true;
  return conditional ? null : false;
}

/** The place where a file would be stored. */
interface FileSlot {
  readonly generator: string;
  /** The machine, or null if shared. */
  readonly owner: string | null;
  readonly name: string;
}

function isPublicThere({ index }: StateInputs, { generator, owner, name }: FileSlot): boolean {
  const file = index.generators.get(generator)?.files.get(name);
  if (file === undefined) return false;
  return owner === null ? file.shared.public !== null : file.owners.public.has(owner);
}

/** Returns whether a secret is stored. If two backends have it, the one in use counts. */
function isSecretThere(
  { index, stored }: StateInputs,
  { generator, owner, name }: FileSlot,
  keeper: Keeper,
): boolean {
  const file = index.generators.get(generator)?.files.get(name);
  if (file === undefined) return false;
  if (stored.traces.every(trace => trace === keeper))
    return owner === null ? file.shared.secret !== null : file.owners.secret.has(owner);
  return stored
    .find(generator, name)
    .some(
      storedVar =>
        storedVar.current &&
        storedVar.kind === 'secret' &&
        storedVar.owner === owner &&
        storedVar.keeper === keeper,
    );
}

/** Returns the store's answer about a file, or null if the store was not asked. */
function isVerified({ stored }: StateInputs, { generator, owner, name }: FileSlot): boolean | null {
  const answer = stored.verified.get(keyOf(generator, owner));
  return answer === undefined ? null : !answer.missing.includes(name);
}

function isOutdated({ outdated, stored }: StateInputs, generator: string, owner: string | null): boolean {
  return (
    outdated.get(generator)?.has(owner ?? '') === true ||
    stored.verified.get(keyOf(generator, owner))?.outdated === true
  );
}

function outdatedBy({ outdated }: StateInputs, generator: string, machine: string | null): Outdated | null {
  const owners = outdated.get(generator);
  if (machine !== null) return owners?.get('') ?? owners?.get(machine) ?? null;
  const [first = null] = owners?.values() ?? [];
  return first;
}

function stateOf(
  inputs: StateInputs,
  generator: string,
  body: GeneratorBody,
  machine: string | null,
): StoredState {
  const { share } = body;
  const files = body.files.map(file => isStored(inputs, { generator, share, machine }, file));
  // There may be further, unknown files.
  if (!body.complete.files) files.push(null);
  return stateOfFiles(files, share !== null && isOutdated(inputs, generator, share ? null : machine));
}

function placementsOf(inputs: StateInputs, generator: Generator): Placement[] {
  const { name, machines } = generator;
  const placements: Placement[] = [];
  let isShared = false;
  for (const machine of machines ?? []) {
    const body = bodyOn(generator, machine);
    if (body.share !== true) placements.push({ machine, state: stateOf(inputs, name, body, machine) });
    else if (!isShared) {
      isShared = true;
      placements.unshift({ machine: null, state: stateOf(inputs, name, body, null) });
    }
  }
  return placements;
}

/** Returns the body on a machine. Avoids building a separate body unless machines differ. */
function bodyOn(generator: Generator, machine: string): GeneratorBody {
  const [only, ...others] = generator.bodies();
  return only !== undefined && others.length === 0 ? only : generator.bodyOn(machine);
}

/** Returns the name of a generator in its placement, as used in plans. */
function keyOf(generator: string, owner: string | null): string {
  return owner === null ? `shared/${generator}` : `per-machine/${owner}/${generator}`;
}

/** Returns the combined state of a generator over all of its placements. */
export function stateOverall(states: StoredStates, same: readonly Generator[]): StoredState {
  return stateOfPlacements(same.flatMap(generator => states.placements(generator)).map(({ state }) => state));
}
