/**
 * Writes files into a workspace: all of them or, as far as can be foreseen, none; each completely or not at all;
 * never outside the root, not even through a symbolic link; and never over a concurrent change.
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

/** The reason why not everything was written, as a sentence for the person. */
class WriteError extends Error {}

/** Limit far above any file that is edited here. */
const MAX_BYTES = 64 * 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

interface Prepared {
  readonly path: string;
  /** Absolute path with all symbolic links resolved. */
  readonly target: string;
  readonly temporary: string;
  /** The content to replace, or `null` if the file must not exist. */
  readonly expected: Buffer | null;
}

/**
 * Replaces the content of files. A file keeps its mode, owner and byte order mark.
 * @param root absolute path of the folder that must contain all files
 * @throws WriteError, before anything is written, if a file has changed since it was read, is outside the root, or is
 * not writable
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
 * Creates the folders of new files.
 * @param paths the files, relative to the root
 * @throws WriteError if a folder would be outside the root, or cannot be created
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
      // A link may lead anywhere, so its target is checked before anything is created in it.
      const real = realpathSync(folder);
      if (real !== realRoot && !real.startsWith(realRoot + sep)) {
        throw new WriteError(`${path} leads out of ${root} and is left alone.`);
      }
    }
  }
}

/** Checks a file and writes its new text to a temporary file beside it. */
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

/** Returns the target of the path with all links resolved. */
function targetOf(root: string, path: string): string {
  const realRoot = realpathSync(root);
  const absolute = join(realRoot, path);
  const isInside = (candidate: string) =>
    candidate.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep);
  let target: string;
  try {
    target = realpathSync(absolute);
  } catch {
    // The file does not exist yet, so its folder decides.
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
    // A rename would ignore write protection.
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
    // An existing file with the temporary name belongs to somebody else.
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
    // Only root may change the owner. Otherwise the writer becomes the owner, as with any editor that renames.
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

/** Flushes a folder, so that the new name survives a power failure. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Some file systems do not support syncing folders. The file itself is safe.
  }
}
