/** Hashes. This is the only file of the analysis that computes them; in a browser `node:crypto` is replaced. */
import { createHash } from 'node:crypto';

export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha512';

/**
 * Returns the hash in hexadecimal.
 * @param data a text counts as its UTF-8
 */
export function hexHash(name: HashName, data: string | Uint8Array): string {
  return createHash(name).update(data).digest('hex');
}
