/**
 * Computes what gives a user of the repository access to stored secrets in the sops backend: the links, and the secrets that
 * are encrypted anew for them, keys of machines included. Writes nothing.
 *
 * Source: clan-core d7c35d912, clan_cli/secrets/groups.py and users.py.
 */
import { join } from 'node:path';
import type { Fleet } from '../../fleet/model/fleet.ts';
import { readIfThere } from '../../host/files/atomic.ts';
import { sortedUnique } from '../../std.ts';
import type { AccessChange } from '../../store/readers.ts';
import { type ClanSecret, readSops, type SopsFolder } from '../../store/sops/sops-keys.ts';
import { mustLoseNoKey, resealSecret } from '../../store/sops/sops-secret.ts';
import { actingUser, recipientDrift, recipientsFor } from '../../store/sops/sops-writes.ts';
import { namingFile } from '../../store/store-failure.ts';
import { type Change, linkTo, varFolder, write } from '../../store/vars/changes.ts';
import { below } from '../../store/vars/files.ts';
import { overlayOn } from '../repository/overlay.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { RunFailure } from '../run-failure.ts';
import { accessChanges } from './access-change.ts';
import { storedPlaces } from './access-matrix.ts';
import { clanSecretChange } from './access-sops.ts';
import { groupsFrom } from './configured-access.ts';
import { findKeys, type Keys, mustHaveKeys } from './keys.ts';
import type { SecretPlace } from './secret-backend.ts';
import { sopsBackend } from './sops-backend.ts';

export interface Grant {
  /** A user in `sops/users`. */
  readonly user: string;
  /** The group to add the user to; null for that of `clan.core.sops.defaultGroups`, or for links of the user alone. */
  readonly group: string | null;
}

export interface PlannedGrant {
  /** The group that gives the access, or null for links of the user alone. */
  readonly group: string | null;
  readonly access: readonly AccessChange[];
  /** Returns the changes that give it. */
  changes(): Promise<readonly Change[]>;
}

/**
 * Determines what a grant changes.
 *
 * @throws RunFailure, StoreFailure, HostFailure
 */
export async function planGrant(
  environment: RunEnvironment,
  fleet: Fleet,
  { user, group: named }: Grant,
): Promise<PlannedGrant> {
  const { files: before, directory } = environment;
  const keys = await findKeys(environment, 'sops');
  mustHaveKeys(keys);
  const sops = readSops(before, directory);
  mustBeUser(sops, user);
  const acting = actingUser(sops, keys.keyring);
  const groupsOf = groupsFrom(fleet.accessSettings);
  const group = named ?? defaultGroup(fleet, groupsOf);
  const places = storedPlaces(fleet, before, directory);
  const links = [
    ...(group === null
      ? linksOf(directory, `users/${user}`, [
          ...places.map(({ key, file }) => varFolder(directory, key, file)),
          ...machineKeys(sops).map(folderOf),
        ])
      : [
          ...membersOf(sops, directory, group, acting === null ? [user] : [acting, user]),
          ...linksOf(directory, `groups/${group}`, keysOfGroup(sops, group, groupsOf).map(folderOf)),
        ]),
  ].filter(({ path }) => !before.links?.(path.slice(0, path.lastIndexOf('/')))?.some(isNamed(path)));
  const overlay = overlayOn(before);
  overlay.put(links);
  const { files } = overlay;
  const backend = sopsBackend({ ...environment, files }, keys, groupsOf, null);
  const after = readSops(files, directory);
  const isGain = ({ gained }: AccessChange) =>
    gained.some(({ kind, name }) => kind === 'user' && name === user);
  const concerned = places.filter(place => {
    const change = backend.change(place);
    return (change !== null && isGain(change)) || isOf(links, directory, place);
  });
  const access = [
    ...accessChanges(backend, concerned),
    ...after.secrets.map(secret => clanSecretChange(after, secret)).filter(isGain),
  ];
  return {
    group,
    access,
    async changes() {
      const changes: Change[] = [...links];
      for (const place of concerned) changes.push(...(await backend.reseal(place)));
      for (const secret of after.secrets)
        if (access.some(({ place }) => place.key === 'sops/secrets' && place.file === secret.name))
          changes.push(...(await resealed(environment, after, keys, secret)));
      return changes;
    },
  };
}

