/**
 * Who can open a secret, by name: the keys that it is encrypted to, whose they are, and by which link they come to it.
 * Reads names, links and public keys; opens nothing.
 */
import type { SopsFolder } from './sops/sops-keys.ts';
import type { Access } from './sops/sops-writes.ts';

/** Why a reader has access: a link beside the secret, or a setting of the configuration. */
export interface ReaderLink {
  readonly kind: 'user' | 'machine' | 'group' | 'setting';
  readonly name: string;
}

/** A key, and whose it is. */
export interface Reader {
  /** `admin`: named by the configuration alone; `unknown`: of no user of the repository. */
  readonly kind: 'user' | 'machine' | 'admin' | 'unknown';
  /** Empty for those that have none. */
  readonly name: string;
  /** Public. Null for a reader without a key: a machine gets one when it is first needed. */
  readonly key: string | null;
  /** Empty where nothing gives access any more. */
  readonly via: readonly ReaderLink[];
}

interface Gain extends Reader {
  /**
   * False for what the model itself demands: of a secret that is made for the first time, and for a machine that declares
   * its generator and had nothing of it yet.
   */
  readonly asked: boolean;
}

/** Who gains and who loses access to a secret when it is stored, or encrypted anew. */
export interface AccessChange {
  readonly place: { readonly key: string; readonly file: string };
  /** Nothing is stored there yet. */
  readonly isNew: boolean;
  /** Who can open it and keeps that. */
  readonly kept: readonly Reader[];
  readonly gained: readonly Gain[];
  readonly lost: readonly Reader[];
}

/** Returns the keys behind the names of users, machines and groups; each with all links that bring it. */
export function readersOf(sops: SopsFolder, access: Access): Reader[] {
  const readers = new Map<string, Reader>();
  const add = (kind: 'user' | 'machine', name: string, link: ReaderLink) => {
    const owner = sops[`${kind}s`].find(candidate => candidate.name === name);
    const keys = owner?.keys() ?? [];
    for (const key of keys.length === 0 ? [null] : keys.map(key => key.key)) {
      const id = readerId({ kind, name, key });
      readers.set(id, { kind, name, key, via: [...(readers.get(id)?.via ?? []), link] });
    }
  };
  for (const name of access.users) add('user', name, { kind: 'user', name });
  for (const name of access.machines) add('machine', name, { kind: 'machine', name });
  for (const name of access.groups) {
    const group = sops.groups.find(group => group.name === name);
    for (const member of group?.users ?? []) add('user', member.name, { kind: 'group', name });
    for (const member of group?.machines ?? []) add('machine', member.name, { kind: 'group', name });
  }
  return [...readers.values()];
}

/** Returns whose a key is, whether or not it should have access; at least one, perhaps `unknown`. */
export function ownersOf(sops: Pick<SopsFolder, 'users' | 'machines'>, key: string): Reader[] {
  const has = (kind: 'user' | 'machine') =>
    sops[`${kind}s`]
      .filter(owner => owner.keys()?.some(publicKey => publicKey.key === key))
      .map(({ name }): Reader => ({ kind, name, key, via: [] }));
  const owners = [...has('user'), ...has('machine')];
  return owners.length > 0 ? owners : [unknownReader(key)];
}

function unknownReader(key: string): Reader {
  return { kind: 'unknown', name: '', key, via: [] };
}

/** Returns the same for the same key of the same person or machine. */
export function readerId({ kind, name, key }: Pick<Reader, 'kind' | 'name' | 'key'>): string {
  return `${kind}\0${name}\0${key ?? ''}`;
}
