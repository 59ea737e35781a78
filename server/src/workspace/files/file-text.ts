/** The texts of files on disk, read with limits: no huge file, no binary one, no pipe. Knows no workspace. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Files above this size, in bytes, are known to exist but not read. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** A file with a NUL byte among its first bytes is binary, as for git. */
const BINARY_PROBE_BYTES = 8 * 1024;

/** Maximum number of bytes that `readStart` returns. */
export const START_BYTES = 16 * 1024;

/** The text of a file, or why it cannot be read, in words that follow "not analysed: ". */
export type TextOrReason = { readonly text: string } | { readonly reason: string };

/** Opens a file without waiting, since it may have become a pipe. */
function openWithoutWaiting(absolute: string): number {
  return openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Reads the text of a file, without a byte order mark. */
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

/** Reads the first 16 KB of a file, a character for each byte; null if that fails. */
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
    // Why it cannot be read is reported where its text is wanted.
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

/** Decodes the bytes of a file, or returns why it has no text. */
export function textOf(bytes: Buffer): TextOrReason {
  if (isBinary(bytes)) return { reason: 'it is not text' };
  return { text: withoutMark(bytes.toString('utf8')) };
}

/** Returns true for bytes that are no text. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, BINARY_PROBE_BYTES).includes(0);
}

/** Removes the byte order mark: editors remove it before they count characters, so positions must not count it either. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Returns why a call of `node:fs` failed, in words that follow "not analysed: ". */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'ENOTDIR') return 'not a folder';
  return `it cannot be read (${code ?? 'unknown reason'})`;
}
