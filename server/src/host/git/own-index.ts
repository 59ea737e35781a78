/**
 * Two indexes of git: the person's, in which nothing is ever staged, and one of our own, in which commits are put
 * together. The person's is held by git's own lock meanwhile: a commit that is made at the same moment has either not
 * begun or is done with, and takes nothing of ours along, nor anything away.
 */
import { copyFileSync, realpathSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Lock, sweepClaims, takeLock } from '../files/lock.ts';
import { codeOf, HostFailure, systemFailure } from '../host-failure.ts';

/** Absolute path of the index that the person's git uses. */
export function indexOf(root: string, gitFolder: string, env: Readonly<Record<string, string | undefined>>) {
  const path = env.GIT_INDEX_FILE ? resolve(root, env.GIT_INDEX_FILE) : join(gitFolder, 'index');
  try {
    return realpathSync.native(path);
  } catch (error) {
    // Before the first file is added there is none.
    if (codeOf(error) === 'ENOENT') return path;
    throw systemFailure(error, `find git's index ${path}`);
  }
}

/** How long other programs may hold the lock before it is taken for one that was forgotten. */
const PATIENCE_MS = 3000;

/**
 * Takes git's lock of an index. Its file says that it is ours, so that it is recognised if we are killed.
 *
 * @throws HostFailure `locked`
 */
export async function lockIndex(index: string): Promise<Lock> {
  const path = `${index}.lock`;
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      const lock = await takeLock(path);
      await sweepClaims(path);
      return lock;
    } catch (error) {
      const isHeld = error instanceof HostFailure && ['locked', 'damaged'].includes(error.kind);
      if (!isHeld) throw error;
      if (performance.now() > until)
        throw new HostFailure(
          'locked',
          `${path} is there: another git program is at work, or was ended in the middle. Try again when it is done; if there is none, delete the file.`,
        );
      await delay(25);
    }
  }
}

/** Takes away the lock of a process of ours that is gone; leaves any other alone. */
export async function sweepIndexLock(index: string): Promise<void> {
  const path = `${index}.lock`;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  try {
    const lock = await takeLock(path);
    await sweepClaims(path);
    await lock.release();
  } catch (error) {
    // Another program's, or not to be taken away: whoever needs it says so.
    if (!(error instanceof HostFailure)) throw error;
  }
}

/** Copies an index, if there is one, to a place of our own. */
export function copyIndex(index: string, copy: string): void {
  rmSync(copy, { force: true });
  const stats = statSync(index, { throwIfNoEntry: false });
  if (stats === undefined) return;
  copyFileSync(index, copy);
  // By its time git tells which files may have been changed just after they were looked at: earlier is careful.
  const seconds = Math.floor(stats.mtimeMs / 1000);
  utimesSync(copy, seconds, seconds);
}

/** Puts a copy in the place of the index. To be called under its lock. */
export function replaceIndex(index: string, copy: string): void {
  try {
    renameSync(copy, index);
  } catch (error) {
    throw systemFailure(error, `replace ${index}`);
  }
}
