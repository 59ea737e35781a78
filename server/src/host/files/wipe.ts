/**
 * Removes a folder with everything in it, whatever a script has left there: any number and depth of folders, closed
 * folders, names that are not text. No script may still be running in it.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  type Dirent,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { codeOf } from '../host-failure.ts';

/** The number of attempts, since another process may sweep the same folder and move entries concurrently. */
const PASSES = 5;

/**
 * Removes as much as possible.
 * @param path absolute path
 * @param overwriting true to overwrite files first, as a disk could keep traces of them
 * @returns the error code of the first failure, such as `EPERM`, or null if the folder is gone
 */
export function wipeFolder(path: string, overwriting: boolean): string | null {
  let wrong: string | null = null;
  for (let pass = 0; pass < PASSES; pass++) {
    wrong = wipeOnce(Buffer.from(path), overwriting);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
  }
  return wrong ?? 'ENOTEMPTY';
}

/**
 * Removes the content once. Nested folders are moved up to the root before they are read, so paths have at most two
 * names below the root, nothing is recursive, and two counters describe the remaining work for any number of folders.
 */
function wipeOnce(root: Buffer, overwriting: boolean): string | null {
  let wrong: string | null = null;
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'ENOENT') wrong ??= code;
      return null;
    }
  };
  const prefix = randomBytes(6).toString('hex');
  const place = (count: number) => below(root, Buffer.from(`${prefix}-${count}`));
  let moved = 0;
  const empty = (folder: Buffer) => {
    for (const entry of attempt(() => entriesOf(folder)) ?? []) {
      const inner = below(folder, entry.name);
      if (entry.isDirectory()) {
        attempt(() => {
          // Moving a folder requires write permission for it.
          chmodSync(inner, 0o700);
          renameSync(inner, place(moved));
          moved++;
        });
      } else {
        if (overwriting && entry.isFile()) attempt(() => overwrite(inner));
        attempt(() => unlinkSync(inner));
      }
    }
  };
  empty(root);
  for (let next = 0; next < moved; next++) {
    empty(place(next));
    attempt(() => rmdirSync(place(next)));
  }
  attempt(() => rmdirSync(root));
  return wrong;
}

const SLASH = Buffer.from('/');

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, SLASH, name]);
}

/** Lists a folder, after making it accessible in case a script has closed it. */
function entriesOf(folder: Buffer): Dirent<Buffer>[] {
  chmodSync(folder, 0o700);
  return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
}

const ZEROS = Buffer.alloc(64 * 1024);

function overwrite(path: Buffer): void {
  chmodSync(path, 0o600);
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    for (let at = 0; at < size; at += ZEROS.length)
      writeSync(file, ZEROS, 0, Math.min(ZEROS.length, size - at), at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
