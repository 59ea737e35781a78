/**
 * Verifies the stored vars of a fleet: whether all exist, were made from the current inputs, and can be read by
 * their readers. Writes nothing.
 */

import type { AccessChange } from '../../store/readers.ts';
import { readSops } from '../../store/sops/sops-keys.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { varFolder } from '../../store/vars/changes.ts';
import { sopsRecipients } from '../../store/vars/metadata.ts';
import type { ScannedStore } from '../../store/vars/scan.ts';
import { tallyOf } from '../../store/vars/tally.ts';
import { askedOf, readerData } from '../backends/access-change.ts';
import { accessSentences } from '../backends/access-words.ts';
import { usersWithoutAccess, withoutAccessText } from '../backends/no-access.ts';
import { openSecretBackend } from '../backends/open-backend.ts';
import { placeOf, placesOf, type SecretBackend, type SecretPlace } from '../backends/secret-backend.ts';
import { stateOfStatus } from '../plan/generator-tally.ts';
import { chosen, type DeclaredFile, type Generator } from '../plan/generators.ts';
import type { Plan, Status } from '../plan/plan.ts';
import { olderText } from '../plan/status-words.ts';
import { driftsOf, machinesOfSecrets, unusableOf } from '../repository/drift.ts';
import { notedIn } from '../repository/earlier-runs.ts';
import { publicPath } from '../repository/store-step.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { RunFleet } from './run-fleet.ts';

export interface VerifyChoice {
  readonly machines: readonly string[];
  readonly generators: readonly string[];
}

export interface VerifiedFleet extends RunFleet {
  /** Returns the scan of the store that was made while the fleet was read, or null. */
  scanned(): Promise<ScannedStore | null>;
}

/**
 * Returns the problems of the stored vars of the chosen machines and generators, or of all if none are named.
 *
 * @param planned checks the plan used for the verification; an exception ends the verification @throws
 * StoreFailure, HostFailure if the store cannot be read
 */
export async function verifyVars(
  fleet: VerifiedFleet,
  choice: VerifyChoice,
  planned: (plan: Plan, machines: readonly string[]) => void,
) {
  const { environment } = fleet;
  const { stale, owed, unknown } = await notedIn(environment);
  const { backend, declared, plan, status } = await fleet.situation({ scanned: fleet.scanned, stale });
  const checked = plan({ ...choice, regenerate: false });
  planned(checked, declared.machines);
  const { generators, steps, notes } = checked;
  const concerned = chosen(generators, choice);
  // The plan contains the state of every incomplete generator.
  const stepOf = new Map(steps.map(step => [step.generator.key, step]));
  const secretBackend = await openSecretBackend(environment, fleet.fleet(), backend, await fleet.scanned());
  const problems = concerned.flatMap(generator => {
    const step = stepOf.get(generator.key);
    const standing = step?.reason === 'missing' ? { ...step, reason: step.reason } : status(generator);
    const { reason, older, missing } = standing;
    if (reason === null) return [];
    const message = reasonText(generator, standing);
    const others = generator.files.filter(({ name }) => !missing.includes(name));
    const stored = storedFiles(environment, secretBackend, generator, others);
    return [{ ...about(generator), kind: reason, files: missing, stored, older, message }];
  });
  await secretBackend.examine?.(machinesOfSecrets(concerned));
  const access = driftsOf(concerned, secretBackend).flatMap(({ generator, drifts }) =>
    drifts.map(({ place, reason }) => {
      const access = accessIn(secretBackend, place);
      return {
        ...about(generator),
        kind: 'access' as const,
        files: [place.file],
        stored: storedFiles(
          environment,
          secretBackend,
          generator,
          generator.files.filter(({ name }) => name === place.file),
        ),
        ...accessTexts(`${generator.key}/${place.file} ${reason.replace(/\.$/, '')}.`, access),
        gains: access?.gained.map(readerData) ?? [],
        losses: access?.lost.map(readerData) ?? [],
      };
    }),
  );
  const unusable = unusableOf(concerned, secretBackend, environment).map(({ generator, file, message }) => ({
    ...about(generator),
    kind: 'unusable' as const,
    files: [file],
    stored: storedFiles(
      environment,
      secretBackend,
      generator,
      generator.files.filter(({ name }) => name === file),
    ),
    message,
  }));
  const states = concerned.map(generator => {
    const standing = status(generator);
    return { ...about(generator), state: stateOfStatus(generator, standing), missing: standing.missing };
  });
  return {
    backend,
    /** The state of every verified placement. */
    states,
    summary: tallyOf(states.map(({ state }) => state)),
    problems: [
      ...problems,
      ...unusable,
      ...access,
      ...(owed === null ? [] : [{ kind: 'uncommitted' as const, ...owed }]),
    ],
    notes,
    unknown,
    /** Sentences about users who can read nothing. */
    people: backend === 'sops' ? peopleIn(environment, concerned) : [],
    concerned: concerned.length,
  };
}

