/**
 * Writes into a workspace: all files or, as far as can be foreseen, none; each whole or not at all; never outside the
 * root, not even through a symbolic link; and never over a change that was made meanwhile.
 */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { regularBytes } from '../host/files/regular-file.ts';
import type { ChangedFile } from './fix.ts';

/** Why nothing, or not everything, was written; a sentence for the person. */
class WriteError extends Error {}

/** Far above what is ever edited here. */
const MAX_BYTES = 64 * 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

interface Prepared {
  readonly path: string;
  /** Absolute, behind all symbolic links. */
  readonly target: string;
  readonly temporary: string;
  /** The content that is replaced; `null`: there must be no file. */
  readonly expected: Buffer | null;
}

/**
 * Writes texts in the place of those they were made from. A file keeps its mode, its owner and its byte order mark.
 * @param root absolute path of the folder that must not be left
 * @throws WriteError before anything is written if a file is not as it was read, lies outside, or may not be written
 */
export function writeChanges(root: string, changes: readonly ChangedFile[]): void {
  const prepared: Prepared[] = [];
  const done: string[] = [];
  try {
    for (const change of changes) prepared.push(prepare(root, change));
    for (const file of prepared) {
      if (!isAsExpected(file)) throw changedMeanwhile(file.path);
      renameSync(file.temporary, file.target);
      done.push(file.path);
      syncFolder(dirname(file.target));
    }
  } catch (error) {
    for (const { path, temporary } of prepared) if (!done.includes(path)) rmSync(temporary, { force: true });
    const message = error instanceof Error ? error.message : String(error);
    const written = done.length === 0 ? 'Nothing was written.' : `Written before that: ${done.join(', ')}.`;
    throw new WriteError(`${message} ${written}`);
  }
}

/**
 * Makes the folders that new files are to lie in.
 * @param paths of the files, relative to the root
 * @throws WriteError if one would lie outside of the root, or cannot be made
 */
export function makeFolders(root: string, paths: readonly string[]): void {
  const realRoot = realpathSync(root);
  for (const path of paths) {
    let folder = realRoot;
    for (const name of dirname(path).split('/')) {
      folder = join(folder, name);
      try {
        mkdirSync(folder);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EEXIST')
          throw new WriteError(`The folder of ${path} cannot be made (${code ?? error}).`);
      }
      // A link may lead anywhere; what it leads to is looked at before anything is made in it.
      const real = realpathSync(folder);
      if (real !== realRoot && !real.startsWith(realRoot + sep)) {
        throw new WriteError(`${path} leads out of ${root} and is left alone.`);
      }
    }
  }
}

/** Checks a file and writes its new text beside it. */
function prepare(root: string, { path, before, after }: ChangedFile): Prepared {
  const target = targetOf(root, path);
  const onDisk = before === null ? null : readIfThere(target);
  if (before === null ? readIfThere(target) !== null : onDisk === null) throw changedMeanwhile(path);
  const text = onDisk?.toString('utf8') ?? '';
  if (onDisk !== null && !Buffer.from(text, 'utf8').equals(onDisk))
    throw new WriteError(`${path} is not UTF-8, so it cannot be edited without losing something.`);
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  if (onDisk !== null && text.slice(mark.length) !== before) throw changedMeanwhile(path);
  const temporary = join(dirname(target), `.${basename(target)}.varsmith-${process.pid}`);
  writeBeside(path, target, temporary, mark + after, onDisk !== null);
  return { path, target, temporary, expected: onDisk };
}

/** The file behind the links. */
function targetOf(root: string, path: string): string {
  const realRoot = realpathSync(root);
  const absolute = join(realRoot, path);
  const isInside = (each: string) => each.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep);
  let target: string;
  try {
    target = realpathSync(absolute);
  } catch {
    // The file is not there yet; its folder decides.
    target = join(realFolder(dirname(absolute), path), basename(absolute));
  }
  if (isInside(absolute) && isInside(target)) return target;
  throw new WriteError(`${path} leads out of ${root} and is left alone.`);
}

function realFolder(folder: string, path: string): string {
  try {
    return realpathSync(folder);
  } catch {
    throw new WriteError(`The folder of ${path} is not there.`);
  }
}

function writeBeside(path: string, target: string, temporary: string, text: string, replaces: boolean): void {
  try {
    // Renaming would go over a file that is write-protected.
    if (replaces) accessSync(target, constants.W_OK);
    const file = openSync(temporary, 'wx', 0o644);
    try {
      writeFileSync(file, text);
      if (replaces) keepOwnerAndMode(file, target);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Somebody else's file of that name is not ours to remove.
    if (code !== 'EEXIST') rmSync(temporary, { force: true });
    const reason =
      code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'there is no permission'
        : `${code ?? error}`;
    throw new WriteError(`${path} cannot be written: ${reason}.`);
  }
}

function keepOwnerAndMode(file: number, target: string): void {
  const { uid, gid, mode } = statSync(target);
  try {
    fchownSync(file, uid, gid);
  } catch {
    // Only root may give files away; the writer is then the owner, as with any editor that renames.
  }
  fchmodSync(file, mode & 0o7777);
}

function isAsExpected({ target, expected }: Prepared): boolean {
  const now = readIfThere(target);
  return expected === null || now === null ? now === expected : now.equals(expected);
}

function readIfThere(target: string): Buffer | null {
  try {
    return regularBytes(target, MAX_BYTES);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function changedMeanwhile(path: string): WriteError {
  return new WriteError(`${path} has changed since it was read. Run the command again.`);
}

/** Flushes a folder, so that the new name survives a power cut. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Some file systems do not sync folders; the file itself is safe.
  }
}
