/** Formats the public keys of recipients for messages, and compares keys that are written differently. */
import type { SopsFolder } from '../../../store/sops/sops-keys.ts';
import { joined } from '../wording.ts';

/**
 * Normalises a key, so that all spellings compare equal: fingerprints in either case, SSH keys with or without
 * a comment.
 */
export function sameKey(key: string): string {
  const bare = key.replaceAll(' ', '');
  if (/^(0x)?[0-9a-fA-F]{16,}$/.test(bare)) return bare.slice(-16).toUpperCase();
  const ssh = /^(ssh-\S+\s+\S+)/.exec(key.trim())?.[1];
  return ssh?.replace(/\s+/g, ' ') ?? key.trim();
}

/** Returns the beginning of a key, enough to find it by. */
export function shortKey(key: string): string {
  const body = key.startsWith('ssh-') ? key.replace(/^(\S+\s+)\S*(\S{8})(\s.*)?$/, '$1…$2') : key;
  return body.length > 24 ? `${body.slice(0, 16)}…` : body;
}

/** Returns keys with their owners: `age1abc… (user ada)`. */
export function keysText(keys: readonly string[], ownerOf: (key: string) => string | null): string {
  const texts = keys.map(key => {
    const owner = ownerOf(key);
    return owner === null ? shortKey(key) : `${shortKey(key)} (${owner})`;
  });
  return joined(texts);
}

/** Returns a function from a key to its owner, `user ada` or `machine lea`. */
export function keyOwners({
  users,
  machines,
}: Pick<SopsFolder, 'users' | 'machines'>): (key: string) => string | null {
  const owners = new Map<string, string>();
  for (const [kind, all] of [
    ['user', users],
    ['machine', machines],
  ] as const)
    for (const { name, keys } of all)
      for (const { key } of keys() ?? []) {
        const id = sameKey(key);
        if (!owners.has(id)) owners.set(id, `${kind} ${name}`);
      }
  return key => owners.get(sameKey(key)) ?? null;
}

/** Returns the keys of one list that are not in the other. */
export function without(keys: Iterable<string>, others: Iterable<string>): string[] {
  const otherKeys = new Set([...others].map(sameKey));
  return [...keys].filter(key => !otherKeys.has(sameKey(key)));
}
