/**
 * How much of what a generator declares is stored, and whether it was made from what is declared: asked by every view
 * that shows it, answered here alone. Says nothing where it cannot be told: patterns, stores outside of the repository, a fleet that
 * has generated nothing yet.
 */
import { staleGenerators } from '../checks/store/stale-validation.ts';
import { storedIndex } from '../checks/store/stored-index.ts';
import type { Fleet, GeneratorBody } from '../fleet/model.ts';
import { areSecretsOutside } from '../store/backend.ts';
import type { StoreContents } from '../store/read.ts';

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
  const areSecretsElsewhere = areSecretsOutside(fleet);
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
  };
}

/** The state of many files together. */
export function stateOfAll(stored: readonly (boolean | null)[], isOutdated: boolean): StoredState {
  if (stored.length === 0 || stored.includes(null)) return 'unknown';
  const there = stored.filter(one => one === true).length;
  if (there === 0) return 'missing';
  if (there < stored.length) return 'partial';
  return isOutdated ? 'outdated' : 'present';
}
