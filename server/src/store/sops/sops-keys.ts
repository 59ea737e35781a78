/**
 * Reads clan's `sops/` folder: users, machines and groups with their public keys, and the secrets that are not vars.
 * Reads names, links and public keys, but no secrets.
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

/** A user or machine that secrets are encrypted to: a folder with a `key.json`. */
export interface KeyOwner {
  readonly name: string;
  /** The path of the folder. */
  readonly path: string;
  /** Returns the keys, or `null` if the file is unreadable. Reads it on the first call. */
  readonly keys: () => readonly PublicKey[] | null;
  /** Returns the reason why its `key.json` is unusable, or `null` if it is fine. */
  readonly flaw: () => Flaw | null;
}

interface KeyGroup {
  readonly name: string;
  readonly path: string;
  readonly users: readonly Holder[];
  readonly machines: readonly Holder[];
}

/** A secret in `sops/secrets`, which clan gives to its machines as `sops.secrets.<name>`. */
export interface ClanSecret {
  readonly name: string;
  /** The encrypted file. */
  readonly path: string;
  /** Returns the holders that the secret is linked to. Reads the links on the first call. */
  readonly holders: () => Holders;
  /** Returns the recipients in the file's metadata, or `null` if it has none. Reads the file on the first call. */
  readonly recipients: () => readonly string[] | null;
  /** Returns the reason why the file is unusable, or `null` if it is fine. */
  readonly flaw: () => Flaw | null;
}

export interface SopsFolder {
  readonly users: readonly KeyOwner[];
  readonly machines: readonly KeyOwner[];
  readonly groups: readonly KeyGroup[];
  readonly secrets: readonly ClanSecret[];
}

/**
 * Returns the content of the folder.
 * @param directory the clan's folder in the repository; the root is ''
 */
export function readSops(files: StoreFiles, directory = ''): SopsFolder {
  const root = below(directory, 'sops');
  const owners = (kind: 'users' | 'machines') =>
    sortedFolders(files, `${root}/${kind}`)
      .map(name => keyOwner(files, name, `${root}/${kind}/${name}`))
      // Empty folders, which Git does not track, remain from killed runs and other branches.
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
 * Returns the secrets of `sops/secrets` that a machine gets without declaring them: those linked to the machine or to
 * one of its groups. They keep their names, including the machine's name as a prefix.
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

/** Returns those secrets by name, each with a sorted list of its machines. */
export function implicitByName(
  sops: SopsFolder,
  machines: Iterable<string>,
): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const machine of sortedUnique(machines))
    for (const { name } of implicitSecrets(sops, machine)) addToList(members, name, machine);
  return members;
}

/** Returns the machines that can read a secret, by their own link or through a group. */
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
 * Returns the keys that a secret must be encrypted to according to its links: those of its users, its machines and
 * its groups' members. Returns `null` if one of them is unknown.
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

/**
 * Returns functions for the content and the flaw of a file, which is read on the first call. A missing file has
 * neither.
 */
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
