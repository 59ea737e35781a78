/**
 * Implements clan's sops backend: reads secrets with the user's keys and writes them for their readers.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/sops.py.
 */
import { join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { readersOf } from '../../store/readers.ts';
import { readSops, type SopsFolder } from '../../store/sops/sops-keys.ts';
import { mustLoseNoKey, openSecret, resealSecret, sealSecret } from '../../store/sops/sops-secret.ts';
import {
  type Access,
  actingUser,
  linkChanges,
  machineKeyChanges,
  recipientDrift,
  recipientsFor,
  secretChanges,
} from '../../store/sops/sops-writes.ts';
import { namingFile, StoreFailure } from '../../store/store-failure.ts';
import { type Change, varFolder } from '../../store/vars/changes.ts';
import { holdersOf } from '../../store/vars/links.ts';
import { sopsRecipients } from '../../store/vars/metadata.ts';
import type { ScannedStore } from '../../store/vars/scan.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { type SopsAccess, sopsAccessFor, sopsChange } from './access-sops.ts';
import { shortKey } from './access-words.ts';
import { forgettable } from './forgettable.ts';
import { type Keys, mustHaveKeys } from './keys.ts';
import { isSurelyWithout, noAccess } from './no-access.ts';
import {
  type MachineKey,
  type SecretBackend,
  type SecretPlace,
  type StoredPlace,
  UNUSABLE,
} from './secret-backend.ts';
import { type KnownDrifts, sopsDrift } from './sops-drift.ts';

/**
 * Creates the backend.
 *
 * @param groupsOf returns `clan.core.sops.defaultGroups` of a machine @param scanned an existing scan of the
 * store, for callers that change nothing
 */
export function sopsBackend(
  environment: RunEnvironment,
  keys: Keys,
  groupsOf: (machine: string) => readonly string[],
  scanned: ScannedStore | null,
): SecretBackend {
  const { files, directory } = environment;
  const folder = forgettable(() => readSops(files, directory));
  const drifts: KnownDrifts = new Map();
  const store: SopsStore = { files, directory, sops: folder.get, groupsOf, scanned, environment, keys };
  return {
    paths: place => [pathOf(store, place)],
    removal: () => [],
    forget() {
      folder.forget();
      drifts.clear();
    },
    open: place => open(store, place),
    prepare: machines => prepare(store, machines),
    seal: (place, value) => seal(store, place, value),
    drift: place => sopsDrift(store, drifts, place),
    change: place => sopsChange(store, place, actingUser(store.sops(), keys.keyring)),
    reseal: place => reseal(store, place),
    refusal: place => refusal(store, place),
  };
}

interface SopsStore extends SopsAccess {
  readonly environment: RunEnvironment;
  readonly keys: Keys;
}

async function open(store: SopsStore, place: StoredPlace): Promise<Buffer | null> {
  const path = pathOf(store, place);
  const text = await textOf(store, path);
  if (text === null) return null;
  mustHaveKeys(store.keys);
  return reading(store, path, text, () => openSecret(text, store.keys.keyring));
}

/** Decrypts a secret, and says who can where the person cannot. @throws StoreFailure */
function reading<T>(
  { sops, keys }: SopsStore,
  path: string,
  text: string,
  work: () => Promise<T>,
): Promise<T> {
  return namingFile(path, async () => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.kind !== 'no-matching-key') throw error;
      throw noAccess(sops(), sopsRecipients(text).value ?? [], keys.keyring);
    }
  });
}

/** Returns why the person cannot decrypt a stored secret, as far as public keys show it. */
function refusal(store: SopsStore, place: StoredPlace): StoreFailure | null {
  const { files, sops, keys } = store;
  const path = pathOf(store, place);
  const text = files.kind(path) === 'file' ? files.text(path) : null;
  if (text === null) return null;
  const { value: recipients, flaw } = sopsRecipients(text);
  if (flaw !== null) return new StoreFailure('malformed', `${path} ${UNUSABLE}${flaw.reason}.`);
  if (!isSurelyWithout(recipients, keys.keyring)) return null;
  const failure = noAccess(sops(), recipients, keys.keyring);
  return new StoreFailure(failure.kind, `${path}: ${failure.message}`);
}

