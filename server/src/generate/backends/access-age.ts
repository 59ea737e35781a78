/**
 * Who gains and loses access with the age backend. An age file does not tell whom it is for: the notes beside files do,
 * and of a machine's own secret its key of today. Opens nothing, starts nothing.
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
  /** By machine: the public key of its private key, where another lies beside that. Empty where they were not compared. */
  readonly replaced: () => ReadonlyMap<string, string>;
  /** Throws where the configuration does not tell them. */
  readonly admins: () => AdminRecipients;
}

/** Returns the admins that the configuration names for a machine. @throws StoreFailure */
export function adminReaders({ admins }: Pick<AgeAccess, 'admins'>, machine: string): Reader[] {
  const { list, setting } = adminsOf(admins(), machine);
  return list.map(key => ({ kind: 'admin', name: '', key, via: [{ kind: 'setting', name: setting }] }));
}

/** Returns null where nothing is noted: of a machine's own secret nothing is. */
export function notedRecipients(files: StoreFiles, path: string): readonly string[] | null {
  const text = files.text(`${path}.recipients`);
  return text === null ? null : sidecarRecipients(text);
}

/** @throws StoreFailure where the configuration names no admins */
export function ageChange(access: AgeAccess, place: SecretPlace): AccessChange {
  const { files, directory, keys } = access;
  const path = ageSecretPath(directory, place);
  const wanted = wantedReaders(access, place);
  const whose = ownersIn(keys());
  if (files.kind(path) !== 'file') return accessChange(place, null, wanted, whose, () => true);
  const named = notedRecipients(files, path) ?? wanted.flatMap(reader => reader.key ?? []);
  // A public key that was put in the place of a machine's own has access to nothing, whatever a note says.
  const replacedKeys = new Map([...access.replaced()].map(([name, key]) => [publicKeyOf(keys(), name), key]));
  const noted = named.map(key => replacedKeys.get(key) ?? key);
  // Whoever opens the key of a machine opens what is for the machine.
  const behind = keys().machines.flatMap(({ publicKey, keyRecipients }) =>
    noted.includes(publicKey() ?? '') ? (keyRecipients() ?? []) : [],
  );
  const wasReplaced = noted.some(
    key => !wanted.some(reader => reader.key === key) && whose(key).every(owner => owner.kind === 'unknown'),
  );
  return accessChange(place, noted, wanted, whose, ({ kind, key }) =>
    // A machine whose key was changed is no new one.
    kind === 'machine' ? !wasReplaced : key !== null && behind.includes(key),
  );
}

/** Returns the same of the key of a machine, which is for its admins. @throws StoreFailure */
export function ageKeyChange(access: AgeAccess, machine: AgeMachine): AccessChange {
  const wanted = adminReaders(access, machine.name);
  const noted = machine.keyRecipients() ?? wanted.flatMap(reader => reader.key ?? []);
  const place = { key: machine.path, file: 'key.age' };
  return accessChange(place, noted, wanted, ownersIn(access.keys()), () => false);
}

function publicKeyOf({ machines }: AgeKeys, name: string): string | null {
  return machines.find(machine => machine.name === name)?.publicKey() ?? null;
}

/** A machine without a key is one that gets it; where others may declare it, machines that have it keep it. */
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
