/**
 * Reads and writes the `sops` block of a file: the recipients of the data key, the rule for encrypting values, and
 * the MAC over all values. Decrypts the data key and checks the MAC; does not know the layout of values.
 * Source: getsops/sops 15e36f97a, sops.go and stores/stores.go.
 */
import { createHash, type Hash, timingSafeEqual } from 'node:crypto';
import { type AgeCommand, encryptTo, type Keyring } from '../age/crypt.ts';
import { StoreFailure } from '../store-failure.ts';
import { openValue, parseSealed, sealString } from './sops-value.ts';

/** The `version` of new files: the release whose format they follow. */
export const SOPS_VERSION = '3.13.2';

const DATA_KEY_BYTES = 32;

export interface AgeEntry {
  readonly recipient: string;
  /** The data key, as an armored age file. */
  readonly enc: string;
}

export const RULE_NAMES = [
  'unencrypted_suffix',
  'encrypted_suffix',
  'unencrypted_regex',
  'encrypted_regex',
  'unencrypted_comment_regex',
  'encrypted_comment_regex',
] as const;

export interface SopsRule {
  readonly name: (typeof RULE_NAMES)[number];
  readonly value: string;
}

export interface SopsMetadata {
  readonly age: readonly AgeEntry[];
  /** Kinds of other keys that the data key is encrypted to: `pgp`, `kms`, … */
  readonly otherKeys: readonly string[];
  /** The time as written. */
  readonly lastModified: string;
  /** `null` if there is none. */
  readonly mac: string | null;
  readonly macOnlyEncrypted: boolean;
  readonly rule: SopsRule;
}

const OTHER_KEYS = ['pgp', 'kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms'] as const;

/**
 * Returns the metadata of a `sops` block.
 * @throws StoreFailure `malformed` or `unsupported`
 */
export function sopsMetadata(block: unknown): SopsMetadata {
  const sops = record(block);
  if (sops === null) throw new StoreFailure('malformed', 'Not a sops file: it has no "sops" block.');
  if (list(sops.key_groups).length > 1)
    throw new StoreFailure(
      'unsupported',
      'The data key is split over several key groups, which Varsmith cannot join. Use sops.',
    );
  const group = record(list(sops.key_groups)[0]) ?? sops;
  const rules = RULE_NAMES.flatMap(name => {
    const value = sops[name];
    return typeof value === 'string' && value !== '' ? [{ name, value }] : [];
  });
  if (rules.length > 1)
    throw new StoreFailure(
      'malformed',
      `The "sops" block has both ${rules[0]?.name} and ${rules[1]?.name}; only one may be set.`,
    );
  const { lastmodified, mac } = sops;
  if (typeof lastmodified !== 'string')
    throw new StoreFailure('malformed', 'The "sops" block has no "lastmodified".');
  return {
    age: list(group.age).map(entry => {
      const { recipient, enc } = record(entry) ?? {};
      if (typeof recipient !== 'string' || typeof enc !== 'string')
        throw new StoreFailure('malformed', 'An entry of "sops.age" lacks its "recipient" or its "enc".');
      return { recipient, enc };
    }),
    otherKeys: OTHER_KEYS.filter(name => list(group[name]).length > 0),
    lastModified: lastmodified,
    mac: typeof mac === 'string' && mac !== '' ? mac : null,
    macOnlyEncrypted: sops.mac_only_encrypted === true || sops.mac_only_encrypted === 'true',
    rule: rules[0] ?? { name: 'unencrypted_suffix', value: '_unencrypted' },
  };
}

/**
 * Returns the data key, from the first entry that one of our keys decrypts.
 * @throws StoreFailure `no-matching-key`, or the flaw of an entry for one of our keys
 */
