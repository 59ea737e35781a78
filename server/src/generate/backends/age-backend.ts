/**
 * Implements clan's age backend: reads secrets with the user's keys and the machine keys that they decrypt, and
 * writes them for machines and admins.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/age.
 */
import { dirname, join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { readAgeKeys } from '../../store/age/age-keys.ts';
import {
  type AdminRecipients,
  ageMachineKeyChanges,
  ageSecretChanges,
  ageSecretPath,
  machineKeyring,
  openAgeSecret,
  replacedPublicKeys,
} from '../../store/age/age-writes.ts';
import { type Keyring, openKeyring } from '../../store/age/crypt.ts';
import { namingFile } from '../../store/store-failure.ts';
import { type Change, removeIfThere } from '../../store/vars/changes.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { type AgeAccess, adminReaders, ageChange } from './access-age.ts';
import { ageDrift, wantedRecipients } from './age-drift.ts';
import { forgettable } from './forgettable.ts';
import { type Keys, mustHaveKeys } from './keys.ts';
import type { MachineKey, SecretBackend, SecretPlace } from './secret-backend.ts';

/**
 * Creates the backend.
 *
 * @param admins returns the admins; throws if the configuration does not determine them
 */
export function ageBackend(
  environment: RunEnvironment,
  keys: Keys,
  admins: () => AdminRecipients,
): SecretBackend {
  const { files, directory } = environment;
  const machineKeys = forgettable(() => readAgeKeys(files, directory));
  const keyrings = new Map<string, Promise<Keyring>>();
  let replaced: ReadonlyMap<string, string> = new Map();
  const store: AgeStore = {
    ...{ files, directory, admins, environment, keyrings },
    keys: machineKeys.get,
    replaced: () => replaced,
    personKeys: keys,
  };
  return {
    paths: place => [ageSecretPath(directory, place)],
    removal: places =>
      places.flatMap(place => removeIfThere(files, dirname(ageSecretPath(directory, place)))),
    forget() {
      machineKeys.forget();
      keyrings.clear();
    },
    open: place => open(store, place),
    async examine(machines) {
      // Use native identities only: a plugin or an ssh key with a passphrase would prompt for each machine.
      const natives = await openKeyring(keys.found.identities, null);
      replaced = await replacedPublicKeys(files, machineKeys.get(), machines, natives);
    },
    prepare: machines => prepare(store, machines),
    seal: (place, value) => seal(store, place, value),
    drift: place => ageDrift(store, place),
    change: place => ageChange(store, place),
    async reseal(place) {
      if (ageDrift(store, place) === null) return [];
      const value = await open(store, place);
      return value === null ? [] : seal(store, place, value);
    },
  };
}

interface AgeStore extends AgeAccess {
  readonly environment: RunEnvironment;
  readonly personKeys: Keys;
  /** Keyrings by the machines whose keys they contain. */
  readonly keyrings: Map<string, Promise<Keyring>>;
}

async function open(store: AgeStore, place: SecretPlace): Promise<Buffer | null> {
  const { files, directory, environment, personKeys } = store;
  const path = ageSecretPath(directory, place);
  if (files.kind(path) !== 'file') return null;
  const text = (await readIfThere(join(environment.root, path)))?.toString('utf8') ?? null;
  if (text === null) return null;
  mustHaveKeys(personKeys);
  return namingFile(path, async () => openAgeSecret(text, await keyringFor(store, place.machines)));
}

/** Returns the keyring with the machines' keys, each decrypted once. */
function keyringFor(store: AgeStore, machines: readonly string[]): Promise<Keyring> {
  const { files, keyrings, personKeys } = store;
  const id = machines.join('\0');
  const keyring = keyrings.get(id) ?? machineKeyring(files, store.keys(), machines, personKeys.keyring);
  keyrings.set(id, keyring);
  return keyring;
}

/** Returns the changes that create keys for machines without one. */
async function prepare(store: AgeStore, machines: readonly string[]): Promise<readonly MachineKey[]> {
  const { directory, environment, personKeys } = store;
  const keyOf = (machine: string) =>
    store
      .keys()
      .machines.find(({ name }) => name === machine)
      ?.publicKey() ?? null;
  const missing = machines.filter(machine => keyOf(machine) === null);
  const made: MachineKey[] = [];
  for (const machine of missing) {
    const options = { now: environment.now(), command: personKeys.command };
    const { changes } = await ageMachineKeyChanges(directory, machine, store.admins(), options);
    made.push({ machine, changes, readers: adminReaders(store, machine) });
  }
  return made;
}

async function seal(store: AgeStore, place: SecretPlace, value: Uint8Array): Promise<readonly Change[]> {
  const { files, directory, personKeys } = store;
  const recipients = wantedRecipients(store, place);
  return ageSecretChanges(files, directory, place, value, { recipients, command: personKeys.command });
}
