/**
 * Determines who can open a secret, by name: the keys that it is encrypted to, their owners, and the links that give
 * them access. Reads names, links and public keys; decrypts nothing.
 */
import type { SopsFolder } from './sops/sops-keys.ts';
import type { Access } from './sops/sops-writes.ts';

/** The reason for a reader's access: a link beside the secret, or a setting of the configuration. */
export interface ReaderLink {
  readonly kind: 'user' | 'machine' | 'group' | 'setting';
  readonly name: string;
}

/** A key and its owner. */
export interface Reader {
  /** `admin`: only named by the configuration; `unknown`: not a user of the repository. */
  readonly kind: 'user' | 'machine' | 'admin' | 'unknown';
  /** Empty for a reader without a name. */
  readonly name: string;
  /** The public key, or `null` for a reader without one: a machine gets its key when it is first needed. */
  readonly key: string | null;
  /** Empty if nothing gives access any more. */
  readonly via: readonly ReaderLink[];
}

interface Gain extends Reader {
  /**
   * False for access that the model itself requires: to a new secret, and for a machine that declares the generator
   * but had no access before.
   */
  readonly asked: boolean;
}

/** The readers who gain and lose access to a secret when it is stored or re-encrypted. */
export interface AccessChange {
  readonly place: { readonly key: string; readonly file: string };
  /** True if nothing is stored there yet. */
  readonly isNew: boolean;
  /** The readers who keep their access. */
  readonly kept: readonly Reader[];
  readonly gained: readonly Gain[];
  readonly lost: readonly Reader[];
}

/** Returns the keys of the named users, machines and groups, each with all links that give it access. */
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

/**
 * Returns the owners of a key, whether or not they should have access. There is at least one, which may be `unknown`.
 */
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

/** Returns an id that is equal for the same key of the same person or machine. */
export function readerId({ kind, name, key }: Pick<Reader, 'kind' | 'name' | 'key'>): string {
  return `${kind}\0${name}\0${key ?? ''}`;
}
