/** What a value from outside leaves behind: generators that were made from the one before. */
import { type StaleNotes, withOlder } from '../../host/files/stale.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { SecretBackend } from '../backends/secret-backend.ts';
import { isKeyed } from '../backends/served-backend.ts';
import type { Var } from '../plan/declared-vars.ts';
import type { Generators } from '../plan/generators.ts';
import { AfterwardsFailure, type Session } from '../repository/session.ts';
import type { Situation } from '../repository/situation.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { storedValue } from './run.ts';

/** Returns whether it is certain that a value is stored already. Programs of stores are not asked. */
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
    // No key here opens it, or it is damaged: then it is another value for all that is known.
    if (error instanceof StoreFailure) return false;
    throw error;
  }
}

/** Returns the keys of what was made from a generator's values and is there, as far as can be told; in the order of the fleet. */
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

/**
 * Replaces a value, with what was made from it noted before, so that the next run makes it anew whatever becomes of this
 * one. The note is taken back where nothing was replaced.
 *
 * @param dependents keys of what was made from it
 * @throws what `replace` throws; HostFailure where it cannot be noted
 */
export async function replacing(
  { id, generator }: Var,
  dependents: readonly string[],
  session: Session,
  replace: () => Promise<void>,
): Promise<void> {
  const noted = withOlder(session.stale, dependents, id);
  // With its only file set from outside, nothing of a generator is old.
  const isWhole = generator.files.length === 1 && noted.has(generator.key);
  if (dependents.length > 0) await session.noteStale(noted);
  try {
    await replace();
  } catch (error) {
    if (dependents.length > 0 && !(error instanceof AfterwardsFailure) && !(await session.hasBegun()))
      // What has failed first is what is told.
      await session.noteStale(session.stale).catch(() => undefined);
    throw error;
  }
  if (isWhole) await session.noteStale(without(noted, generator.key));
}

function without(notes: StaleNotes, key: string): StaleNotes {
  const rest = new Map(notes);
  rest.delete(key);
  return rest;
}