/** Returns the changes that create keys for machines without one. */
async function prepare(store: SopsStore, machines: readonly string[]): Promise<readonly MachineKey[]> {
  const { files, directory, sops, groupsOf, environment, keys } = store;
  const acting = actor(store);
  const missing = machines.filter(machine => !sops().machines.some(({ name }) => name === machine));
  const made: MachineKey[] = [];
  for (const machine of missing) {
    const defaultGroups = groupsOf(machine);
    const options = { actor: acting, defaultGroups, now: environment.now(), command: keys.command };
    const readers = readersOf(sops(), { users: [acting], machines: [], groups: defaultGroups });
    const { changes } = await machineKeyChanges(files, directory, sops(), machine, options);
    made.push({ machine, changes, readers });
  }
  return made;
}

async function seal(store: SopsStore, place: SecretPlace, value: Uint8Array): Promise<readonly Change[]> {
  const { files, directory, sops, environment, keys } = store;
  const before = await textOf(store, pathOf(store, place));
  if (before !== null) await namingFile(pathOf(store, place), async () => mustLoseNoKey(before));
  const access = accessFor(store, place);
  const recipients = recipientsFor(sops(), access);
  const text = await sealSecret(value, { recipients, now: environment.now(), command: keys.command });
  return secretChanges(files, directory, place, text, access);
}

async function reseal(store: SopsStore, place: SecretPlace): Promise<readonly Change[]> {
  const { files, directory, sops, keys } = store;
  const path = pathOf(store, place);
  const text = await textOf(store, path);
  if (text === null) return [];
  const access = accessFor(store, place);
  const recipients = recipientsFor(sops(), access);
  const links = linkChanges(files, directory, folderOf(store, place), access);
  const current = sopsRecipients(text).value ?? [];
  if (recipientDrift(current, recipients) === null) return links;
  const { keyring, command } = keys;
  const sealed = await reading(store, path, text, () => resealSecret(text, keyring, { recipients, command }));
  return [{ kind: 'write', path, bytes: Buffer.from(sealed, 'utf8') }, ...links];
}

/**
 * Returns the user of the repository who has the current user's key.
 *
 * @throws StoreFailure if there is none
 */
function actor({ sops, keys }: SopsStore): string {
  mustHaveKeys(keys);
  const user = actingUser(sops(), keys.keyring);
  if (user !== null) return user;
  throw new StoreFailure(
    'no-user',
    `None of your keys belongs to a user in sops/users (${keys.keyring.recipients.map(shortKey).join(', ') || 'none could be read'}).`,
    `"varsmith keygen" adds you; ${someone(sops())} then gives you access with "varsmith grant NAME".`,
  );
}

/** Names the people who can give access. */
function someone({ users }: SopsFolder): string {
  const [first, ...others] = users.map(({ name }) => name);
  if (first === undefined) return 'someone who has access';
  return others.length === 0 ? first : `one of ${[first, ...others].slice(0, NAMED).join(', ')}`;
}

/** The number of people that a message names. */
const NAMED = 6;

function accessFor(store: SopsStore, place: SecretPlace): Access {
  const holders = holdersOf(store.files, folderOf(store, place));
  return sopsAccessFor(place, holders, actor(store), store.groupsOf);
}

function folderOf({ directory }: SopsStore, { key, file }: StoredPlace): string {
  return varFolder(directory, key, file);
}

function pathOf(store: SopsStore, place: StoredPlace): string {
  return `${folderOf(store, place)}/secret`;
}

async function textOf({ files, environment }: SopsStore, path: string): Promise<string | null> {
  if (files.kind(path) !== 'file') return null;
  return (await readIfThere(join(environment.root, path)))?.toString('utf8') ?? null;
}
