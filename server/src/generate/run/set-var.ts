/**
 * Stores a given value in a var, from the request to the commit: backend, keys of machines, consent to new
 * access, and notes about values made from the previous one, which become outdated.
 */
import { join } from 'node:path';
import type { AccessChange } from '../../store/readers.ts';
import { accessChanges, askedOf, consentTo, mustBeAgreed } from '../backends/access-change.ts';
import { accessMessage } from '../backends/access-words.ts';
import { openSecretBackend } from '../backends/open-backend.ts';
import { placesOf } from '../backends/secret-backend.ts';
import { mustBeKnown, type Var } from '../plan/declared-vars.ts';
import type { DeclaredFile, Generator, Generators } from '../plan/generators.ts';
import { EVERYTHING } from '../plan/plan.ts';
import { machinesOfSecrets, storeMachineKeys } from '../repository/drift.ts';
import type { Session } from '../repository/session.ts';
import { outputChanges } from '../repository/store-step.ts';
import { isSame, madeFrom, replacing } from './replacing.ts';
import type { RunFleet } from './run-fleet.ts';
import { withSession } from './run-session.ts';

export interface SetRequest {
  readonly machine: string;
  /** The id of the var, for the commit message. */
  readonly id: string;
  /** Whether keys may gain access without asking. */
  readonly isSure: boolean;
  /** Whether to commit what is stored. */
  readonly commit: boolean;
}

export interface SetReporter {
  /** Reports a sentence. */
  note(sentence: string): void;
  /**
   * Finds the requested var among the generators of the fleet.
   *
   * @throws if the machine or var does not exist
   */
  find(generators: Generators, machines: readonly string[]): Var;
  /**
   * Asks whether keys may gain access.
   *
   * @param asked the changes that need consent @throws if there is no one to ask
   */
  confirmAccess(access: readonly AccessChange[], asked: readonly AccessChange[]): Promise<boolean>;
  /** Reads the value. Called after all requirements have been checked. */
  value(): Promise<Uint8Array>;
  /** Reports that the value is stored. */
  stored(result: SetResult): void;
}

export interface SetResult {
  readonly generator: Generator;
  readonly file: DeclaredFile;
  /** The gains and losses of access. */
  readonly access: readonly AccessChange[];
  /** Keys of the generators that were made from the previous value. */
  readonly outdated: readonly string[];
  /** The names of these generators. */
  readonly dependents: readonly string[];
}

/**
 * Sets a var.
 *
 * @returns false if new access was not accepted, in which case nothing has changed @throws RunFailure,
 * StoreFailure, HostFailure; what the reporter throws
 */
export function setVar(fleet: RunFleet, request: SetRequest, reporter: SetReporter): Promise<boolean> {
  const { commit } = request;
  return withSession(fleet, { commit, note: sentence => reporter.note(sentence) }, session =>
    setIn(session, fleet, request, reporter),
  );
}

async function setIn(
  session: Session,
  fleet: RunFleet,
  { machine, id, isSure }: SetRequest,
  reporter: SetReporter,
): Promise<boolean> {
  const { environment } = fleet;
  const situation = await fleet.situation({ asksStore: false });
  const { backend, declared, plan } = situation;
  const { generators } = plan(EVERYTHING);
  const declaredVar = reporter.find(generators, declared.machines);
  mustBeKnown(declaredVar);
  const { generator, file } = declaredVar;
  const secretBackend = await openSecretBackend(environment, fleet.fleet(), backend);
  const only = { ...generator, files: [file] };
  await secretBackend.examine?.(machinesOfSecrets([only]));
  const machineKeys = file.secret ? await secretBackend.prepare(machinesOfSecrets([only])) : [];
  const access = accessChanges(secretBackend, placesOf(only));
  await session.mustHaveAuthor();
  const asked = askedOf(access);
  if (asked.length > 0 && !isSure && !(await reporter.confirmAccess(access, asked))) return false;
  const agreed = consentTo(access);
  const value = await reporter.value();
  await storeMachineKeys(machineKeys, secretBackend, session);
  const now = accessChanges(secretBackend, placesOf(only));
  for (const change of now) mustBeAgreed(change, agreed);
  const changes = await outputChanges(environment, secretBackend, only, new Map([[file.name, value]]));
  const made = madeFrom(declaredVar, generators, situation);
  const around = { backend, environment, secretBackend };
  // Decrypting a secret may require more than storing it, so the old value is only read if something depends on it.
  const outdated = made.length > 0 && (await isSame(declaredVar, value, around)) ? [] : made;
  await replacing(declaredVar, session, {
    dependents: outdated,
    written: changes.flatMap(change =>
      change.kind === 'write' ? [join(environment.root, change.path)] : [],
    ),
    replace: () => session.apply(changes, `vars: update ${id} for machine ${machine}${accessMessage(now)}`),
  });
  const dependents = outdated.map(key => generators.all.get(key)?.name ?? key);
  reporter.stored({ generator, file, access: now, outdated, dependents });
  return true;
}
