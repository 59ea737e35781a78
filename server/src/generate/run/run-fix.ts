/**
 * Re-encrypts stored secrets to their intended readers and reports to a reporter. Runs no scripts; values do
 * not change.
 */
import type { AccessChange } from '../../store/readers.ts';
import { accessChanges, askedOf, consentTo } from '../backends/access-change.ts';
import { openSecretBackend } from '../backends/open-backend.ts';
import { type Choice, chosen } from '../plan/generators.ts';
import type { Plan } from '../plan/plan.ts';
import { driftsOf, fixDrifts, machinesOfSecrets } from '../repository/drift.ts';
import type { Session } from '../repository/session.ts';
import type { RunFleet } from './run-fleet.ts';
import { withSession } from './run-session.ts';

export interface FixRequest {
  readonly choice: Choice;
  /** Whether keys may gain access without asking. */
  readonly isSure: boolean;
  /** Whether to commit what is stored. */
  readonly commit: boolean;
}

export interface FixReporter {
  /** Reports the selection before anything is inspected. An exception ends the run. */
  planned(plan: Plan, machines: readonly string[]): void;
  note(sentence: string): void;
  /** Reports who gains and loses access. */
  access(changes: readonly AccessChange[]): void;
  /**
   * Asks whether keys may gain access.
   *
   * @throws if there is no one to ask
   */
  confirmAccess(asked: readonly AccessChange[]): Promise<boolean>;
  /**
   * Reports a generator whose secrets were re-encrypted.
   *
   * @param key of the generator
   */
  fixed(key: string): void;
  ended(ending: FixEnding): void;
}

export interface FixEnding {
  /** `refused`: the new access was not accepted. */
  readonly outcome: 'done' | 'refused';
  /** The name of the secret backend. */
  readonly backend: string;
  readonly access: readonly AccessChange[];
  /** Keys of generators. */
  readonly fixed: readonly string[];
}

/**
 * Runs a fix.
 *
 * @throws RunFailure, StoreFailure, HostFailure; what the reporter throws
 */
export async function runFix(
  fleet: RunFleet,
  request: FixRequest,
  reporter: FixReporter,
): Promise<FixEnding> {
  const { commit } = request;
  const options = { commit, note: (sentence: string) => reporter.note(sentence) };
  return withSession(fleet, options, async session => {
    const ending = await fixIn(session, fleet, request, reporter);
    reporter.ended(ending);
    return ending;
  });
}

async function fixIn(
  session: Session,
  fleet: RunFleet,
  { choice, isSure }: FixRequest,
  reporter: FixReporter,
): Promise<FixEnding> {
  // Readers do not depend on which values are stored.
  const { backend, declared, plan: planOf } = await fleet.situation({ asksStore: false });
  const plan = planOf({ ...choice, regenerate: false });
  reporter.planned(plan, declared.machines);
  const secretBackend = await openSecretBackend(fleet.environment, fleet.fleet(), backend);
  const concerned = chosen(plan.generators, choice);
  await secretBackend.examine?.(machinesOfSecrets(concerned));
  const drifts = driftsOf(concerned, secretBackend);
  const places = drifts.flatMap(generator => generator.drifts.map(({ place }) => place));
  const access = accessChanges(secretBackend, places);
  reporter.access(access);
  if (drifts.length > 0) await session.mustHaveAuthor();
  const asked = askedOf(access);
  if (asked.length > 0 && !isSure && !(await reporter.confirmAccess(asked)))
    return { outcome: 'refused', backend, access: [], fixed: [] };
  const fixed: string[] = [];
  await fixDrifts(drifts, secretBackend, session, consentTo(access), ({ generator }) => {
    fixed.push(generator.key);
    reporter.fixed(generator.key);
  });
  return { outcome: 'done', backend, access, fixed };
}
