/**
 * Reading a file of a repository that may be anybody's: a FIFO would be waited for without end, and a device read without
 * end. Knows nothing of what is read.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Returns the bytes of a regular file, or what a link leads to; null for anything else, for what cannot be read, and for
 * a file above the limit.
 * @param path absolute
 */
export function readRegularFile(path: string, limitBytes: number): Buffer | null {
  let file: number;
  try {
    // Opening a FIFO to read waits for somebody who writes, unless it is said not to.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > limitBytes) return null;
    const bytes = Buffer.alloc(stats.size);
    let read = 0;
    while (read < bytes.length) {
      const more = readSync(file, bytes, read, bytes.length - read, null);
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}
