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
 * `present`: all of it is stored; `outdated`: something that is was made from other inputs; `missing`: nothing is;
 * `partial`: some; `unknown`: that cannot be told.
 */
export type StoredState = 'present' | 'outdated' | 'partial' | 'missing' | 'unknown';

export interface StoredStates {
  /** Is a file stored for a machine, or shared? Null where that cannot be told. */
  isStored(
    generator: string,
    share: boolean | null,
    machine: string | null,
    file: Pick<GeneratorBody['files'][number], 'name' | 'nameKind' | 'secret'>,
  ): boolean | null;
  /** Was what is stored for a machine, or shared, made from other inputs? Null for any machine. */
  isOutdated(generator: string, machine: string | null): boolean;
  /** For how many machines something was made from other inputs; what is shared counts once. */
  outdated(generator: string): number;
}

const kept = new WeakMap<Fleet, { readonly stored: StoreContents; readonly states: StoredStates }>();

export function storedStates(fleet: Fleet, stored: StoreContents): StoredStates {
  const known = kept.get(fleet);
  if (known?.stored === stored) return known.states;
  const states = createStates(fleet, stored);
  kept.set(fleet, { stored, states });
  return states;
}

function createStates(fleet: Fleet, stored: StoreContents): StoredStates {
  const index = storedIndex(stored);
  // Where nothing is stored at all, the values may be kept elsewhere.
  const isElsewhere = stored.backend === 'password-store' || (index.owners.size === 0 && !index.hasShared);
  const areSecretsElsewhere = stored.elsewhere || areSecretsOutside(fleet);
  const stale = new Map<string, ReadonlySet<string>>();
  for (const { declared, owners } of staleGenerators(fleet, stored))
    stale.set(declared.generator.name, new Set(owners));
  return {
    isStored(generator, share, machine, { name, nameKind, secret }) {
      if (isElsewhere || nameKind === 'pattern') return null;
      if (areSecretsElsewhere && secret !== false) return null;
      const found = index.generators.get(generator)?.files.get(name);
      if (share === true) return found !== undefined && (found.shared.public ?? found.shared.secret) !== null;
      if (share === null || machine === null) return null;
      return found !== undefined && (found.owners.public.has(machine) || found.owners.secret.has(machine));
    },
    isOutdated(generator, machine) {
      const owners = stale.get(generator);
      return owners !== undefined && (machine === null || owners.has('') || owners.has(machine));
    },
    outdated: generator => stale.get(generator)?.size ?? 0,
  };
}

/** Is something to be generated? */
export function isLacking(state: StoredState): boolean {
  return state === 'missing' || state === 'partial' || state === 'outdated';
}

/** The state of many files together. */
export function stateOfAll(stored: readonly (boolean | null)[], isOutdated: boolean): StoredState {
  if (stored.length === 0 || stored.includes(null)) return 'unknown';
  const there = stored.filter(one => one === true).length;
  if (there === 0) return 'missing';
  if (there < stored.length) return 'partial';
  return isOutdated ? 'outdated' : 'present';
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
  const states = storedStates(snapshot.fleet, snapshot.stored());
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
