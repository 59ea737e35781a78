/**
 * Clan's age backend at work: reads secrets with the person's keys and those of the machines that they open, writes
 * them for machines and admins.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/age.
 */
import { dirname, join } from 'node:path';
import { readIfThere } from '../host/atomic.ts';
import { type AgeKeys, readAgeKeys } from '../store/age.ts';
import {
  type AdminRecipients,
  adminsOf,
  ageMachineKeyChanges,
  ageRecipients,
  ageSecretChanges,
  ageSecretPath,
  machineKeyring,
  openAgeSecret,
} from '../store/age-writes.ts';
import { removeIfThere } from '../store/changes.ts';
import type { Keyring } from '../store/crypt.ts';
import { StoreFailure } from '../store/failure.ts';
import { ageFlaw, sidecarRecipients } from '../store/metadata.ts';
import { type AccessChange, ownersOf, type Reader } from '../store/readers.ts';
import { recipientDrift } from '../store/sops-writes.ts';
import { accessChange } from './access-change.ts';
import type { Ground } from './ground.ts';
import { type Keys, mustHaveKeys } from './keys.ts';
import type { MachineKey, SecretPlace, Vault } from './vault.ts';
import { named } from './vault-sops.ts';

/** @param admins throws where the configuration does not tell them */
export function ageVault(ground: Ground, keys: Keys, admins: () => AdminRecipients): Vault {
  const { files, root, directory } = ground;
  const { command } = keys;
  let stored: AgeKeys | null = null;
  const machineKeys = (): AgeKeys => {
    stored ??= readAgeKeys(files, directory);
    return stored;
  };
  const opened = new Map<string, Promise<Keyring>>();

  /** Each machine's key is opened once. */
  function keyringFor(machines: readonly string[]): Promise<Keyring> {
    const id = machines.join('\0');
    const known = opened.get(id) ?? machineKeyring(files, machineKeys(), machines, keys.keyring);
    opened.set(id, known);
    return known;
  }

  /** Null where nothing tells: a machine's own secret has no note of its recipients. */
  function notedRecipients(path: string): readonly string[] | null {
    const text = files.text(`${path}.recipients`);
    return text === null ? null : sidecarRecipients(text);
  }

  async function open(place: SecretPlace): Promise<Buffer | null> {
    const path = ageSecretPath(directory, place);
    if (files.kind(path) !== 'file') return null;
    const text = (await readIfThere(join(root, path)))?.toString('utf8') ?? null;
    if (text === null) return null;
    mustHaveKeys(keys);
    return named(path, async () => openAgeSecret(text, await keyringFor(place.machines)));
  }

  /** Where further machines may declare it, those that have it keep it. */
  function wantedRecipients(place: SecretPlace): readonly string[] {
    const wanted = ageRecipients(place, machineKeys(), admins());
    if (place.machinesComplete || !place.deploy) return wanted;
    const ofMachines = new Set(machineKeys().machines.map(one => one.publicKey()));
    const noted = notedRecipients(ageSecretPath(directory, place)) ?? [];
    return [...new Set([...wanted, ...noted.filter(one => ofMachines.has(one))])].sort();
  }

  function adminReaders(machine: string): Reader[] {
    const { list, setting } = adminsOf(admins(), machine);
    return list.map(key => ({ kind: 'admin', name: '', key, via: [{ kind: 'setting', name: setting }] }));
  }

  /** Those that the configuration names; a machine without a key is one that gets it. */
  function readersOf(place: SecretPlace): readonly Reader[] {
    const { machines } = machineKeys();
    const named = place.machines.flatMap((name): Reader[] => {
      if (!place.deploy) return adminReaders(name);
      const key = machines.find(one => one.name === name)?.publicKey() ?? null;
      return [{ kind: 'machine', name, key, via: [{ kind: 'machine', name }] }];
    });
    const had = place.machinesComplete || !place.deploy ? [] : notedOf(place);
    const kept = machines.flatMap(({ name, publicKey }): Reader[] => {
      const key = publicKey();
      const isKept = key !== null && had.includes(key) && !named.some(one => one.key === key);
      return isKept ? [{ kind: 'machine', name, key, via: [{ kind: 'machine', name }] }] : [];
    });
    const all = [...named, ...kept];
    return all.filter(
      (one, at) =>
        all.findIndex(other => other.key === one.key && one.key !== null) === at || one.key === null,
    );
  }

  function notedOf(place: SecretPlace): readonly string[] {
    return notedRecipients(ageSecretPath(directory, place)) ?? [];
  }

  /** A file does not tell whom it is for: the note beside it does, and of a machine's own secret its key of today. */
  function change(place: SecretPlace): AccessChange {
    const path = ageSecretPath(directory, place);
    const wanted = readersOf(place);
    const sops = {
      users: [],
      machines: machineKeys().machines.map(({ name, path: at, publicKey }) => {
        const key = publicKey();
        return {
          name,
          path: at,
          keys: () => (key === null ? null : [{ key, type: 'age' }]),
          flaw: () => null,
        };
      }),
    };
    const whose = (key: string) => ownersOf(sops, key);
    if (files.kind(path) !== 'file') return accessChange(place, null, wanted, whose, () => true);
    const noted = notedRecipients(path) ?? wanted.flatMap(one => one.key ?? []);
    // Whoever opens the key of a machine opens what is for the machine.
    const behind = machineKeys().machines.flatMap(({ publicKey, keyRecipients }) =>
      noted.includes(publicKey() ?? '') ? (keyRecipients() ?? []) : [],
    );
    const wasReplaced = noted.some(
      key => !wanted.some(one => one.key === key) && whose(key).every(one => one.kind === 'unknown'),
    );
    return accessChange(place, noted, wanted, whose, ({ kind, key }) =>
      // A machine whose key was changed is no new one.
      kind === 'machine' ? !wasReplaced : key !== null && behind.includes(key),
    );
  }

  async function seal(place: SecretPlace, value: Uint8Array) {
    const recipients = wantedRecipients(place);
    return ageSecretChanges(files, directory, place, value, recipients, command);
  }

  function driftReason(place: SecretPlace): string | null {
    const path = ageSecretPath(directory, place);
    const text = files.text(path);
    if (text === null) return null;
    const flaw = ageFlaw(text);
    if (flaw !== null) return `cannot be used: ${flaw.reason}`;
    const noted = notedRecipients(path);
    // A secret of one machine alone is for that machine; there is nothing noted to compare.
    if (noted === null)
      return place.key.startsWith('shared/') || !place.deploy ? 'has no note of whom it is for' : null;
    try {
      const wanted = wantedRecipients(place);
      const drift = recipientDrift(noted, wanted);
      if (drift === null) return null;
      return drift.lacking.length > 0
        ? `is not encrypted to ${drift.lacking.length} of those it is for`
        : `is encrypted to ${drift.extra.length} more than those it is for`;
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      return `cannot be compared: ${error.message}`;
    }
  }

  return {
    paths: place => [ageSecretPath(directory, place)],
    removal: places =>
      places.flatMap(place => removeIfThere(files, dirname(ageSecretPath(directory, place)))),
    forget() {
      stored = null;
      opened.clear();
    },
    open,
    async prepare(machines) {
      const missing = machines.filter(
        name =>
          machineKeys()
            .machines.find(one => one.name === name)
            ?.publicKey() == null,
      );
      const made: MachineKey[] = [];
      for (const machine of missing) {
        const options = { now: ground.now(), command };
        const { changes } = await ageMachineKeyChanges(directory, machine, admins(), options);
        made.push({ machine, changes, readers: adminReaders(machine) });
      }
      return made;
    },
    seal,
    drift(place) {
      const reason = driftReason(place);
      return reason === null ? null : { place, reason };
    },
    change,
    async reseal(place) {
      if (driftReason(place) === null) return [];
      const value = await open(place);
      return value === null ? [] : seal(place, value);
    },
  };
}
