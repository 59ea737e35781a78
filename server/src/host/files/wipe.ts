/**
 * Removes a folder with everything in it, whatever a script has left there: any number of folders, any depth, folders
 * that are closed, names that are no text. No script may be at work in it any more.
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

/** Another process may be sweeping the same folder: what the two have moved out of each other's way is found again. */
const PASSES = 5;

/**
 * Removes as much as can be removed.
 *
 * @param path absolute
 * @param overwriting files are overwritten before they go: a disk could keep traces of them
 * @returns the system's code for what first went wrong, such as `EPERM`; null where the folder is gone
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
 * A folder in a folder is moved up to the root before it is looked into. So no path is longer than that of the root and
 * two names, nothing is recursive, and what is still to be done is told by two numbers, however many folders there are.
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
          // To move a folder is to write into it.
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

/** Opens the folder first if a script has closed it. */
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
