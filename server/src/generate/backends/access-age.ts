/**
 * Computes who gains and loses access with the age backend. An age file does not name its recipients; the notes
 * next to it do, and a machine's own secret is for the machine's current key. Decrypts nothing and starts no
 * programs.
 */
import type { AgeKeys, AgeMachine } from '../../store/age/age-keys.ts';
import { type AdminRecipients, adminsOf, ageSecretPath } from '../../store/age/age-writes.ts';
import { type AccessChange, ownersOf, type Reader } from '../../store/readers.ts';
import type { StoreFiles } from '../../store/vars/files.ts';
import { sidecarRecipients } from '../../store/vars/metadata.ts';
import { accessChange } from './access-change.ts';
import type { SecretPlace } from './secret-backend.ts';

export interface AgeAccess {
  readonly files: StoreFiles;
  /** The clan's folder. */
  readonly directory: string;
  readonly keys: () => AgeKeys;
  /**
   * Returns, by machine, the public key of its private key if the recorded public key differs. Empty if they
   * were not compared.
   */
  readonly replaced: () => ReadonlyMap<string, string>;
  /** Returns the admins. Throws if the configuration does not determine them. */
  readonly admins: () => AdminRecipients;
}

/**
 * Returns the admins that the configuration names for a machine.
 *
 * @throws StoreFailure
 */
export function adminReaders({ admins }: Pick<AgeAccess, 'admins'>, machine: string): Reader[] {
  const { list, setting } = adminsOf(admins(), machine);
  return list.map(key => ({ kind: 'admin', name: '', key, via: [{ kind: 'setting', name: setting }] }));
}

/** Returns the noted recipients of a secret, or null if there are none, as for a machine's own secret. */
export function notedRecipients(files: StoreFiles, path: string): readonly string[] | null {
  const text = files.text(`${path}.recipients`);
  return text === null ? null : sidecarRecipients(text);
}

/**
 * Returns the change of access to a secret.
 *
 * @throws StoreFailure if the configuration names no admins
 */
export function ageChange(access: AgeAccess, place: SecretPlace): AccessChange {
  const { files, directory, keys } = access;
  const path = ageSecretPath(directory, place);
  const wanted = wantedReaders(access, place);
  const owners = ownersIn(keys());
  if (files.kind(path) !== 'file') return accessChange(place, null, wanted, owners, () => true);
  const named = notedRecipients(files, path) ?? wanted.flatMap(reader => reader.key ?? []);
  // A public key that replaced a machine's own has access to nothing, whatever a note says.
  const replacedKeys = new Map([...access.replaced()].map(([name, key]) => [publicKeyOf(keys(), name), key]));
  const noted = named.map(key => replacedKeys.get(key) ?? key);
  // Whoever can decrypt the key of a machine can decrypt everything for the machine.
  const behind = keys().machines.flatMap(({ publicKey, keyRecipients }) =>
    noted.includes(publicKey() ?? '') ? (keyRecipients() ?? []) : [],
  );
  const wasReplaced = noted.some(
    key => !wanted.some(reader => reader.key === key) && owners(key).every(owner => owner.kind === 'unknown'),
  );
  return accessChange(place, noted, wanted, owners, ({ kind, key }) =>
    // A machine with a changed key is not new.
    kind === 'machine' ? !wasReplaced : key !== null && behind.includes(key),
  );
}

/**
 * Returns the change of access to a machine's key, which is encrypted to its admins.
 *
 * @throws StoreFailure
 */
export function ageKeyChange(access: AgeAccess, machine: AgeMachine): AccessChange {
  const wanted = adminReaders(access, machine.name);
  const noted = machine.keyRecipients() ?? wanted.flatMap(reader => reader.key ?? []);
  const place = { key: machine.path, file: 'key.age' };
  return accessChange(place, noted, wanted, ownersIn(access.keys()), () => false);
}

function publicKeyOf({ machines }: AgeKeys, name: string): string | null {
  return machines.find(machine => machine.name === name)?.publicKey() ?? null;
}

/**
 * Returns the readers that a secret should have. A machine without a key counts, because it will get one. If
 * unknown machines may declare the secret, machines that have it keep it.
 */
function wantedReaders(access: AgeAccess, place: SecretPlace): readonly Reader[] {
  const { machines } = access.keys();
  const machineReader = (name: string, key: string | null): Reader => ({
    ...{ kind: 'machine', name, key },
    via: [{ kind: 'machine', name }],
  });
  const named = place.machines.flatMap(name =>
    place.deploy ? [machineReader(name, publicKeyOf(access.keys(), name))] : adminReaders(access, name),
  );
  const noted =
    place.machinesComplete || !place.deploy
      ? []
      : (notedRecipients(access.files, ageSecretPath(access.directory, place)) ?? []);
  const kept = machines.flatMap(({ name, publicKey }) => {
    const key = publicKey();
    return key !== null && noted.includes(key) ? [machineReader(name, key)] : [];
  });
  const all = [...named, ...kept];
  const first = (reader: Reader) => all.find(other => other.key === reader.key);
  return all.filter(reader => reader.key === null || first(reader) === reader);
}

function ownersIn({ machines }: AgeKeys): (key: string) => readonly Reader[] {
  const owners = machines.map(({ name, path, publicKey }) => {
    const ownKey = publicKey();
    return {
      name,
      path,
      keys: () => (ownKey === null ? null : [{ key: ownKey, type: 'age' }]),
      flaw: () => null,
    };
  });
  return key => ownersOf({ users: [], machines: owners }, key);
}
