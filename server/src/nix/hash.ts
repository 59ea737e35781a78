/** Hashes: the only place of the analysis that computes one. A browser is handed another `node:crypto`. */
import { createHash } from 'node:crypto';

export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha512';

/** @param data a text counts as its UTF-8 */
export function hexHash(name: HashName, data: string | Uint8Array): string {
  return createHash(name).update(data).digest('hex');
}
