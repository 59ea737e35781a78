/** Files outside of any repository that hold keys: read whole, never watched, never cached, never overwritten. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemFailure } from '../host-failure.ts';
import { syncFolder, writeNew } from './atomic.ts';
import { readRegularFile } from './regular-file.ts';

/** No key file is this large; what is, is something else. */
const MAX_BYTES = 1024 * 1024;

/** What a shell hands over for `<(command)`. */
const HANDED_OVER = /^\/(dev|proc\/self)\/fd\/\d+$/;

/** @param path absolute; null where there is no such file, where it is a pipe or a device, or may not be read */
export function readKeyFile(path: string): string | null {
  if (!HANDED_OVER.test(path)) return readRegularFile(path, MAX_BYTES)?.toString('utf8') ?? null;
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
