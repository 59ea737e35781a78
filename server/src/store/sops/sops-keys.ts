/**
 * Clan's `sops/` folder: users, machines and groups with their public keys, and the secrets beside the vars. Reads
 * names, links and public keys; no secret.
 *
 * Source: clan-core d7c35d912, nixosModules/clanCore/sops.nix and clan_cli/secrets.
 */

import { addToList, once, sortedUnique } from '../../std.ts';
import type { Flaw } from '../json-flaw.ts';
import { below, foldersIn, type StoreFiles } from '../vars/files.ts';
import {
  type Holder,
  type HolderFacts,
  type HolderKind,
  type Holders,
  holdersIn,
  holdersOf,
} from '../vars/links.ts';
import { type PublicKey, publicKeys, type Reading, sopsRecipients } from '../vars/metadata.ts';

/** A user or a machine that secrets are encrypted to: a folder with a `key.json`. */
export interface KeyOwner {
  readonly name: string;
  /** Of the folder. */
  readonly path: string;
  /** Null where the file cannot be read as keys. Read when first asked for. */
  readonly keys: () => readonly PublicKey[] | null;
  /** Why its `key.json` cannot be used; null where it can. */
  readonly flaw: () => Flaw | null;
}

interface KeyGroup {
  readonly name: string;
  readonly path: string;
  readonly users: readonly Holder[];
  readonly machines: readonly Holder[];
}

/** A secret of `sops/secrets`, which clan gives to its machines as `sops.secrets.<name>`. */
export interface ClanSecret {
  readonly name: string;
  /** The file with the ciphertext. */
  readonly path: string;
  /** Whom it is linked to. Read when first asked for. */
  readonly holders: () => Holders;
  /** Read from the file's metadata when first asked for; null where it has none. */
  readonly recipients: () => readonly string[] | null;
  /** Why its file cannot be used; null where it can. */
  readonly flaw: () => Flaw | null;
}

export interface SopsFolder {
  readonly users: readonly KeyOwner[];
  readonly machines: readonly KeyOwner[];
  readonly groups: readonly KeyGroup[];
  readonly secrets: readonly ClanSecret[];
}

/** @param directory the clan's folder in the repository; the root is '' */
export function readSops(files: StoreFiles, directory = ''): SopsFolder {
  const root = below(directory, 'sops');
  const owners = (kind: 'users' | 'machines') =>
    sortedFolders(files, `${root}/${kind}`)
      .map(name => keyOwner(files, name, `${root}/${kind}/${name}`))
      // Git keeps no empty folders: those of a run that was killed, or of a branch that was left, own nothing.
      .filter(owner => files.kind(keyFileOf(owner)) !== null);
  return {
    users: owners('users'),
    machines: owners('machines'),
    groups: sortedFolders(files, `${root}/groups`).map(name => {
      const path = `${root}/groups/${name}`;
      return {
        name,
        path,
        users: holdersIn(files, `${path}/users`),
        machines: holdersIn(files, `${path}/machines`),
      };
    }),
    secrets: sortedFolders(files, `${root}/secrets`).flatMap(name => {
      const folder = `${root}/secrets/${name}`;
      const path = `${folder}/secret`;
      if (files.kind(path) !== 'file') return [];
      const read = reading(files, path, sopsRecipients);
      return [
        {
          name,
          path,
          holders: once(() => holdersOf(files, folder)),
          recipients: () => read().value,
          flaw: () => read().flaw,
        },
      ];
    }),
  };
}

function keyFileOf({ path }: Pick<KeyOwner, 'path'>): string {
  return `${path}/key.json`;
}

function keyOwner(files: StoreFiles, name: string, path: string): KeyOwner {
  const read = reading(files, keyFileOf({ path }), publicKeys);
  return { name, path, keys: () => read().value, flaw: () => read().flaw };
}

/**
 * Returns the secrets of `sops/secrets` that a machine gets without declaring them: those linked to it or to a group that
 * it is in. They keep their names, the machine's name in front included.
 */
function implicitSecrets(sops: SopsFolder, machine: string): readonly ClanSecret[] {
  const groups = new Set(
    sops.groups
      .filter(group => group.machines.some(member => member.name === machine))
      .map(group => group.name),
  );
  return sops.secrets.filter(secret => {
    const holders = secret.holders();
    return (
      holders.machines.some(holder => holder.name === machine && !holder.dangling) ||
      holders.groups.some(group => groups.has(group.name) && !group.dangling)
    );
  });
}

/** Returns those secrets by name, each with the machines that get it, sorted. */
export function implicitByName(
  sops: SopsFolder,
  machines: Iterable<string>,
): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const machine of sortedUnique(machines))
    for (const { name } of implicitSecrets(sops, machine)) addToList(members, name, machine);
  return members;
}

/** Returns the machines that a secret reaches, by a link of their own or through a group. */
export function machinesWith(sops: SopsFolder, holders: Holders): readonly string[] {
  const machines = new Set(
    holders.machines.filter(machine => !machine.dangling).map(machine => machine.name),
  );
  for (const { name } of holders.groups)
    for (const machine of sops.groups.find(group => group.name === name)?.machines ?? [])
      if (!machine.dangling) machines.add(machine.name);
  return [...machines].sort();
}

/**
 * Returns the keys that a secret has to be encrypted to, going by its links: those of its users, its machines and the
 * members of its groups.
 * @returns null where one of them is not known
 */
export function keysFor(
  sops: SopsFolder,
  holders: Readonly<Record<HolderKind, readonly HolderFacts[]>>,
): ReadonlySet<string> | null {
  const keys = new Set<string>();
  let complete = true;
  const add = (owners: readonly KeyOwner[], links: readonly HolderFacts[]) => {
    for (const link of links) {
      const owner = owners.find(owner =>
        link.target === null ? owner.name === link.name : owner.path === link.target,
      );
      const ownerKeys = link.dangling || link.foreign ? null : (owner?.keys() ?? null);
      if (ownerKeys === null) complete = false;
      for (const { key } of ownerKeys ?? []) keys.add(key);
    }
  };
  add(sops.users, holders.users);
  add(sops.machines, holders.machines);
  for (const link of holders.groups) {
    const group = sops.groups.find(group => group.name === link.name);
    if (group === undefined || link.dangling || link.foreign) return null;
    add(sops.users, group.users);
    add(sops.machines, group.machines);
  }
  return complete ? keys : null;
}

function sortedFolders(files: StoreFiles, path: string): string[] {
  return foldersIn(files, path).sort();
}

const UNREADABLE: Reading<never> = {
  value: null,
  flaw: { reason: 'it cannot be read as text', start: 0, end: 0 },
};

/** Returns what a file says, read when first asked for. A file that is missing says nothing and has no flaw. */
export function reading<T>(
  files: StoreFiles,
  path: string,
  read: (text: string) => Reading<T>,
): () => Reading<T> | { readonly value: null; readonly flaw: null } {
  return once(() => {
    const text = files.text(path);
    if (text !== null) return read(text);
    return files.kind(path) === 'file' ? UNREADABLE : { value: null, flaw: null };
  });
}

export function textAs<T>(files: StoreFiles, path: string, read: (text: string) => T): T | null {
  const text = files.text(path);
  return text === null ? null : read(text);
}
