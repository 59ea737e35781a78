/** Marks generators as outdated that were made from a value replaced from outside. */
import { createHash } from 'node:crypto';
import { readIfThere } from '../../host/files/atomic.ts';
import { type StaleNotes, withOlder } from '../../host/files/stale.ts';
import { AfterwardsFailure } from '../../host/host-failure.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { SecretBackend } from '../backends/secret-backend.ts';
import { isKeyed } from '../backends/served-backend.ts';
import type { Var } from '../plan/declared-vars.ts';
import type { Generators } from '../plan/generators.ts';
import type { Session } from '../repository/session.ts';
import type { Situation } from '../repository/situation.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { storedValue } from './run.ts';

/** Returns whether a value is certainly stored already. Programs of custom stores are not queried. */
export async function isSame(
  { generator, file }: Var,
  value: Uint8Array,
  {
    environment,
    secretBackend,
    backend,
  }: Pick<Situation, 'backend'> & {
    readonly environment: RunEnvironment;
    readonly secretBackend: SecretBackend;
  },
): Promise<boolean> {
  if (file.secret && !isKeyed(backend)) return false;
  try {
    return (await storedValue(environment, secretBackend, generator, file))?.equals(value) === true;
  } catch (error) {
    // If no key decrypts it or it is damaged, it counts as a different value.
    if (error instanceof StoreFailure) return false;
    throw error;
  }
}

/**
 * Returns the keys of existing generators that were made from a generator's values, as far as known, in fleet
 * order.
 */
export function madeFrom(
  { generator }: Var,
  { all }: Generators,
  { backend, status }: Pick<Situation, 'backend' | 'status'>,
): string[] {
  return [...all.values()]
    .filter(other => other.dependencies.some(({ key }) => key === generator.key))
    .filter(other => !isKeyed(backend) || status(other).present.length > 0)
    .map(other => other.key);
}

/** A replacement of a value. */
interface Replacement {
  /** Keys of generators made from the value. */
  readonly dependents: readonly string[];
  /** Absolute paths of the files that are written. */
  readonly written: readonly string[];
  replace(): Promise<void>;
}

/**
 * Replaces a value. Notes beforehand what was made from it, so that the next run regenerates it whatever
 * happens; the note is withdrawn if nothing was replaced.
 *
 * @throws what `replace` throws; HostFailure if the note cannot be written
 */
export async function replacing(
  { id, generator }: Var,
  session: Session,
  { dependents, written, replace }: Replacement,
): Promise<void> {
  const noted = withOlder(session.stale, dependents, id);
  // If its only file is set from outside, nothing of the generator is outdated.
  const isWhole = generator.files.length === 1 && noted.has(generator.key);
  const before = dependents.length > 0 ? await contentOf(written) : '';
  if (dependents.length > 0) await session.noteStale(noted);
  try {
    await replace();
  } catch (error) {
    const isAsBefore = async () => !(await session.hasBegun()) && (await contentOf(written)) === before;
    if (dependents.length > 0 && !(error instanceof AfterwardsFailure))
      // The first failure is the one to report. A note that stays costs a run, one that is missing goes unnoticed.
      await isAsBefore()
        .then(isIt => (isIt ? session.noteStale(session.stale) : undefined))
        .catch(() => undefined);
    throw error;
  }
  if (isWhole) await session.noteStale(without(noted, generator.key));
}

/** Returns a text that differs if any of the files does. */
async function contentOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const bytes = await readIfThere(path);
    hash.update(bytes === null ? '-' : `${bytes.length}:`).update(bytes ?? '');
  }
  return hash.digest('hex');
}

function without(notes: StaleNotes, key: string): StaleNotes {
  const rest = new Map(notes);
  rest.delete(key);
  return rest;
}
