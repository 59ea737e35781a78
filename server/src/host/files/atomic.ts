/** Writes files atomically: to a temporary file, flushed to disk, then renamed. Knows nothing of their content. */
import { closeSync, fsync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from '../host-failure.ts';
import { regularBytes } from './regular-file.ts';

/**
 * Writes and flushes a new file; fails if it exists.
 * @param mode the file's mode, such as 0o644
 * @param lasting false to skip the flush
 */
export async function writeNew(path: string, bytes: Uint8Array, mode: number, lasting = true): Promise<void> {
  // Only the flush takes long enough to be worth waiting for asynchronously.
  const file = openSync(path, 'wx', mode);
  try {
    writeFileSync(file, bytes);
    if (lasting) await flush(file);
  } finally {
    closeSync(file);
  }
}

const flush = (file: number): Promise<void> => promisify(fsync)(file);

/** Makes renames and removals in a folder survive a power failure. */
export async function syncFolder(path: string): Promise<void> {
  const folder = openSync(path, 'r');
  try {
    await flush(folder);
  } catch (error) {
    // Some file systems cannot flush folders; nothing more can be done then.
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error;
  } finally {
    closeSync(folder);
  }
}

/**
 * Replaces a file's content atomically, creating its folder if necessary.
 * @param lasting false if a power failure (but no crash of this program) may restore the old content
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
    // The first failure is the one to report.
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
  if (lasting) await syncFolder(dirname(path));
}

/**
 * Creates a folder and its parents if they do not exist. Fails with the actual obstacle.
 * @returns the outermost folder that was created, if any
 */
export function makeFolder(path: string): string | undefined {
  try {
    return mkdirSync(path, { recursive: true });
  } catch (error) {
    // Node's error on a read-only file system.
    if (codeOf(error) !== 'ENOENT') throw error;
    const above = dirname(path);
    const isMissing = above !== path && statSync(above, { throwIfNoEntry: false }) === undefined;
    const outermost = isMissing ? makeFolder(above) : undefined;
    mkdirSync(path);
    return outermost ?? path;
  }
}

/** Creates a folder and its parents if they do not exist, so that they survive a power failure. */
export async function makeLastingFolder(path: string): Promise<void> {
  const outermost = makeFolder(path);
  if (outermost === undefined) return;
  for (let folder = dirname(path); folder.length >= dirname(outermost).length; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === dirname(folder)) return;
  }
}

/** Limit well above the encrypted size of a generator's largest file. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Returns the bytes of a file, or `null` if it does not exist.
 * @throws HostFailure for a pipe, a device or a folder, and for a file above the limit; otherwise the system's error
 */
export async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    // Synchronous, since most files that are looked up here do not exist.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
    return regularBytes(path, MAX_BYTES);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Removes a file if it exists. */
export async function rmIfThere(path: string): Promise<void> {
  await rm(path, { force: true });
}