function peopleIn({ files, directory }: RunEnvironment, generators: readonly Generator[]): string[] {
  function* recipients(): Iterable<readonly string[]> {
    for (const generator of generators)
      for (const { key, file } of placesOf(generator)) {
        const path = `${varFolder(directory, key, file)}/secret`;
        const text = files.kind(path) === 'file' ? files.text(path) : null;
        const read = text === null ? null : sopsRecipients(text).value;
        if (read !== null) yield read;
      }
  }
  const names = usersWithoutAccess(readSops(files, directory), recipients());
  return names.length === 0 ? [] : [withoutAccessText(names)];
}

/**
 * Returns the paths of stored files relative to the root of the repository, without those in a store outside of
 * it.
 */
function storedFiles(
  environment: RunEnvironment,
  secretBackend: SecretBackend,
  generator: Generator,
  files: readonly DeclaredFile[],
) {
  return files.flatMap(file => {
    const paths = file.secret
      ? secretBackend.paths(placeOf(generator, file))
      : [publicPath(environment, generator, file)];
    const path = paths.find(path => environment.files.kind(path) === 'file');
    return path === undefined ? [] : [{ name: file.name, path }];
  });
}

/** Returns the change of access that re-encrypting a secret would make, or null if it is not known. */
function accessIn(secretBackend: SecretBackend, place: SecretPlace): AccessChange | null {
  try {
    return secretBackend.change(place);
  } catch (error) {
    if (error instanceof StoreFailure) return null;
    throw error;
  }
}

/** Returns the advice and who would gain and lose access, since that may be unwanted. */
function whatToDo(access: AccessChange | null): string {
  const who = access === null ? [] : accessSentences([access]);
  if (access === null || who.length === 0) return '"varsmith fix" corrects it.';
  const told = `With "varsmith fix", ${who.join('; ')}.`;
  return askedOf([access]).length > 0
    ? `${told} It asks before giving access to a key that has none now.`
    : told;
}

/** Returns the message, and what it says for readers with another command at hand. */
function accessTexts(problem: string, access: AccessChange | null) {
  return { message: `${problem} ${whatToDo(access)}`, what: `${problem}${onceFixed(access)}` };
}

/** Returns who would gain and lose access, for readers with another command at hand. */
function onceFixed(access: AccessChange | null): string {
  const who = access === null ? [] : accessSentences([access]);
  return who.length === 0 ? '' : ` Re-encrypted, ${who.join('; ')}.`;
}

function about({ key, name, machines }: Generator) {
  return { key, generator: name, machines };
}

function reasonText({ key }: Generator, { reason, older, missing }: Omit<Status, 'present'>): string {
  switch (reason) {
    case 'missing':
      return `${key}: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`;
    case 'interrupted':
      return `${key} was left behind by an interrupted run: what it is made from has changed since. "varsmith generate" makes it anew.`;
    case 'superseded':
      return `${key} was made from ${olderText(older)}, which changed since. "varsmith generate" generates it again.`;
    default:
      return `${key} was made from inputs that differ from the configuration.`;
  }
}
