/**
 * The sops backend of clan at work: reads secrets with the person's keys, writes them for those they are for.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/sops.py.
 */
import { join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { readersOf } from '../../store/readers.ts';
import { keysFor, readSops, type SopsFolder } from '../../store/sops/sops-keys.ts';
import { openSecret, resealSecret, sealSecret } from '../../store/sops/sops-secret.ts';
import {
  type Access,
  actingUser,
  linkChanges,
  machineKeyChanges,
  recipientDrift,
  recipientsFor,
  secretChanges,
} from '../../store/sops/sops-writes.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { type Change, varFolder } from '../../store/vars/changes.ts';
import { holdersOf } from '../../store/vars/links.ts';
import { sopsRecipients } from '../../store/vars/metadata.ts';
import { type ScannedAccess, type ScannedStore, scanAccess } from '../../store/vars/scan.ts';
import { several } from '../plan/plan-words.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { defaultGroupsOf, sopsAccessFor, sopsChange } from './access-sops.ts';
import { type Keys, mustHaveKeys } from './keys.ts';
import type { Drift, MachineKey, SecretBackend, SecretPlace, StoredPlace } from './secret-backend.ts';

/**
 * @param groupsOf `clan.core.sops.defaultGroups` of a machine
 * @param seen what was seen of the store already: for those that only look
 */
export function sopsBackend(
  environment: RunEnvironment,
  keys: Keys,
  groupsOf: (machine: string) => readonly string[],
  seen: ScannedStore | null,
): SecretBackend {
  const { files, root, directory } = environment;
  const { keyring, command } = keys;
  let folder: SopsFolder | null = null;
  const compared = new Map<ScannedAccess, ReturnType<typeof recipientDrift>>();
  const sops = (): SopsFolder => {
    folder ??= readSops(files, directory);
    return folder;
  };

  /** @throws StoreFailure where no user of the repository has the person's key */
  function actor(): string {
    mustHaveKeys(keys);
    const user = actingUser(sops(), keyring);
    if (user !== null) return user;
    throw new StoreFailure(
      'no-user',
      `None of your keys belongs to a user in sops/users (${keyring.recipients.join(', ') || 'none could be read'}).`,
      '"varsmith keygen" adds you; somebody who has access must then run "varsmith fix".',
    );
  }

  const pathOf = ({ key, file }: StoredPlace) => varFolder(directory, key, file);
  const accessFor = (place: SecretPlace): Access =>
    sopsAccessFor(place, holdersOf(files, pathOf(place)), actor(), groupsOf);

  async function textOf(path: string): Promise<string | null> {
    if (files.kind(path) !== 'file') return null;
    return (await readIfThere(join(root, path)))?.toString('utf8') ?? null;
  }

  /** The keys that links name, compared with those that a file is encrypted to: once where many are alike. */
  function keysDrift(access: ScannedAccess, actual: readonly string[]) {
    const known = compared.get(access);
    if (known !== undefined) return known;
    const wanted = keysFor(sops(), access.holders);
    const drift = wanted === null ? null : recipientDrift(actual, [...wanted]);
    compared.set(access, drift);
    return drift;
  }

  return {
    paths: place => [`${pathOf(place)}/secret`],
    removal: () => [],
    forget() {
      folder = null;
      compared.clear();
    },
    async open(place) {
      const path = `${pathOf(place)}/secret`;
      const text = await textOf(path);
      if (text === null) return null;
      mustHaveKeys(keys);
      return named(path, () => openSecret(text, keyring));
    },
    async prepare(machines) {
      const acting = actor();
      const missing = machines.filter(name => !sops().machines.some(one => one.name === name));
      const made: MachineKey[] = [];
      for (const machine of missing) {
        const options = { actor: acting, defaultGroups: groupsOf(machine), now: environment.now(), command };
        const readers = readersOf(sops(), { users: [acting], machines: [], groups: groupsOf(machine) });
        const { changes } = await machineKeyChanges(files, directory, sops(), machine, options);
        made.push({ machine, changes, readers });
      }
      return made;
    },
    async seal(place, value) {
      const access = accessFor(place);
      const recipients = recipientsFor(sops(), access);
      const text = await sealSecret(value, { recipients, now: environment.now(), command });
      return secretChanges(files, directory, place, text, access);
    },
    drift(place) {
      const folder = pathOf(place);
      const access = seen?.access(folder) ?? scanAccess(files, folder);
      return access === null ? null : driftOf(place, access);
    },
    change: place =>
      sopsChange({ files, directory, sops, groupsOf, seen }, place, actingUser(sops(), keyring)),
    async reseal(place) {
      const path = `${pathOf(place)}/secret`;
      const text = await textOf(path);
      if (text === null) return [];
      const access = accessFor(place);
      const recipients = recipientsFor(sops(), access);
      const links = linkChanges(files, directory, pathOf(place), access);
      const actual = sopsRecipients(text).value ?? [];
      if (recipientDrift(actual, recipients) === null) return links;
      const sealed = await named(path, () => resealSecret(text, keyring, { recipients, command }));
      return [{ kind: 'write', path, bytes: Buffer.from(sealed, 'utf8') } satisfies Change, ...links];
    },
  };

  /** Goes by links and metadata alone; who is looking does not matter. */
  function driftOf(place: SecretPlace, access: ScannedAccess): Drift | null {
    const { holders: before, recipients } = access;
    if (recipients.value === null) return { place, reason: `cannot be used: ${recipients.flaw.reason}` };
    const machines = place.deploy ? place.machines : [];
    const linked = before.machines.map(one => one.name);
    // Also of what is uploaded by others: clan links machines to all that is deployed, whenever it is needed.
    const lacking = machines.filter(name => !linked.includes(name));
    if (lacking.length > 0) return { place, reason: `is not for ${several('machine', lacking)}` };
    const isCertain = place.machinesComplete || !place.deploy;
    const extra = isCertain ? linked.filter(name => !machines.includes(name)) : [];
    if (extra.length > 0)
      return { place, reason: `is for ${several('machine', extra)}, which should not have it` };
    const groups = before.groups.map(one => one.name);
    const missingGroups = defaultGroupsOf(place, groupsOf).filter(name => !groups.includes(name));
    if (missingGroups.length > 0) return { place, reason: `is not for ${several('group', missingGroups)}` };
    for (const kind of HOLDER_KINDS) {
      const dangling = before[kind].find(one => one.dangling);
      if (dangling !== undefined)
        return { place, reason: `has a link to nowhere (${pathOf(place)}/${kind}/${dangling.name})` };
    }
    const drift = keysDrift(access, recipients.value);
    if (drift === null) {
      const keyless = linked.filter(name => !sops().machines.some(one => one.name === name));
      return keyless.length === 0
        ? null
        : {
            place,
            reason: `is for ${several('machine', keyless)}, which ${keyless.length === 1 ? 'has' : 'have'} no key`,
          };
    }
    const count = drift.lacking.length;
    return {
      place,
      reason:
        count > 0
          ? `is not encrypted to ${count} of the keys that its links name`
          : `is encrypted to ${drift.extra.length} more keys than its links name`,
    };
  }
}

const HOLDER_KINDS = ['users', 'machines', 'groups'] as const;

/** Says which file a failure is about. */
export async function named<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof StoreFailure) throw new StoreFailure(error.kind, `${path}: ${error.message}`);
    throw error;
  }
}
