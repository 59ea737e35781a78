/** Reads the texts of files on disk, except huge files, binary files and pipes. Knows no workspace. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Files above this size, in bytes, are listed but not read. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** A file with a NUL byte in its first bytes is binary, as in git. */
const BINARY_PROBE_BYTES = 8 * 1024;

/** The most bytes that `readStart` returns. */
export const START_BYTES = 16 * 1024;

/** The text of a file, or the reason why it cannot be read, which continues "not analysed: ". */
export type TextOrReason = { readonly text: string } | { readonly reason: string };

/** Opens a file without blocking, since it may have become a pipe. */
function openWithoutWaiting(absolute: string): number {
  return openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Returns the text of a file without a byte order mark. */
export function readText(absolute: string): TextOrReason {
  try {
    const file = openWithoutWaiting(absolute);
    try {
      const stat = fstatSync(file);
      const { size } = stat;
      if (!stat.isFile()) return { reason: 'it is not a regular file' };
      if (size > MAX_FILE_BYTES) return { reason: 'it is larger than 2 MB' };
      return textOf(readAll(file, size));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Returns the first 16 KB of a file, one character per byte, or `null` if that fails. */
export function readStart(absolute: string): string | null {
  try {
    const file = openWithoutWaiting(absolute);
    try {
      const bytes = Buffer.allocUnsafe(START_BYTES);
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, START_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    // The reason is reported when the text is read.
    return null;
  }
}

function readAll(file: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

/** Decodes the bytes of a file, or returns the reason why it has no text. */
export function textOf(bytes: Buffer): TextOrReason {
  if (isBinary(bytes)) return { reason: 'it is not text' };
  return { text: withoutMark(bytes.toString('utf8')) };
}

/** Returns whether the bytes are binary. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, BINARY_PROBE_BYTES).includes(0);
}

/** Removes the byte order mark, which editors do not count in positions either. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Returns the reason why a call of `node:fs` failed, which continues "not analysed: ". */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'ENOTDIR') return 'not a folder';
  return `it cannot be read (${code ?? 'unknown reason'})`;
}
