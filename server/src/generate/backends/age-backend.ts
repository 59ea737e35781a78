/**
 * Clan's age backend at work: reads secrets with the person's keys and those of the machines that they open, writes
 * them for machines and admins.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/age.
 */
import { dirname, join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { type AgeKeys, readAgeKeys } from '../../store/age/age-keys.ts';
import {
  type AdminRecipients,
  ageMachineKeyChanges,
  ageRecipients,
  ageSecretChanges,
  ageSecretPath,
  machineKeyring,
  openAgeSecret,
  replacedPublicKeys,
} from '../../store/age/age-writes.ts';
import { type Keyring, openKeyring } from '../../store/age/crypt.ts';
import { recipientDrift } from '../../store/sops/sops-writes.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { removeIfThere } from '../../store/vars/changes.ts';
import { below } from '../../store/vars/files.ts';
import { ageFlaw } from '../../store/vars/metadata.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { adminReaders, ageChange, notedRecipients } from './access-age.ts';
import { type Keys, mustHaveKeys } from './keys.ts';
import type { MachineKey, SecretBackend, SecretPlace } from './secret-backend.ts';
import { named } from './sops-backend.ts';

/** @param admins throws where the configuration does not tell them */
export function ageBackend(
  environment: RunEnvironment,
  keys: Keys,
  admins: () => AdminRecipients,
): SecretBackend {
  const { files, root, directory } = environment;
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

  let replaced: ReadonlyMap<string, string> = new Map();
  const access = { files, directory, keys: machineKeys, admins, replaced: () => replaced };

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
    const noted = notedRecipients(files, ageSecretPath(directory, place)) ?? [];
    return [...new Set([...wanted, ...noted.filter(one => ofMachines.has(one))])].sort();
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
    const planted = place.deploy ? place.machines.find(name => replaced.has(name)) : undefined;
    if (planted !== undefined)
      return `is for machine ${planted}, whose public key was replaced: that of its private key is ${replaced.get(planted)}, so put it back into ${below(directory, 'secrets/age-keys/machines')}/${planted}/pub`;
    const noted = notedRecipients(files, path);
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
    async examine(machines) {
      // With the native identities alone: a plugin or an ssh key with a passphrase would ask for each machine.
      const natives = await openKeyring(keys.found.identities, null);
      replaced = await replacedPublicKeys(files, machineKeys(), machines, natives);
    },
    async prepare(machines) {
      const missing = machines.filter(
        name =>
          machineKeys()
            .machines.find(one => one.name === name)
            ?.publicKey() == null,
      );
      const made: MachineKey[] = [];
      for (const machine of missing) {
        const options = { now: environment.now(), command };
        const { changes } = await ageMachineKeyChanges(directory, machine, admins(), options);
        made.push({ machine, changes, readers: adminReaders(access, machine) });
      }
      return made;
    },
    seal,
    drift(place) {
      const reason = driftReason(place);
      return reason === null ? null : { place, reason };
    },
    change: place => ageChange(access, place),
    async reseal(place) {
      if (driftReason(place) === null) return [];
      const value = await open(place);
      return value === null ? [] : seal(place, value);
    },
  };
}
