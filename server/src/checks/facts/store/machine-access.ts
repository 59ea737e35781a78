/**
 * Determines which machines certainly cannot decrypt a stored secret that is to be deployed to them. Reads links, public
 * keys and recipients alone. The only place that answers this, for the rule and for every view.
 */

import type { GeneratorFile } from '../../../fleet/model/generators.ts';
import { once } from '../../../std.ts';
import { machinesWith } from '../../../store/sops/sops-keys.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import { perObject } from '../../memory/kept.ts';
import { sameKey } from './recipient-keys.ts';

/** The facts about a file that decide whether its secret is deployed; null for what is not known. */
export type DeployedFile = Pick<GeneratorFile, 'name' | 'secret'> & {
  readonly deploy: boolean | null;
  readonly neededFor: string | null;
};

/** A stored secret in the current layout, with the machines that are out. */
export interface SecretAccess {
  readonly stored: StoredVar;
  /** Returns whether a machine certainly cannot decrypt it. */
  readonly isClosedTo: (machine: string) => boolean;
}

export interface MachineAccess {
  /** The machines that have a key in the store. */
  readonly machines: ReadonlySet<string>;
  /** The secrets whose readers are known, in the order of the store. */
  readonly secrets: readonly SecretAccess[];
  /** Returns the secret of a file, or null. A null owner means shared. */
  readonly find: (generator: string, file: string, owner: string | null) => SecretAccess | null;
}

/** Returns whether clan gives a machine access to the secret of a file: it is deployed, and the machine decrypts it. */
export function isForMachines(
  { secret, deploy, neededFor }: DeployedFile,
  { placement, keeper }: Pick<StoredVar, 'placement' | 'keeper'>,
): boolean {
  if (secret !== true || deploy !== true) return false;
  // Other secrets are decrypted and uploaded by the command line, but clan requires access for shared ones all
  // the same.
  return isDecryptedThere(neededFor) || (neededFor !== null && placement === 'shared' && keeper === 'sops');
}

/** Returns whether the machine itself decrypts what is needed then. */
export function isDecryptedThere(neededFor: string | null): boolean {
  return neededFor === 'services' || neededFor === 'users';
}

export const machineAccess = perObject((contents: StoreContents): MachineAccess => {
  const keys = publicKeysOf(contents);
  const named = new Set([...contents.sops.machines, ...contents.age.machines].map(({ name }) => name));
  const owned = once(() => ownedKeys(contents, keys));
  const secrets = contents.vars.flatMap((stored): SecretAccess[] => {
    if (!stored.current || stored.placement === 'per-export' || stored.kind !== 'secret') return [];
    const readers = once(() => readersOf(contents, stored));
    const isClosedTo = (machine: string) => {
      const machineKeys = keys.get(machine);
      // A key that cannot be read may be among the recipients.
      if (machineKeys === undefined && named.has(machine)) return false;
      const { recipients, linked } = readers() ?? { recipients: null, linked: null };
      if (recipients === null) return false;
      if (machineKeys !== undefined)
        return !linked.has(machine) && !machineKeys.some(key => recipients.has(key));
      // A machine without a key can have none of those whose owners are known.
      return [...recipients].every(key => owned().has(key));
    };
    return [{ stored, isClosedTo }];
  });
  const byFile = new Map(secrets.map(secret => [idOf(secret.stored), secret]));
  return {
    machines: new Set(keys.keys()),
    secrets,
    find: (generator, file, owner) => byFile.get(idOf({ generator, file, owner })) ?? null,
  };
});

function idOf({ generator, file, owner }: Pick<StoredVar, 'generator' | 'file' | 'owner'>): string {
  return `${owner ?? ''}\0${generator}\0${file}`;
}

interface Readers {
  readonly recipients: ReadonlySet<string>;
  /** The machines that are linked to it, directly or in a group. */
  readonly linked: ReadonlySet<string>;
}

function readersOf(contents: StoreContents, stored: StoredVar): Readers | null {
  const access = contents.accessOf(stored);
  if (access === null || access.recipients === null || access.flaw !== null) return null;
  return {
    recipients: new Set(access.recipients.map(sameKey)),
    linked: new Set(access.holders === null ? [] : machinesWith(contents.sops, access.holders)),
  };
}

type MachineKeys = ReadonlyMap<string, readonly string[]>;

/** Returns the public keys of machines, normalised for comparison. */
function publicKeysOf({ sops, age, backend }: StoreContents): MachineKeys {
  const keys = new Map<string, readonly string[]>();
  if (backend === 'age')
    for (const { name, publicKey } of age.machines) {
      const key = publicKey();
      if (key !== null) keys.set(name, [sameKey(key)]);
    }
  else
    for (const { name, keys: of } of sops.machines) {
      const publicKeys = of();
      if (publicKeys !== null)
        keys.set(
          name,
          publicKeys.map(({ key }) => sameKey(key)),
        );
    }
  return keys;
}

/** Returns all keys in the store that have an owner: a user or a machine. */
function ownedKeys({ sops }: StoreContents, machines: MachineKeys): ReadonlySet<string> {
  const users = sops.users.flatMap(({ keys }) => (keys() ?? []).map(({ key }) => sameKey(key)));
  return new Set([...users, ...[...machines.values()].flat()]);
}
