/**
 * Finds or creates the user's key and registers it in the repository as that of a user.
 *
 * Source: clan-core d7c35d912, clan_cli/vars/keygen.py.
 */
import { writeKeyFile } from '../../host/files/keyfiles.ts';
import { generateKeyPair } from '../../store/age/crypt.ts';
import { newKeyPath } from '../../store/age/identities.ts';
import { readSops } from '../../store/sops/sops-keys.ts';
import { userChanges } from '../../store/sops/sops-writes.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { RunFailure } from '../run-failure.ts';
import { findKeys } from './keys.ts';
import type { KeyedBackend } from './served-backend.ts';

export interface OwnKey {
  readonly recipient: string;
  /** The path of a new key, or null for an existing one. */
  readonly written: string | null;
}

/**
 * Finds the user's key or creates one.
 *
 * @throws RunFailure, StoreFailure, HostFailure
 */
export async function ownKey(environment: RunEnvironment, backend: KeyedBackend): Promise<OwnKey> {
  const { found, keyring } = await findKeys(environment, backend);
  const [recipient] = keyring.recipients;
  if (recipient !== undefined) return { recipient, written: null };
  const ageIdentities = found.identities.filter(identity => identity.kind !== 'ssh');
  if (ageIdentities.length > 0)
    throw new RunFailure(`Your key cannot be used: ${keyring.unusable.join(' ')}`);
  const path = newKeyPath(environment);
  if (path === null)
    throw new RunFailure('There is no home folder for a key. Name a file in SOPS_AGE_KEY_FILE.');
  const pair = await generateKeyPair();
  const date = `${environment.now().toISOString().slice(0, 19)}Z`;
  await writeKeyFile(path, `# created: ${date}\n# public key: ${pair.recipient}\n${pair.secret}\n`);
  return { recipient: pair.recipient, written: path };
}

const USER = /^[a-z_]([a-z0-9_-]{0,31})?$/;

/**
 * Returns the changes that register a key for a user of the repository; none if it is registered.
 *
 * @param force whether to replace another key of the user @throws RunFailure
 */
/**
 * Validates a user name before a key is created, so that a refusal leaves nothing behind.
 *
 * @throws RunFailure
 */
export function mustBeUserName(user: string): void {
  if (!USER.test(user))
    throw new RunFailure(
      `"${user}" cannot be the name of a user: use lower-case letters, digits, - and _.`,
      'Say --user NAME.',
    );
}

export function userKeyChanges(
  environment: RunEnvironment,
  user: string,
  recipient: string,
  force: boolean,
): Change[] {
  if (!USER.test(user))
    throw new RunFailure(
      `"${user}" cannot be the name of a user: use lower-case letters, digits, - and _.`,
      'Say --user NAME.',
    );
  const { users } = readSops(environment.files, environment.directory);
  const owner = users.find(user => user.keys()?.some(({ key }) => key === recipient));
  if (owner !== undefined) return [];
  const before = users.find(other => other.name === user);
  if (before !== undefined && !force)
    throw new RunFailure(
      `User ${user} has another key in sops/users/${user}/key.json.`,
      '--force replaces it, --user NAME adds another user.',
    );
  return userChanges(environment.directory, user, recipient);
}
