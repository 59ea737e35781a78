/**
 * Reading a file of a repository from anywhere: a FIFO would be waited for without end, and a device read without
 * end. Knows nothing of what is read.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { HostFailure } from '../host-failure.ts';

/**
 * Returns the bytes of a regular file, or of one that a link leads to.
 *
 * @param path absolute
 * @throws HostFailure for anything else, and for a file above the limit; what the system says, such as `ENOENT`
 */
export function regularBytes(path: string, limitBytes: number): Buffer {
  // Opening a FIFO to read waits for a writer, unless it is said not to.
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

/** Returns the same; null for anything else, for what cannot be read, and for a file above the limit. */
export function readRegularFile(path: string, limitBytes: number): Buffer | null {
  try {
    return regularBytes(path, limitBytes);
  } catch {
    return null;
  }
}
