/**
 * Determines which backend keeps the secrets of a fleet: from its configuration, or else from the files on
 * disk. Knows which backends are supported.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { noSuchStore, usedSettings } from '../../store/backend-setting.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { isWithoutClan, NO_READER } from '../../store/without-clan.ts';
import type { RunEnvironment } from '../run-environment.ts';

/** Backends that keep secrets in the repository, encrypted to keys that we look up. */
export type KeyedBackend = 'sops' | 'age';

export type ServedBackend = KeyedBackend | 'password-store' | 'custom';

export function isKeyed(backend: ServedBackend): backend is KeyedBackend {
  return backend === 'sops' || backend === 'age';
}

/** The inputs that determine the backend. */
export type StoreEnvironment = Pick<RunEnvironment, 'files' | 'storeCommand' | 'storeBackend'>;

/**
 * Returns the backend of a fleet.
 *
 * @throws StoreFailure `unsupported` for an unsupported backend, or if machines differ
 */
export function backendOf(
  fleet: Fleet,
  { files, storeCommand, storeBackend = null }: StoreEnvironment,
): ServedBackend {
  const chosen = storeCommand === null ? storeBackend : 'custom';
  if (chosen === null && isWithoutClan(fleet, files)) throw new StoreFailure('unsupported', NO_READER);
  const [name = 'sops', other] = usedSettings(fleet, files, chosen);
  if (other !== undefined)
    throw new StoreFailure(
      'unsupported',
      `Machines that keep secrets in different stores are not supported yet: ${name} and ${other}.`,
    );
  if (storeCommand !== null && name !== 'custom')
    throw new StoreFailure(
      'unsupported',
      `varsmith.json names a command as the store of secrets, but the configuration sets "${name}". Remove one of the two.`,
    );
  if (name === 'custom' && storeCommand === null)
    throw new StoreFailure(
      'unsupported',
      'The configuration says that secrets are in a custom store ("custom"). Name its command in varsmith.json: { "store": { "command": ["./my-store"] } }.',
    );
  if (name === 'sops' || name === 'age' || name === 'password-store' || name === 'custom') return name;
  throw new StoreFailure('unsupported', `${noSuchStore(name)} Set vars.settings.secretStore of the clan.`);
}
