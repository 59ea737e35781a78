/**
 * Computes who gains and loses access with the sops backend, from links and metadata alone. Decrypts nothing
 * and starts no programs.
 */

import { type AccessChange, ownersOf, readersOf } from '../../store/readers.ts';
import type { ClanSecret, SopsFolder } from '../../store/sops/sops-keys.ts';
import { type Access, varAccess } from '../../store/sops/sops-writes.ts';
import { varFolder } from '../../store/vars/changes.ts';
import type { StoreFiles } from '../../store/vars/files.ts';
import { holdersOf } from '../../store/vars/links.ts';
import { type ScannedAccess, type ScannedStore, scanAccess } from '../../store/vars/scan.ts';
import { accessChange } from './access-change.ts';
import type { SecretPlace } from './secret-backend.ts';

export interface SopsAccess {
  readonly files: StoreFiles;
  /** The clan's folder. */
  readonly directory: string;
  readonly sops: () => SopsFolder;
  /** Returns `clan.core.sops.defaultGroups` of a machine. */
  readonly groupsOf: (machine: string) => readonly string[];
  /** An existing scan of the store, if any. */
  readonly scanned: ScannedStore | null;
}

type ScannedHolders = ScannedAccess['holders'];

/**
 * Returns the readers of a secret.
 *
 * @param before the readers that it is currently linked to @param acting the user who writes it, or null if
 * none does
 */
export function sopsAccessFor(
  place: SecretPlace,
  before: ScannedHolders,
  acting: string | null,
  groupsOf: SopsAccess['groupsOf'],
): Access {
  const there = place.machinesComplete
    ? []
    : before.machines.filter(machine => !machine.dangling && !machine.foreign);
  return varAccess(before, {
    actor: acting,
    machines: [...place.machines, ...there.map(holder => holder.name)],
    deploy: place.deploy,
    defaultGroups: defaultGroupsOf(place, groupsOf),
  });
}

/** Returns the default groups of the first machine that declares the secret, as clan does. */
export function defaultGroupsOf(
  { machines: [first] }: SecretPlace,
  groupsOf: SopsAccess['groupsOf'],
): readonly string[] {
  return first === undefined ? [] : groupsOf(first);
}

/**
 * Returns the change of access to a secret.
 *
 * @param acting the current user if there is a key; whoever writes a secret can read it
 */
export function sopsChange(
  { files, directory, sops, groupsOf, scanned }: SopsAccess,
  place: SecretPlace,
  acting: string | null,
): AccessChange {
  const folder = varFolder(directory, place.key, place.file);
  const scannedAccess = scanned?.access(folder) ?? scanAccess(files, folder);
  const holders = scannedAccess?.holders ?? holdersOf(files, folder);
  const linked = holders.machines.filter(machine => !machine.dangling).map(machine => machine.name);
  return accessChange(
    place,
    scannedAccess === null ? null : (scannedAccess.recipients.value ?? []),
    readersOf(sops(), sopsAccessFor(place, holders, acting, groupsOf)),
    key => ownersOf(sops(), key),
    ({ kind, name }) => kind === 'machine' && place.machines.includes(name) && !linked.includes(name),
  );
}

/**
 * Returns the change of access to a secret below `sops/secrets`, such as the key of a machine, which is for the
 * readers it is linked to.
 */
export function clanSecretChange(sops: SopsFolder, secret: ClanSecret): AccessChange {
  const holders = secret.holders();
  const names = (kind: keyof typeof holders) =>
    holders[kind].filter(holder => !holder.dangling && !holder.foreign).map(holder => holder.name);
  const access = { users: names('users'), machines: names('machines'), groups: names('groups') };
  const place = { key: 'sops/secrets', file: secret.name };
  const whose = (key: string) => ownersOf(sops, key);
  return accessChange(place, secret.recipients() ?? [], readersOf(sops, access), whose, () => false);
}
