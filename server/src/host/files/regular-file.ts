/**
 * Reads regular files of untrusted repositories: reading a FIFO would block, and a device might never end. Knows
 * nothing of the content.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { HostFailure } from '../host-failure.ts';

/**
 * Returns the bytes of a regular file, following links.
 * @param path absolute path
 * @throws HostFailure for other kinds of files, and for a file above the limit; otherwise the system's error, such as
 * `ENOENT`
 */
export function regularBytes(path: string, limitBytes: number): Buffer {
  // Opening a FIFO for reading would wait for a writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile())
      throw new HostFailure('in-the-way', `${path} is not a regular file, so it is not read.`);
    if (stats.size > limitBytes)
      throw new HostFailure('other', `${path} is larger than ${limitBytes} bytes, so it is not read.`);
    const bytes = Buffer.alloc(stats.size);
    let read = 0;
    while (read < bytes.length) {
      const more = readSync(file, bytes, read, bytes.length - read, null);
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

/**
 * Returns the bytes of a regular file, or `null` for other kinds of files, unreadable ones, and files above the
 * limit.
 */
export function readRegularFile(path: string, limitBytes: number): Buffer | null {
  try {
    return regularBytes(path, limitBytes);
  } catch {
    return null;
  }
}
