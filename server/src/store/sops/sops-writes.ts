/**
 * Writes clan's sops layout: the readers of a secret, the links beside it, and the keys of users and machines.
 * Returns changes without applying them.
 * Source: clan-core d7c35d912, clan_cli/secrets and clan_lib/vars/secret_modules/sops.py.
 */

import { sortedUnique } from '../../std.ts';
import { type AgeCommand, generateKeyPair, type Keyring } from '../age/crypt.ts';
import { StoreFailure } from '../store-failure.ts';
import { type Change, linkTo, removeIfThere, varFolder, write } from '../vars/changes.ts';
import { below, type StoreFiles } from '../vars/files.ts';
import { type Holder, type HolderFacts, type HolderKind, holdersOf } from '../vars/links.ts';
import type { PublicKey } from '../vars/metadata.ts';
import type { KeyOwner, SopsFolder } from './sops-keys.ts';
import { sealSecret } from './sops-secret.ts';

/** Names of users, machines and groups. */
export type Access = Readonly<Record<HolderKind, readonly string[]>>;

const KINDS: readonly HolderKind[] = ['users', 'machines', 'groups'];

export interface RequiredAccess {
  /** The user whose key is available, who must be able to read what they write; `null` if no user is writing. */
  readonly actor: string | null;
  /** The machines that declare the file. */
  readonly machines: readonly string[];
  readonly deploy: boolean;
  /** `clan.core.sops.defaultGroups`. */
  readonly defaultGroups: readonly string[];
}

/**
 * Returns the readers of a var. Users and groups keep their access; the machines are those that declare and deploy
 * the file.
 */
export function varAccess(
  before: Readonly<Record<HolderKind, readonly HolderFacts[]>> | null,
  wanted: RequiredAccess,
): Access {
  const had = (kind: HolderKind) =>
    (before?.[kind] ?? []).filter(holder => !holder.dangling && !holder.foreign).map(holder => holder.name);
  return {
    users: sortedUnique([...had('users'), ...(wanted.actor === null ? [] : [wanted.actor])]),
    machines: wanted.deploy ? sortedUnique(wanted.machines) : [],
    groups: sortedUnique([...had('groups'), ...wanted.defaultGroups]),
  };
}

/**
 * Returns the sorted keys of the named users and machines and of the groups' members.
 * @throws StoreFailure `recipient` if a reader is unknown or has no key that can be encrypted to
 */
export function recipientsFor(sops: SopsFolder, access: Access): readonly string[] {
  const recipients = new Set<string>();
  const add = (what: string, owners: readonly KeyOwner[], name: string) => {
    const owner = owners.find(owner => owner.name === name);
    if (owner === undefined)
      throw new StoreFailure('recipient', `There is no ${what} "${name}" with a key.json in sops/${what}s.`);
    for (const key of keysOf(owner)) recipients.add(key);
  };
  for (const name of access.users) add('user', sops.users, name);
  for (const name of access.machines) add('machine', sops.machines, name);
  for (const name of access.groups) {
    const group = sops.groups.find(group => group.name === name);
    if (group === undefined)
      throw new StoreFailure('recipient', `There is no group "${name}" in sops/groups.`);
    for (const member of group.users) add('user', sops.users, member.name);
    for (const member of group.machines) add('machine', sops.machines, member.name);
  }
  return [...recipients].sort();
}

function keysOf(owner: KeyOwner): string[] {
  const keys = owner.keys();
  if (keys === null || keys.length === 0)
    throw new StoreFailure('recipient', `${owner.path}/key.json holds no keys.`);
  return keys.map(({ key, type }) => {
    if (type === 'age') return key;
    throw new StoreFailure(
      'unsupported',
      `${owner.path}/key.json has a key of type "${type}", which Varsmith cannot encrypt to. Use the clan command.`,
    );
  });
}

