/**
 * Manages two indexes of git: the person's, in which nothing is ever staged, and a separate one for making commits.
 * Meanwhile the person's index is locked with git's own lock, so that a concurrent commit is either complete or has
 * not started, and neither includes nor loses our changes.
 */
import { copyFileSync, realpathSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Lock, sweepClaims, takeLock } from '../files/lock.ts';
import { codeOf, HostFailure, systemFailure } from '../host-failure.ts';

/** Returns the absolute path of the index that the person's git uses. */
export function indexOf(root: string, gitFolder: string, env: Readonly<Record<string, string | undefined>>) {
  const path = env.GIT_INDEX_FILE ? resolve(root, env.GIT_INDEX_FILE) : join(gitFolder, 'index');
  try {
    return realpathSync.native(path);
  } catch (error) {
    // The index is created with the first file.
    if (codeOf(error) === 'ENOENT') return path;
    throw systemFailure(error, `find git's index ${path}`);
  }
}

/** The time after which a lock of another program counts as forgotten. */
const PATIENCE_MS = 3000;

/**
 * Takes git's lock of an index. The file is marked as ours, so that it is recognised if this process is killed.
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
          `${path} is there: another git process is running, or was interrupted. Try again when it has finished; if there is none, delete the file.`,
        );
      await delay(25);
    }
  }
}

/** Removes the lock of a dead process of ours, and no other. */
export async function sweepIndexLock(index: string): Promise<void> {
  const path = `${index}.lock`;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  // What a failing disk has kept a process of ours from removing.
  if (!isThere) return sweepClaims(path).catch(() => undefined);
  try {
    const lock = await takeLock(path);
    await sweepClaims(path);
    await lock.release();
  } catch (error) {
    // Another program's lock, or not removable; whoever needs the lock reports it.
    if (!(error instanceof HostFailure)) throw error;
  }
}

/**
 * Copies an index, if it exists.
 * @throws HostFailure
 */
export function copyIndex(index: string, copy: string): void {
  try {
    rmSync(copy, { force: true });
    const stats = statSync(index, { throwIfNoEntry: false });
    if (stats === undefined) return;
    copyFileSync(index, copy);
    // Git uses the index's time to detect files that changed just after it was written. An earlier time is safe.
    const seconds = Math.floor(stats.mtimeMs / 1000);
    utimesSync(copy, seconds, seconds);
  } catch (error) {
    throw systemFailure(error, "copy git's index");
  }
}

/** Replaces the index with a copy. Must be called under its lock. */
export function replaceIndex(index: string, copy: string): void {
  try {
    renameSync(copy, index);
  } catch (error) {
    throw systemFailure(error, `replace ${index}`);
  }
}