export async function openDataKey(metadata: SopsMetadata, keyring: Keyring): Promise<Uint8Array> {
  const ours = new Set(keyring.recipients);
  // Entries for our own keys come first, so that a file with a hundred recipients is decrypted at once.
  const entries = [
    ...metadata.age.filter(entry => ours.has(entry.recipient)),
    ...metadata.age.filter(entry => !ours.has(entry.recipient)),
  ];
  let damaged: StoreFailure | null = null;
  for (const { enc, recipient } of entries) {
    try {
      const key = await keyring.open(enc, recipient);
      if (key === null) continue;
      if (key.length === DATA_KEY_BYTES) return key;
      damaged = new StoreFailure('malformed', 'The data key of the file does not have 32 bytes.');
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      damaged = error;
    }
  }
  throw damaged ?? new StoreFailure('no-matching-key', noKeyMessage(metadata, keyring));
}

function noKeyMessage({ age, otherKeys }: SopsMetadata, keyring: Keyring): string {
  const recipients = [...age.map(entry => entry.recipient), ...otherKeys.map(kind => `a ${kind} key`)];
  const shown =
    recipients.length > 4 ? [...recipients.slice(0, 3), `${recipients.length - 3} more`] : recipients;
  const to = shown.length === 0 ? 'nobody' : shown.join(', ');
  const mine =
    keyring.recipients.length === 0 ? 'there is no key of yours' : `yours: ${keyring.recipients.join(', ')}`;
  return [`None of your keys can decrypt it. It is encrypted to ${to}; ${mine}.`, ...keyring.unusable].join(
    ' ',
  );
}

/** Returns the hash that is updated with each plaintext, in the order of the file. */
export function macHash(macOnlyEncrypted: boolean): Hash {
  const hash = createHash('sha512');
  // Prevents a MAC over some of the values from being accepted as one over all of them.
  return macOnlyEncrypted ? hash.update(createHash('sha256').update('sops').digest()) : hash;
}

/**
 * Verifies the MAC over the values.
 * @param digest SHA-512 over the plaintexts
 * @throws StoreFailure `mac-error`
 */
export function verifyMac(metadata: SopsMetadata, key: Uint8Array, digest: Buffer): void {
  const { mac, lastModified } = metadata;
  if (mac === null)
    throw new StoreFailure(
      'mac-error',
      'The file has no MAC, so it cannot be verified: it was edited by hand.',
    );
  const sealed = parseSealed(mac);
  const stated = sealed === null ? null : openValue(key, sealed, canonicalTime(lastModified));
  if (stated === null)
    throw new StoreFailure(
      'mac-error',
      'The MAC cannot be decrypted: "lastmodified" or the MAC itself was changed, or belongs to another file.',
    );
  const expected = Buffer.from(digest.toString('hex').toUpperCase(), 'latin1');
  if (stated.length !== expected.length || !timingSafeEqual(stated, expected))
    throw new StoreFailure(
      'mac-error',
      'The MAC does not match the values: one was replaced, added, removed or moved.',
    );
}

/**
 * Returns the encrypted MAC.
 * @param digest SHA-512 over the plaintexts
 */
export function sealMac(key: Uint8Array, digest: Buffer, lastModified: string): string {
  return sealString(key, Buffer.from(digest.toString('hex').toUpperCase(), 'latin1'), lastModified);
}

/**
 * Returns the data key encrypted to each recipient separately, in the given order.
 * @throws StoreFailure `recipient`
 */
export async function sealDataKey(
  key: Uint8Array,
  recipients: readonly string[],
  command: AgeCommand | null,
): Promise<AgeEntry[]> {
  const distinct = [...new Set(recipients)];
  if (distinct.length === 0) throw new StoreFailure('recipient', 'There are no recipients to encrypt to.');
  return Promise.all(
    distinct.map(async recipient => ({ enc: await encryptTo([recipient], key, command), recipient })),
  );
}

/** Returns the time in RFC 3339 to the second as Go prints it, which the MAC is bound to. */
function canonicalTime(text: string): string {
  const [, seconds, zone] =
    /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  if (seconds === undefined || zone === undefined)
    throw new StoreFailure('malformed', '"lastmodified" is not a time such as 2026-01-31T12:00:00Z.');
  return `${seconds.toUpperCase()}${/^(z|[+-]00:00)$/i.test(zone) ? 'Z' : zone}`;
}

/** Returns a time as sops writes it. */
export function sopsTime(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
