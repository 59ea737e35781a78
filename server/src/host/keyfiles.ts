/** Files outside of any repository that hold keys: read whole, never watched, never cached. */
import { readFileSync } from 'node:fs';

/** No key file is this large; what is, is something else. */
const MAX_BYTES = 1024 * 1024;

/** @param path absolute; null where there is no such file or it may not be read */
export function readKeyFile(path: string): string | null {
  try {
    const bytes = readFileSync(path);
    return bytes.length > MAX_BYTES ? null : bytes.toString('utf8');
  } catch {
    // Which of the places have a key is for the caller to say.
    return null;
  }
}
