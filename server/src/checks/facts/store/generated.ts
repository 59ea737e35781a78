/**
 * How much of what a generator declares is stored, and whether it was made from what is declared: asked by every view
 * that shows it, answered here alone. Where secrets are is weighed as a run weighs it (`keeperOf`), so that what is
 * missing here is what `varsmith plan` would generate. Says nothing of what lies outside of the repository, unless the
 * store was asked (`verified`).
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import { type Keeper, keeperOf } from '../../../store/backend-setting.ts';
import type { StoreFiles } from '../../../store/vars/files.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import {
  type StoredState,
  stateOfFiles,
  stateOfPlacements,
  type Tally,
  tallyOf,
} from '../../../store/vars/tally.ts';
import { isWithoutClan } from '../../../store/without-clan.ts';
import { staleGenerators } from './stale-generators.ts';
import { type StoredIndex, storedIndex } from './stored-index.ts';

/** What tells how much is stored; a snapshot is one. */
export interface Looked {
  readonly fleet: Fleet;
  readonly files: StoreFiles;
  readonly stored: () => StoreContents;
  /** What runs have noted; absent: nobody has looked. */
  readonly noted?: () => Noted;
}

/**
 * Generators that the next run makes anew although nothing that is stored says so, by `shared/NAME` or
 * `per-machine/MACHINE/NAME`: the values that were set since, as `generator/file`. None: a run was cut off.
 */
export type Noted = ReadonlyMap<string, readonly string[]>;

/** Why what is stored is outdated. */
export interface Outdated {
  /** `inputs`: made from other inputs than are declared now; the others as they were noted. */
  readonly reason: 'inputs' | 'superseded' | 'interrupted';
  /** Of `superseded`: the values that were set since, sorted. */
  readonly older: readonly string[];
}

type DeclaredFile = Pick<GeneratorBody['files'][number], 'name' | 'nameKind' | 'secret' | 'conditional'>;

export interface StoredStates {
  /** Is a file stored for a machine, or shared? Null where that cannot be told. */
  isStored(
    generator: string,
    share: boolean | null,
    machine: string | null,
    file: DeclaredFile,
  ): boolean | null;
  /** Why what is stored for a machine, or shared, is outdated; null where it is not. Machine null: any machine. */
  outdatedBy(generator: string, machine: string | null): Outdated | null;
  /** Of a generator in one place. @param machine null: shared, or of no machine that is known */
  stateOf(generator: string, body: GeneratorBody, machine: string | null): StoredState;
  stateOn(generator: Generator, machine: string): StoredState;
  /** Of a generator wherever it is: one entry for each machine, one for what is shared. */
  placements(generator: Generator): readonly Placement[];
}

/** A generator in its place. */
export interface Placement {
  /** Null: shared. */
  readonly machine: string | null;
  readonly state: StoredState;
}

interface Kept {
  readonly stored: StoreContents;
  readonly noted: Noted;
  readonly states: StoredStates;
}

const kept = new WeakMap<Fleet, Kept>();

const NOTHING: Noted = new Map();

/** Returns the states of what is stored: the same object for as long as neither the fleet nor the stores change. */
export function storedStates(looked: Looked): StoredStates {
  const { fleet, files } = looked;
  const stored = looked.stored();
  const noted = looked.noted?.() ?? NOTHING;
  const before = kept.get(fleet);
  if (before?.stored === stored && before.noted === noted) return before.states;
  const states = createStates({
    stored,
    index: storedIndex(stored),
    keeper: keeperOf(fleet, files, stored.elsewhere ? 'custom' : stored.chosen),
    isUnused: !stored.elsewhere && stored.chosen === null && isWithoutClan(fleet, files),
    outdated: outdatedIn(fleet, stored, noted),
  });
  kept.set(fleet, { stored, noted, states });
  return states;
}

const BY_INPUTS: Outdated = { reason: 'inputs', older: [] };

