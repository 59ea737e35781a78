/**
 * Files that are whole or not there at all: written beside, flushed to the disk, renamed. Knows nothing of what is in
 * them.
 */
import { closeSync, fsync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from '../host-failure.ts';
import { regularBytes } from './regular-file.ts';

/**
 * Writes and flushes a new file; fails where there is one.
 * @param mode of the file, such as 0o644
 * @param lasting false: it is not flushed
 */
export async function writeNew(path: string, bytes: Uint8Array, mode: number, lasting = true): Promise<void> {
  // Only the flush takes long enough to be waited for elsewhere.
  const file = openSync(path, 'wx', mode);
  try {
    writeFileSync(file, bytes);
    if (lasting) await flush(file);
  } finally {
    closeSync(file);
  }
}

const flush = (file: number): Promise<void> => promisify(fsync)(file);

/** Makes renames and removals in a folder survive a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = openSync(path, 'r');
  try {
    await flush(folder);
  } catch (error) {
    // Some file systems have no flush for folders; there is nothing more to do then.
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error;
  } finally {
    closeSync(folder);
  }
}

/**
 * Replaces a file's content as a whole, creating its folder where there is none.
 * @param lasting false: a loss of power, but no crash of this program, may bring the old content back
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  mode = 0o644,
  lasting = true,
): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  makeFolder(dirname(path));
  await rm(beside, { force: true });
  try {
    await writeNew(beside, bytes, mode, lasting);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  if (lasting) await syncFolder(dirname(path));
}

/** Makes a folder with those above it; nothing where it is there. Fails with what is really in the way. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    // What Node says where a file system is read-only.
    if (codeOf(error) !== 'ENOENT') throw error;
    const above = dirname(path);
    if (above !== path && statSync(above, { throwIfNoEntry: false }) === undefined) makeFolder(above);
    mkdirSync(path);
  }
}

/** Well above what the largest file of a generator comes to when it is encrypted. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Returns the bytes of a file; null where there is none.
 *
 * @throws HostFailure for a pipe, a device or a folder in its place, and for a file above the limit; what the system says
 */
export async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    // At once: most of those that are asked for like this are not there.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
    return regularBytes(path, MAX_BYTES);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Removes a file; nothing where there is none. */
export async function rmIfThere(path: string): Promise<void> {
  await rm(path, { force: true });
}
