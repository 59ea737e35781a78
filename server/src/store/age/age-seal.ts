/**
 * Writes age files for X25519 recipients with Node's own cryptography, which for the many small files of a sops
 * secret (one for each recipient) is many times faster than the library. Reads no files, and knows no other kinds of
 * recipients.
 * Source: the age specification (C2SP, age-encryption.org/v1).
 */
import {
  createCipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { once } from '../../std.ts';

const CIPHER = 'chacha20-poly1305';
const CHUNK_BYTES = 64 * 1024;
/** The prefix of the 32 bytes of a public key in SubjectPublicKeyInfo form. */
const PUBLIC_PREFIX = Uint8Array.from([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00,
]);
const NOTHING = new Uint8Array(0);

/** A recipient `age1…` in the form needed for encryption. */
export interface SealingKey {
  readonly bytes: Buffer;
  readonly key: KeyObject;
}

const keys = new Map<string, SealingKey | null>();

/**
 * Returns the key of an X25519 recipient, or `null` if the text is not one, its checksum does not match, or this Node
 * lacks the cryptography.
 */
export function sealingKey(recipient: string): SealingKey | null {
  const sealingKey = keys.get(recipient);
  if (sealingKey !== undefined) return sealingKey;
  const bytes = isAble() ? bech32Bytes(recipient, 'age') : null;
  const made = bytes?.length === 32 ? { bytes, key: publicKey(bytes) } : null;
  keys.set(recipient, made);
  return made;
}

/**
 * Whether this Node supports the cryptography. An editor's Node is built on another library, so encryption is tried
 * with a throwaway recipient.
 */
const isAble = once(canSeal);

function canSeal(): boolean {
  try {
    const bytes = shareOf(generateKeyPairSync('x25519').publicKey);
    return sealTo([{ bytes, key: publicKey(bytes) }], NOTHING).length > 0;
  } catch {
    return false;
  }
}

function publicKey(bytes: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, bytes]), format: 'der', type: 'spki' });
}

/** Returns the armored form of an age file. */
export function armored(file: Buffer): string {
  const lines = file.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN AGE ENCRYPTED FILE-----', ...lines, '-----END AGE ENCRYPTED FILE-----', ''].join('\n');
}

/** Returns a binary age file that each of the recipients can open. */
export function sealTo(recipients: readonly SealingKey[], plaintext: Uint8Array): Buffer {
  const fileKey = randomBytes(16);
  const stanzas = recipients.map(recipient => stanza(recipient, fileKey)).join('');
  const header = `age-encryption.org/v1\n${stanzas}---`;
  const mac = createHmac('sha256', derived(fileKey, NOTHING, 'header'))
    .update(header)
    .digest();
  const nonce = randomBytes(16);
  return Buffer.concat([
    Buffer.from(`${header} ${base64(mac)}\n`, 'latin1'),
    nonce,
    ...chunks(derived(fileKey, nonce, 'payload'), plaintext),
  ]);
}

/** Returns the stanza that contains the file's key for a recipient. */
function stanza({ bytes, key }: SealingKey, fileKey: Buffer): string {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const share = shareOf(publicKey);
  const secret = diffieHellman({ privateKey, publicKey: key });
  const wrapping = derived(secret, Buffer.concat([share, bytes]), 'age-encryption.org/v1/X25519');
  return `-> X25519 ${base64(share)}\n${base64(encrypted(wrapping, Buffer.alloc(12), fileKey))}\n`;
}

/** Returns the 32 bytes of a public key. Exporting it as JWK is many times faster than in the usual form. */
function shareOf(key: KeyObject): Buffer {
  const bytes = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  if (bytes.length !== 32) throw new Error('A key of X25519 has 32 bytes.');
  return bytes;
}

/** Encrypts the plaintext in chunks. The last one, which may be empty if it is the only one, is marked in its nonce. */
function chunks(key: Buffer, plaintext: Uint8Array): Buffer[] {
  const count = Math.max(1, Math.ceil(plaintext.length / CHUNK_BYTES));
  return Array.from({ length: count }, (_, at) => {
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(at, 5, 6);
    nonce[11] = at === count - 1 ? 1 : 0;
    return encrypted(key, nonce, plaintext.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES));
  });
}

function encrypted(key: Buffer, nonce: Buffer, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: 16 });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Derives 32 bytes by HKDF with SHA-256. Two HMAC steps take half as long as Node's own function. */
function derived(key: Uint8Array, salt: Uint8Array, purpose: string): Buffer {
  const extracted = createHmac('sha256', salt).update(key).digest();
  return createHmac('sha256', extracted).update(`${purpose}\x01`).digest();
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Returns the bytes of a lower-case bech32 text with this prefix and a valid checksum, or `null` for another text. */
function bech32Bytes(text: string, prefix: string): Buffer | null {
  if (!text.startsWith(`${prefix}1`)) return null;
  const values = [...text.slice(prefix.length + 1)].map(letter => LETTERS.indexOf(letter));
  if (values.length < 6 || values.includes(-1)) return null;
  const codes = [...prefix].map(letter => letter.charCodeAt(0));
  if (checksum([...codes.map(code => code >> 5), 0, ...codes.map(code => code & 31), ...values]) !== 1)
    return null;
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const value of values.slice(0, -6)) {
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  // The remaining bits pad the last letter with zeros.
  return bits >= 5 || (held & ((1 << bits) - 1)) !== 0 ? null : Buffer.from(bytes);
}

const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function checksum(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((generator, bit) => {
      if ((top >> bit) & 1) sum ^= generator;
    });
  }
  return sum;
}