/** By generator and machine, '' for what is shared: why what is stored is outdated. */
function outdatedIn(
  fleet: Fleet,
  stored: StoreContents,
  noted: Noted,
): ReadonlyMap<string, ReadonlyMap<string, Outdated>> {
  const found = new Map<string, Map<string, Outdated>>();
  const note = (generator: string, owner: string, outdated: Outdated) => {
    const byOwner = found.get(generator) ?? new Map<string, Outdated>();
    found.set(generator, byOwner.set(owner, outdated));
  };
  for (const [key, older] of noted) {
    const [placement, ...names] = key.split('/');
    const owner = placement === 'shared' ? '' : (names.shift() ?? '');
    note(names.join('/'), owner, { reason: older.length === 0 ? 'interrupted' : 'superseded', older });
  }
  // What everybody can see comes before what is noted here.
  for (const { declared, owners } of staleGenerators(fleet, stored))
    for (const owner of owners) note(declared.generator.name, owner, BY_INPUTS);
  return found;
}

/** What the answers of one state of the stores are made of. */
interface StateInputs {
  readonly stored: StoreContents;
  readonly index: StoredIndex;
  /** The backend that keeps the secrets of a machine; null: the shared ones. */
  readonly keeper: (machine: string | null) => Keeper;
  /** True where nothing reads what is stored in clan's layout. */
  readonly isUnused: boolean;
  readonly outdated: ReadonlyMap<string, ReadonlyMap<string, Outdated>>;
}

function createStates(inputs: StateInputs): StoredStates {
  return {
    isStored: (generator, share, machine, file) => isStored(inputs, { generator, share, machine }, file),
    outdatedBy: (generator, machine) => outdatedBy(inputs, generator, machine),
    stateOf: (generator, body, machine) => stateOf(inputs, generator, body, machine),
    stateOn: (generator, machine) => stateOf(inputs, generator.name, bodyOn(generator, machine), machine),
    placements: generator => placementsOf(inputs, generator),
  };
}

interface Placed {
  readonly generator: string;
  readonly share: boolean | null;
  readonly machine: string | null;
}

/** Returns whether a file is stored; null where that cannot be told. */
function isStored(
  inputs: StateInputs,
  { generator, share, machine }: Placed,
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

/** A file where it would be stored. */
interface FileSlot {
  readonly generator: string;
  /** Null: shared. */
  readonly owner: string | null;
  readonly name: string;
}

function isPublicThere({ index }: StateInputs, { generator, owner, name }: FileSlot): boolean {
  const file = index.generators.get(generator)?.files.get(name);
  if (file === undefined) return false;
  return owner === null ? file.shared.public !== null : file.owners.public.has(owner);
}

/** Returns whether a secret is stored. Of two backends that have it, the one in use counts. */
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

/** Returns what the store answered about a file when it was asked; null if it was not. */
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
  // There may be further files, of which nothing is known.
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

/** One body for all machines is made once; only where they differ is the machine's own put together. */
function bodyOn(generator: Generator, machine: string): GeneratorBody {
  const [only, ...others] = generator.bodies();
  return only !== undefined && others.length === 0 ? only : generator.bodyOn(machine);
}

/** As plans name a generator in its place. */
function keyOf(generator: string, owner: string | null): string {
  return owner === null ? `shared/${generator}` : `per-machine/${owner}/${generator}`;
}

/** Returns the state of a generator wherever it is, as one. */
export function stateOverall(states: StoredStates, same: readonly Generator[]): StoredState {
  return stateOfPlacements(same.flatMap(generator => states.placements(generator)).map(({ state }) => state));
}

/** Returns all generators of known machines; what is shared counts once. */
export function fleetTally(looked: Looked): Tally {
  const states = storedStates(looked);
  const shared = new Map<string, StoredState>();
  const own: StoredState[] = [];
  for (const generator of looked.fleet.generators) {
    for (const { machine, state } of states.placements(generator))
      if (machine === null) shared.set(generator.name, state);
      else own.push(state);
  }
  return tallyOf([...shared.values(), ...own]);
}
