/**
 * Whom a secret is encrypted to, as its own metadata says. Ciphertexts are passed over, and nothing is decrypted.
 *
 * Formats: sops' JSON store (getsops/sops 15e36f97a, `sops.age[].recipient`, `sops.pgp[].fp`, key groups), and
 * clan-core's `.age.recipients` files, one recipient a line (clan-core d7c35d912).
 */

/** @returns recipients in the order of the file; null where the text is no sops file */
export function sopsRecipients(text: string): readonly string[] | null {
  const root = record(parsed(text));
  const sops = record(root?.sops);
  if (sops === null) return null;
  const groups = [sops, ...list(sops.key_groups).map(record)];
  return [...new Set(groups.flatMap(group => (group === null ? [] : recipientsIn(group))))];
}

function recipientsIn(group: Readonly<Record<string, unknown>>): string[] {
  const named = (entries: unknown, field: string) =>
    list(entries).flatMap(entry => {
      const value = record(entry)?.[field];
      return typeof value === 'string' ? [value] : [];
    });
  return [...named(group.age, 'recipient'), ...named(group.pgp, 'fp')];
}

/** The lines of a `.age.recipients` file. */
export function sidecarRecipients(text: string): readonly string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'));
}

export interface PublicKey {
  readonly key: string;
  readonly type: string;
}

/** A `key.json`: a list of keys, or a single one. Null where it is neither. */
export function publicKeys(text: string): readonly PublicKey[] | null {
  const value = parsed(text);
  const entries = Array.isArray(value) ? value : [value];
  const keys: PublicKey[] = [];
  for (const entry of entries) {
    const { publickey, type } = record(entry) ?? {};
    if (typeof publickey !== 'string') return null;
    keys.push({ key: publickey, type: typeof type === 'string' ? type : 'age' });
  }
  return keys;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half-written or not ours: as good as no metadata.
    return null;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
