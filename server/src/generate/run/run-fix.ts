/**
 * Re-encrypts stored secrets to their intended readers and reports to a reporter. Runs no scripts; values do
 * not change.
 */
import type { AccessChange } from '../../store/readers.ts';
import { accessChanges, askedOf, consentTo } from '../backends/access-change.ts';
import { accessMessage } from '../backends/access-words.ts';
import { type Grant, planGrant } from '../backends/grant.ts';
import { openSecretBackend } from '../backends/open-backend.ts';
import { backendOf } from '../backends/served-backend.ts';
import { type Choice, chosen } from '../plan/generators.ts';
import type { Plan } from '../plan/plan.ts';
import { driftsOf, fixDrifts, machinesOfSecrets, unusableOf } from '../repository/drift.ts';
import type { Session } from '../repository/session.ts';
import { RunFailure } from '../run-failure.ts';
import type { RunFleet } from './run-fleet.ts';
import { withSession } from './run-session.ts';

export interface FixRequest {
  readonly choice: Choice;
  /** Whether keys may gain access without asking. */
  readonly isSure: boolean;
  /** Whether to commit what is stored. */
  readonly commit: boolean;
}

export interface GrantRequest extends Grant, Pick<FixRequest, 'isSure' | 'commit'> {}

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
  const unusable = unusableOf(concerned, secretBackend, fleet.environment);
  if (unusable.length > 0) throw new RunFailure(unusable.map(({ message }) => message).join('\n'));
  return { outcome: 'done', backend, access, fixed };
}

/**
 * Gives a user access to the stored secrets, as one change of the repository.
 *
 * @returns the group that gives it, or null for links of the user alone
 * @throws RunFailure, StoreFailure, HostFailure; what the reporter throws
 */
export async function runGrant(
  fleet: RunFleet,
  { user, group: named, isSure, commit }: GrantRequest,
  reporter: Omit<FixReporter, 'planned' | 'fixed'>,
): Promise<string | null> {
  const options = { commit, note: (sentence: string) => reporter.note(sentence) };
  return withSession(fleet, options, async session => {
    const backend = backendOf(fleet.fleet(), fleet.environment);
    if (backend !== 'sops')
      throw new RunFailure(
        'Only the sops backend keeps its readers in the repository.',
        backend === 'age'
          ? 'Add the public key to vars.settings.recipients in the configuration of the clan, then run "varsmith fix".'
          : 'Who reads the secrets is decided where they are kept.',
      );
    const { group, access, changes } = await planGrant(fleet.environment, fleet.fleet(), {
      user,
      group: named,
    });
    reporter.access(access);
    const asked = askedOf(access);
    const refused = asked.length > 0 && !isSure && !(await reporter.confirmAccess(asked));
    const stored = refused ? [] : await changes();
    if (stored.length > 0)
      await session.apply(stored, `secrets: give access to ${user}${accessMessage(access)}`);
    const fixed = refused ? [] : access.map(({ place }) => `${place.key}/${place.file}`);
    const outcome = refused ? 'refused' : 'done';
    reporter.ended({ outcome, backend, access: refused ? [] : access, fixed });
    return group;
  });
}
