/**
 * How much of what a generator declares is stored, and whether it was made from what is declared: asked by every view
 * that shows it, answered here alone. Says nothing where it cannot be told: patterns, stores outside of the repository, a fleet that
 * has generated nothing yet.
 */
import { staleGenerators } from '../checks/store/stale-validation.ts';
import { storedIndex } from '../checks/store/stored-index.ts';
import type { Fleet, Generator, GeneratorBody } from '../fleet/model.ts';
import { areSecretsOutside } from '../store/backend.ts';
import type { StoreContents } from '../store/read.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * `present`: all of it is stored; `outdated`: something that is was made from other inputs, or from older values;
 * `missing`: nothing is;
 * `partial`: some; `unknown`: that cannot be told.
 */
export type StoredState = 'present' | 'outdated' | 'partial' | 'missing' | 'unknown';

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

export interface StoredStates {
  /** Is a file stored for a machine, or shared? Null where that cannot be told. */
  isStored(
    generator: string,
    share: boolean | null,
    machine: string | null,
    file: Pick<GeneratorBody['files'][number], 'name' | 'nameKind' | 'secret'>,
  ): boolean | null;
  /** Why what is stored for a machine, or shared, is outdated; null where it is not. Machine null: any machine. */
  outdatedBy(generator: string, machine: string | null): Outdated | null;
  /** For how many machines something is outdated; what is shared counts once. */
  outdated(generator: string): number;
}

interface Kept {
  readonly stored: StoreContents;
  readonly noted: Noted;
  readonly states: StoredStates;
}

const kept = new WeakMap<Fleet, Kept>();

const NOTHING: Noted = new Map();

export function storedStates(fleet: Fleet, stored: StoreContents, noted: Noted = NOTHING): StoredStates {
  const known = kept.get(fleet);
  if (known?.stored === stored && known.noted === noted) return known.states;
  const states = createStates(fleet, stored, noted);
  kept.set(fleet, { stored, noted, states });
  return states;
}

export function statesOf({ fleet, stored, noted }: Snapshot): StoredStates {
  return storedStates(fleet, stored(), noted());
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

function createStates(fleet: Fleet, stored: StoreContents, noted: Noted): StoredStates {
  const index = storedIndex(stored);
  // Where nothing is stored at all, the values may be kept elsewhere.
  const isElsewhere = stored.backend === 'password-store' || (index.owners.size === 0 && !index.hasShared);
  const areSecretsElsewhere = stored.elsewhere || areSecretsOutside(fleet);
  const outdated = outdatedIn(fleet, stored, noted);
  return {
    isStored(generator, share, machine, { name, nameKind, secret }) {
      if (isElsewhere || nameKind === 'pattern') return null;
      if (areSecretsElsewhere && secret !== false) return null;
      const found = index.generators.get(generator)?.files.get(name);
      if (share === true) return found !== undefined && (found.shared.public ?? found.shared.secret) !== null;
      if (share === null || machine === null) return null;
      return found !== undefined && (found.owners.public.has(machine) || found.owners.secret.has(machine));
    },
    outdatedBy(generator, machine) {
      const owners = outdated.get(generator);
      if (machine !== null) return owners?.get('') ?? owners?.get(machine) ?? null;
      const [first = null] = owners?.values() ?? [];
      return first;
    },
    outdated: generator => outdated.get(generator)?.size ?? 0,
  };
}

/** Is something to be generated? */
export function isLacking(state: StoredState): boolean {
  return state === 'missing' || state === 'partial' || state === 'outdated';
}

/** The state of many files together. */
export function stateOfAll(stored: readonly (boolean | null)[], outdated: Outdated | null): StoredState {
  if (stored.length === 0 || stored.includes(null)) return 'unknown';
  const there = stored.filter(one => one === true).length;
  if (there === 0) return 'missing';
  if (there < stored.length) return 'partial';
  return outdated === null ? 'present' : 'outdated';
}

/** How many of a generator's files are stored. */
export interface StoredCount {
  /** Files there should be, over all machines. */
  readonly wanted: number;
  readonly missing: number;
  /** Machines that lack at least one file, sorted; empty for what is shared. */
  readonly lacking: readonly string[];
}

/**
 * Null where it cannot be told: the machines or the files are not known, or the values are kept elsewhere, or nothing
 * has been generated anywhere yet.
 */
export function storedCountOf(snapshot: Snapshot, generator: Generator): StoredCount | null {
  const { name, machines } = generator;
  if (machines === null || machines.length === 0) return null;
  const states = statesOf(snapshot);
  const [only, ...others] = generator.bodies();
  const one = only !== undefined && others.length === 0 ? only : null;
  let wanted = 0;
  let missing = 0;
  const lacking = new Set<string>();
  for (const machine of machines) {
    const body = one ?? generator.bodyOn(machine);
    if (!body.complete.files) return null;
    for (const file of body.files) {
      const stored = states.isStored(name, body.share, machine, file);
      if (stored === null || file.conditional) return null;
      wanted++;
      if (stored) continue;
      missing++;
      if (body.share === false) lacking.add(machine);
    }
    // What is shared is there once.
    if (body.share === true) break;
  }
  return { wanted, missing, lacking: [...lacking].sort() };
}
