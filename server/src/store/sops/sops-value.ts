/**
 * A single encrypted value of a sops file: `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`. Knows nothing of files or the
 * owners of keys.
 * Source: getsops/sops 15e36f97a, aes/cipher.go.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 32;
const TAG_BYTES = 16;

export interface SealedValue {
  readonly data: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
  /** `str`, `int`, `float`, `bool`, `time`, `comment` or `bytes`. */
  readonly type: string;
}

/** Returns whether a text looks like an encrypted value. */
export function looksSealed(text: string): boolean {
  return text.startsWith('ENC[');
}

/** Returns the parts of an encrypted value, or `null` if the text is not one or is damaged. */
export function parseSealed(text: string): SealedValue | null {
  const [, data, iv, tag, type] =
    /^ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:([a-z]+)\]/.exec(text) ?? [];
  if (type === undefined) return null;
  const bytes = [data, iv, tag].map(part => fromBase64(part ?? ''));
  const [dataBytes, ivBytes, tagBytes] = bytes;
  if (!dataBytes || !ivBytes?.length || tagBytes?.length !== TAG_BYTES) return null;
  return { data: dataBytes, iv: ivBytes, tag: tagBytes, type };
}

/**
 * Returns the plaintext, or `null` if the value does not belong to this key and this place.
 * @param place the additional data: keys from the root, each followed by a colon
 */
export function openValue(key: Uint8Array, sealed: SealedValue, place: string): Buffer | null {
  const cipher = createDecipheriv('aes-256-gcm', key, sealed.iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(place, 'utf8'));
  cipher.setAuthTag(sealed.tag);
  try {
    return Buffer.concat([cipher.update(sealed.data), cipher.final()]);
  } catch {
    // The tag does not match. Nothing more can be known.
    return null;
  }
}

/** Encrypts a string's bytes, with a fresh initialisation vector. */
export function sealString(key: Uint8Array, plaintext: Uint8Array, place: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(place, 'utf8'));
  const data = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const text = (bytes: Buffer) => bytes.toString('base64');
  return `ENC[AES256_GCM,data:${text(data)},iv:${text(iv)},tag:${text(cipher.getAuthTag())},type:str]`;
}

/** Decodes standard padded base64 only; Node's own function ignores other characters. */
function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