/** Returns the user that one of our keys belongs to, or `null` if there is none. */
export function actingUser(sops: SopsFolder, keyring: Keyring): string | null {
  for (const recipient of keyring.recipients) {
    const user = sops.users.find(user => user.keys()?.some(({ key }) => key === recipient));
    if (user !== undefined) return user.name;
  }
  return null;
}

/**
 * Returns the changes that store a secret. A public value that was there before is removed, as it must not stay
 * readable.
 */
export function secretChanges(
  files: StoreFiles,
  directory: string,
  place: { readonly key: string; readonly file: string },
  text: string,
  access: Access,
): Change[] {
  const folder = varFolder(directory, place.key, place.file);
  return [
    write(`${folder}/secret`, text),
    ...linkChanges(files, directory, folder, access),
    ...removeIfThere(files, `${folder}/value`),
  ];
}

/** Returns the changes that make the links beside a secret match `access`. */
export function linkChanges(files: StoreFiles, directory: string, folder: string, access: Access): Change[] {
  const before = holdersOf(files, folder);
  return KINDS.flatMap(kind => {
    const target = (name: string) => below(directory, `sops/${kind}/${name}`);
    const wanted = (holder: Holder) => linkTo(holder.path, target(holder.name)).target;
    const right = before[kind]
      .filter(holder => !holder.dangling && holder.link === wanted(holder))
      .map(holder => holder.name);
    return [
      ...before[kind]
        .filter(holder => !access[kind].includes(holder.name))
        .map((holder): Change => ({ kind: 'remove', path: holder.path })),
      ...access[kind]
        .filter(name => !right.includes(name))
        .map(name => linkTo(`${folder}/${kind}/${name}`, target(name))),
    ];
  });
}

/** Returns the text of a `key.json` as clan writes it. */
export function keyFile(keys: readonly PublicKey[]): string {
  return JSON.stringify(
    keys.map(({ key, type }) => ({ publickey: key, type })),
    null,
    2,
  );
}

/** Returns the changes that add a user with a key. */
export function userChanges(directory: string, user: string, recipient: string): Change[] {
  return [write(below(directory, `sops/users/${user}/key.json`), keyFile([{ key: recipient, type: 'age' }]))];
}

export interface MachineKeyOptions {
  readonly actor: string;
  readonly defaultGroups: readonly string[];
  readonly now: Date;
  readonly command: AgeCommand | null;
}

/**
 * Returns the changes that store a key pair for a machine without one: the public key for all, the private key for
 * the actor and the default groups.
 * @throws StoreFailure `recipient`
 */
export async function machineKeyChanges(
  files: StoreFiles,
  directory: string,
  sops: SopsFolder,
  machine: string,
  options: MachineKeyOptions,
): Promise<{ readonly recipient: string; readonly changes: readonly Change[] }> {
  const { recipient, secret } = await generateKeyPair();
  const access: Access = {
    users: [options.actor],
    machines: [],
    groups: sortedUnique(options.defaultGroups),
  };
  const text = await sealSecret(Buffer.from(secret, 'latin1'), {
    recipients: recipientsFor(sops, access),
    now: options.now,
    command: options.command,
  });
  const folder = below(directory, `sops/secrets/${machine}-age.key`);
  return {
    recipient,
    changes: [
      // The private key is written first, since a machine with only a public key could not read its secrets.
      write(`${folder}/secret`, text),
      ...linkChanges(files, directory, folder, access),
      write(
        below(directory, `sops/machines/${machine}/key.json`),
        keyFile([{ key: recipient, type: 'age' }]),
      ),
    ],
  };
}

/** Returns the difference between the actual and the expected recipients of a file, or `null` if there is none. */
export function recipientDrift(
  actual: readonly string[],
  wanted: readonly string[],
): { readonly lacking: readonly string[]; readonly extra: readonly string[] } | null {
  const lacking = wanted.filter(recipient => !actual.includes(recipient));
  const extra = actual.filter(recipient => !wanted.includes(recipient));
  return lacking.length + extra.length === 0 ? null : { lacking, extra };
}
