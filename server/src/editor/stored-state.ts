/**
 * How much of what a generator declares is stored: asked by every view that shows it, answered here alone. Says nothing
 * where it cannot be told: patterns, the password store, a fleet that has generated nothing yet.
 */
import { storedIndex } from '../checks/store/stored-index.ts';
import type { GeneratorBody } from '../fleet/model.ts';
import type { StoreContents } from '../store/read.ts';

/** `present`: all of it is stored; `missing`: nothing; `partial`: some; `unknown`: that cannot be told. */
export type StoredState = 'present' | 'partial' | 'missing' | 'unknown';

/** @returns whether a file is stored for a machine, or shared; null where that cannot be told */
export type IsStored = (
  generator: string,
  share: boolean | null,
  machine: string | null,
  file: Pick<GeneratorBody['files'][number], 'name' | 'nameKind'>,
) => boolean | null;

export function storedFilesIn(stored: StoreContents): IsStored {
  const index = storedIndex(stored);
  // Where nothing is stored at all, the values may be kept elsewhere.
  if (stored.backend === 'password-store' || (index.owners.size === 0 && !index.hasShared)) return () => null;
  return (generator, share, machine, { name, nameKind }) => {
    if (nameKind === 'pattern') return null;
    const found = index.generators.get(generator)?.files.get(name);
    if (share === true) return found !== undefined && (found.shared.public ?? found.shared.secret) !== null;
    if (share === null || machine === null) return null;
    return found !== undefined && (found.owners.public.has(machine) || found.owners.secret.has(machine));
  };
}

/** The state of many files together. */
export function stateOfAll(stored: readonly (boolean | null)[]): StoredState {
  if (stored.length === 0 || stored.includes(null)) return 'unknown';
  const there = stored.filter(one => one === true).length;
  if (there === stored.length) return 'present';
  return there === 0 ? 'missing' : 'partial';
}