function isNamed(path: string): (link: { readonly name: string }) => boolean {
  return ({ name }) => path.endsWith(`/${name}`);
}

/** @throws RunFailure */
function mustBeUser({ users }: SopsFolder, user: string): void {
  if (users.some(({ name }) => name === user)) return;
  const names = users.map(({ name }) => name);
  throw new RunFailure(
    `There is no user "${user}" in sops/users${names.length === 0 ? '' : ` (there is ${names.join(', ')})`}.`,
    `They add themselves with "varsmith keygen --user ${user}", and you get that commit.`,
  );
}

/**
 * Returns the group that all machines give access to, or null if none gives access to any.
 *
 * @throws RunFailure if machines differ; StoreFailure if only Nix can determine it
 */
function defaultGroup(fleet: Fleet, groupsOf: (machine: string) => readonly string[]): string | null {
  const lists = fleet.machines.map(({ name }) => groupsOf(name).join(', '));
  const groups = sortedUnique(fleet.machines.flatMap(({ name }) => groupsOf(name)));
  const [only = null, another] = groups;
  if (only === null || (another === undefined && new Set(lists).size === 1)) return only;
  throw new RunFailure(
    `The machines have different groups in clan.core.sops.defaultGroups: ${groups.join(', ')}.`,
    `Say which one with --group, as in --group ${only}.`,
  );
}

function machineKeys({ secrets }: SopsFolder): ClanSecret[] {
  return secrets.filter(({ name }) => name.endsWith(KEY_END));
}

const KEY_END = '-age.key';

/** Returns the keys of machines that are to be for a group, but may have been made before that. */
function keysOfGroup(
  sops: SopsFolder,
  group: string,
  groupsOf: (machine: string) => readonly string[],
): ClanSecret[] {
  return machineKeys(sops).filter(({ name }) => groupsOf(name.slice(0, -KEY_END.length)).includes(group));
}

function folderOf({ path }: ClanSecret): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function linksOf(directory: string, holder: string, folders: readonly string[]) {
  return folders.map(folder => linkTo(`${folder}/${holder}`, below(directory, `sops/${holder}`)));
}

/** Returns the links that make users members of a group. A new group needs someone who can read what is there. */
function membersOf(sops: SopsFolder, directory: string, group: string, users: readonly string[]) {
  const isNew = !sops.groups.some(({ name }) => name === group);
  return sortedUnique(isNew ? users : users.slice(-1)).map(user =>
    linkTo(below(directory, `sops/groups/${group}/users/${user}`), below(directory, `sops/users/${user}`)),
  );
}

function isOf(links: readonly { readonly path: string }[], directory: string, place: SecretPlace): boolean {
  const folder = `${varFolder(directory, place.key, place.file)}/`;
  return links.some(({ path }) => path.startsWith(folder));
}

/** Returns the change that encrypts a secret of `sops/secrets` to the readers that it is linked to. */
async function resealed(
  { root }: RunEnvironment,
  sops: SopsFolder,
  { keyring, command }: Keys,
  secret: ClanSecret,
): Promise<Change[]> {
  const holders = secret.holders();
  const names = (kind: keyof typeof holders) =>
    holders[kind].filter(({ dangling, foreign }) => !dangling && !foreign).map(({ name }) => name);
  const recipients = recipientsFor(sops, {
    users: names('users'),
    machines: names('machines'),
    groups: names('groups'),
  });
  if (recipientDrift(secret.recipients() ?? [], recipients) === null) return [];
  const text = (await readIfThere(join(root, secret.path)))?.toString('utf8') ?? null;
  if (text === null) return [];
  const sealed = await namingFile(secret.path, () => {
    mustLoseNoKey(text);
    return resealSecret(text, keyring, { recipients, command });
  });
  return [write(secret.path, sealed)];
}
