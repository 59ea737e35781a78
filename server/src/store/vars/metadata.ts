/**
 * Reads a secret's recipients from its metadata. Skips ciphertexts and decrypts nothing.
 * Formats: sops' JSON store (getsops/sops 15e36f97a, `sops.age[].recipient`, `sops.pgp[].fp`, key groups), and
 * clan-core's `.age.recipients` files, one recipient per line (clan-core d7c35d912).
 */
import { mergeMark } from '../../nix/merge-marks.ts';
import { type Flaw, jsonFlaw, UNFINISHED_MERGE } from '../json-flaw.ts';

/** The content of a text, or the reason why it has none. */
export type Reading<T> =
  | { readonly value: T; readonly flaw: null }
  | { readonly value: null; readonly flaw: Flaw };

/**
 * Returns the recipients of a file that sops has encrypted as a whole, as it does for all of clan's secrets, in the
 * order of the file.
 */
export function sopsRecipients(text: string): Reading<readonly string[]> {
  const root = parsed(text);
  if (root.flaw !== null) return root;
  const whole = record(root.value);
  const sops = record(whole?.sops);
  if (whole === null || sops === null) return flawed('it has no metadata of sops', text);
  if (typeof whole.data !== 'string') return flawed('it has no `data`', text);
  if (whole.data !== '' && !whole.data.startsWith('ENC[')) return flawed('its `data` is not encrypted', text);
  const groups = [sops, ...list(sops.key_groups).map(record)];
  const value = [...new Set(groups.flatMap(group => (group === null ? [] : recipientsIn(group))))];
  return { value, flaw: null };
}

function recipientsIn(group: Readonly<Record<string, unknown>>): string[] {
  return [...recipientsOf('age', group.age), ...othersIn(group).flatMap(([, recipients]) => recipients)];
}

/** Returns the recipients of each kind of key other than age. Whatever holds the data key has an `enc`. */
function othersIn(group: Readonly<Record<string, unknown>> | null): [kind: string, recipients: string[]][] {
  const kinds = Object.entries(group ?? {}).map(
    ([kind, entries]) => [kind, kind === 'age' ? [] : recipientsOf(kind, entries)] as [string, string[]],
  );
  return kinds.filter(([, recipients]) => recipients.length > 0);
}

/**
 * Returns age's recipients and pgp's fingerprints, with which holders' keys are compared, and of keys that only sops
 * can use the kind with what the file says of them, such as `kms arn:aws:kms:…`.
 */
function recipientsOf(kind: string, entries: unknown): string[] {
  return list(entries).flatMap(value => {
    const entry = record(value) ?? {};
    const key = kind === 'age' ? entry.recipient : kind === 'pgp' ? entry.fp : undefined;
    if (typeof key === 'string') return [key];
    if (kind === 'age' || typeof entry.enc !== 'string') return [];
    const { enc: _enc, created_at: _time, ...said } = entry;
    return [[kind, ...Object.values(said).filter(text => typeof text === 'string' && text !== '')].join(' ')];
  });
}

/**
 * Returns the kinds of keys other than age that a file of sops is encrypted to, such as `pgp` and `kms`. Varsmith
 * cannot encrypt to them.
 */
export function otherKinds(text: string): readonly string[] {
  const sops = record(record(parsed(text).value)?.sops);
  const groups = sops === null ? [] : [sops, ...list(sops.key_groups).map(record)];
  return [...new Set(groups.flatMap(group => othersIn(group).map(([kind]) => kind)))];
}

/** Returns the lines of a `.age.recipients` file. */
export function sidecarRecipients(text: string): readonly string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'));
}

/** Returns the flaw of a text that is not an age file, or `null`. Nothing more is visible without a key. */
export function ageFlaw(text: string): Flaw | null {
  if (/^(-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/v1)/.test(text.trimStart())) return null;
  return flawed(text.trim() === '' ? 'it is empty' : 'it is not encrypted by age', text).flaw;
}

/** Returns the flaw of a public value, or `null`. It may be any text, but not two that Git has put into one. */
export function publicFlaw(text: string): Flaw | null {
  const mark = mergeMark(text);
  return mark === null ? null : { ...mark, reason: UNFINISHED_MERGE };
}

export interface PublicKey {
  readonly key: string;
  readonly type: string;
}

/** Returns the public keys in a `key.json`: a list of keys, or a single one. */
export function publicKeys(text: string): Reading<readonly PublicKey[]> {
  const read = parsed(text);
  if (read.flaw !== null) return read;
  const entries = Array.isArray(read.value) ? read.value : [read.value];
  const keys: PublicKey[] = [];
  for (const entry of entries) {
    const { publickey, type } = record(entry) ?? {};
    if (typeof publickey !== 'string') return flawed('a key in it has no `publickey`', text);
    keys.push({ key: publickey, type: typeof type === 'string' ? type : 'age' });
  }
  return { value: keys, flaw: null };
}

function parsed(text: string): Reading<unknown> {
  try {
    return { value: JSON.parse(text), flaw: null };
  } catch {
    // The error's message may quote the text, which may be an unencrypted secret.
    return { value: null, flaw: jsonFlaw(text) };
  }
}

/** Returns a flaw of the whole text, to be shown at its first line. */
function flawed(reason: string, text: string): { readonly value: null; readonly flaw: Flaw } {
  const end = text.indexOf('\n');
  return { value: null, flaw: { reason, start: 0, end: end < 0 ? text.length : end } };
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
