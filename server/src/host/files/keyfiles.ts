/** Reads and writes key files outside of any repository: read completely, never watched, cached or overwritten. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemFailure } from '../host-failure.ts';
import { syncFolder, writeNew } from './atomic.ts';
import { readRegularFile } from './regular-file.ts';

/** Limit above the size of any key file. */
const MAX_BYTES = 1024 * 1024;

/** The path that a shell passes for `<(command)`. */
const HANDED_OVER = /^\/(dev|proc\/self)\/fd\/\d+$/;

/**
 * Returns the text of a key file, or `null` if it does not exist, is a pipe or a device, or is unreadable.
 * @param path absolute path
 */
export function readKeyFile(path: string): string | null {
  if (!HANDED_OVER.test(path)) return readRegularFile(path, MAX_BYTES)?.toString('utf8') ?? null;
  try {
    const bytes = readFileSync(path);
    return bytes.length > MAX_BYTES ? null : bytes.toString('utf8');
  } catch {
    // The caller reports which of the places have a key.
    return null;
  }
}

/**
 * Writes a key file that only this user can read.
 * @param path absolute path
 * @throws HostFailure if the file exists already, or cannot be written
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
