/**
 * Says who can read a secret in the sops backend that the person at the keyboard cannot, and how they get access. Looks at
 * public keys alone, so that a run can refuse before anything has run.
 */
import { sortedUnique } from '../../std.ts';
import type { Keyring } from '../../store/age/crypt.ts';
import { ownersOf } from '../../store/readers.ts';
import type { SopsFolder } from '../../store/sops/sops-keys.ts';
import { actingUser } from '../../store/sops/sops-writes.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { shortKey } from './access-words.ts';
import { placesOf, type SecretPlace } from './secret-backend.ts';

/** The number of readers that a message names. */
const NAMED = 6;

/**
 * Returns the failure of a person without access.
 *
 * @param recipients the keys that the secret is encrypted to
 */
export function noAccess(sops: SopsFolder, recipients: readonly string[], keyring: Keyring): StoreFailure {
  const readers = recipients.flatMap(key => ownersOf(sops, key));
  const named = (kind: 'user' | 'machine') =>
    sortedUnique(readers.flatMap(reader => (reader.kind === kind ? [reader.name] : [])));
  const users = named('user');
  const strangers = readers.flatMap(({ kind, key }) =>
    kind === 'unknown' && key !== null ? [shortKey(key)] : [],
  );
  const all = [
    ...users.map(user => `user ${user}`),
    ...named('machine').map(name => `machine ${name}`),
    ...strangers,
  ];
  const shown = all.length > NAMED ? [...all.slice(0, NAMED), `${all.length - NAMED} more`] : all;
  const what = `None of your keys can decrypt it. It is for ${shown.length === 0 ? 'nobody' : shown.join(', ')}.`;
  const user = actingUser(sops, keyring);
  const givers = users.length === 0 ? 'Someone who has access' : users.slice(0, NAMED).join(' or ');
  return new StoreFailure(
    'no-matching-key',
    [what, ...keyring.unusable].join(' '),
    user === null
      ? `"varsmith keygen" adds you as a user; ${givers} then gives you access with "varsmith grant NAME".`
      : `${givers} can give you access with "varsmith grant ${user}".`,
  );
}

/**
 * Returns whether a key of the person surely opens none of what is encrypted to the recipients. A key whose public half is
 * not known may be any of them.
 */
export function isSurelyWithout(
  recipients: readonly string[],
  { recipients: ours, unusable }: Keyring,
): boolean {
  return (
    ours.length > 0 &&
    unusable.length === 0 &&
    recipients.length > 0 &&
    recipients.every(key => /^age1[a-z0-9]+$/.test(key) && !ours.includes(key))
  );
}

/** Returns the stored secrets that the steps of a plan read: those of dependencies that do not run as well. */
export function readPlaces(
  { generators }: Pick<Plan, 'generators'>,
  steps: readonly PlanStep[],
): SecretPlace[] {
  const made = new Set(steps.map(step => step.generator.key));
  const keys = new Set(steps.flatMap(step => step.generator.dependencies.map(({ key }) => key)));
  return [...keys].flatMap(key => {
    const generator = made.has(key) ? undefined : generators.all.get(key);
    return generator === undefined ? [] : placesOf(generator);
  });
}

/** Returns the names of the users whose keys none of the secrets is encrypted to; nobody if there are no secrets. */
export function usersWithoutAccess(
  { users }: Pick<SopsFolder, 'users'>,
  secrets: Iterable<readonly string[]>,
): readonly string[] {
  const left = new Map(users.map(({ name, keys }) => [name, (keys() ?? []).map(({ key }) => key)]));
  let isAny = false;
  for (const recipients of secrets) {
    isAny = true;
    for (const [name, keys] of left) if (keys.some(key => recipients.includes(key))) left.delete(name);
    // In most stores, the first secret is for everyone.
    if (left.size === 0) break;
  }
  return isAny ? [...left.keys()] : [];
}

/** Returns a sentence about people who can read nothing of what is stored. */
export function withoutAccessText(names: readonly string[]): string {
  const [first] = names;
  return `${names.length === 1 ? 'User' : 'Users'} ${names.join(', ')} can read 0 of the stored secrets. Someone who has access gives it with "varsmith grant ${first}".`;
}
