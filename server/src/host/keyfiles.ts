/** Files outside of any repository that hold keys: read whole, never watched, never cached, never overwritten. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, writeNew } from './atomic.ts';
import { systemFailure } from './failure.ts';

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

/**
 * Writes a key file that only this user can read.
 *
 * @param path absolute
 * @throws HostFailure where there is a file already, or it cannot be written
 */
export async function writeKeyFile(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeNew(path, Buffer.from(text, 'utf8'), 0o600);
    await syncFolder(dirname(path));
  } catch (error) {
    throw systemFailure(error, `write ${path}`);
  }
}
