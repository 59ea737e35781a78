/**
 * Reads and writes sops' binary store, in which clan keeps vars and machine keys: each file is a single secret of
 * arbitrary bytes. Knows only the text of such a file, not its location.
 * Source: getsops/sops 15e36f97a, stores/json and sops.go; written as release 3.13.2 writes.
 */
import { randomBytes } from 'node:crypto';
import { byText } from '../../std.ts';
import type { AgeCommand, Keyring } from '../age/crypt.ts';
import { StoreFailure } from '../store-failure.ts';
import { otherKinds } from '../vars/metadata.ts';
import {
  macHash,
  openDataKey,
  SOPS_VERSION,
  sealDataKey,
  sealMac,
  sopsMetadata,
  sopsTime,
  verifyMac,
} from './sops-metadata.ts';
import { openValue, parseSealed, sealString } from './sops-value.ts';

const PLACE = 'data:';

/** Fields that are replaced for new recipients. */
const KEY_FIELDS = new Set(['age', 'key_groups', 'shamir_threshold']);

/**
 * Returns the secret's bytes after verifying the whole file.
 * @throws StoreFailure
 */
export async function openSecret(text: string, keyring: Keyring): Promise<Buffer> {
  return (await verified(text, keyring)).plaintext;
}

async function verified(text: string, keyring: Keyring) {
  const { data, sops } = parseSecret(text);
  const metadata = sopsMetadata(sops);
  const key = await openDataKey(metadata, keyring);
  const plaintext = data === '' ? Buffer.alloc(0) : openData(key, data);
  verifyMac(metadata, key, macHash(metadata.macOnlyEncrypted).update(plaintext).digest());
  return { data, sops, key, metadata, plaintext };
}

function openData(key: Uint8Array, data: string): Buffer {
  const sealed = parseSealed(data);
  if (sealed === null)
    throw new StoreFailure(
      'malformed',
      'The secret is not encrypted as sops does it (ENC[AES256_GCM,…]), or was changed.',
    );
  const plaintext = openValue(key, sealed, PLACE);
  if (plaintext === null)
    throw new StoreFailure(
      'authentication-error',
      'The secret was changed after it was encrypted, or belongs to another file.',
    );
  return plaintext;
}

export interface SealOptions {
  /** Age recipients, with an entry each. Duplicates count once. */
  readonly recipients: readonly string[];
  readonly now: Date;
  /** The command for SSH and plugin recipients, or `null` if `age` is not installed. */
  readonly command: AgeCommand | null;
}

/**
 * Returns the text of a new file with a fresh data key and fresh initialisation vectors.
 * @throws StoreFailure `recipient`
 */
export async function sealSecret(plaintext: Uint8Array, options: SealOptions): Promise<string> {
  const key = randomBytes(32);
  const lastmodified = sopsTime(options.now);
  const age = await sealDataKey(key, options.recipients, options.command);
  const mac = sealMac(key, macHash(false).update(plaintext).digest(), lastmodified);
  const data = plaintext.length === 0 ? '' : sealString(key, plaintext, PLACE);
  return goJson({ data, sops: { age, lastmodified, mac, version: SOPS_VERSION } });
}

/**
 * Returns the same file for other recipients. The value and its MAC are kept byte for byte; the file is verified
 * first, so that no tampered value is passed on. Keys of other kinds than age are no recipients, so they lose it.
 * Former readers may have kept the data key: to exclude somebody,
 * generate a new value.
 * @throws StoreFailure
 */
export async function resealSecret(
  text: string,
  keyring: Keyring,
  options: Pick<SealOptions, 'recipients' | 'command'>,
): Promise<string> {
  const { data, sops, key } = await verified(text, keyring);
  const lost = new Set([...KEY_FIELDS, ...otherKinds(text)]);
  const age = await sealDataKey(key, options.recipients, options.command);
  const kept = Object.entries(sops as object).filter(([name, value]) => value !== null && !lost.has(name));
  const block = [...kept, ['age', age] as const].sort(byText(([name]) => name));
  return goJson({ data, sops: Object.fromEntries(block) });
}

/**
 * Refuses to replace a secret that is also encrypted to keys which the new one could not be encrypted to.
 * @throws StoreFailure `unsupported`
 */
export function mustLoseNoKey(text: string): void {
  const kinds = otherKinds(text);
  if (kinds.length === 0) return;
  throw new StoreFailure(
    'unsupported',
    `The file is also encrypted to keys of ${kinds.join(', ')}, which Varsmith cannot encrypt to: they would lose it.`,
    'To take it from them, run "varsmith fix" first; to keep them, change it with sops.',
  );
}

interface SecretFile {
  readonly data: string;
  readonly sops: unknown;
}

function parseSecret(text: string): SecretFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the text.
    throw new StoreFailure('malformed', 'Not a sops file, or cut off: its JSON has no end or is damaged.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new StoreFailure('malformed', 'Not a sops file: it is not a JSON object.');
  const { data, sops, ...others } = value as Record<string, unknown>;
  if (typeof data !== 'string') throw new StoreFailure('malformed', 'Not a sops secret: it has no "data".');
  const stranger = Object.keys(others)[0];
  if (stranger !== undefined)
    throw new StoreFailure('malformed', `Not a sops secret: it has "${stranger}" beside "data" and "sops".`);
  return { data, sops };
}

/** Returns JSON as Go's encoder writes it with tabs. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value, null, '\t').replace(
    /[<>&\u2028\u2029]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${text}\n`;
}
