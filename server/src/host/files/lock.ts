/**
 * Allows a single writer per repository. The lock is a file that names its holder, so that the lock of a dead process
 * is recognised. The holder is identified by process id and start time, since ids are reused.
 */
import { randomBytes } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { link, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { codeOf, HostFailure, systemFailure } from '../host-failure.ts';
import { isRunning, startOf } from '../programs/running.ts';
import { makeFolder, readIfThere } from './atomic.ts';

export interface Lock {
  /** @throws HostFailure if it stays; the next run removes it */
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** Distinguishes this process from a later one with the same id; `null` if the system does not say. */
  readonly started: string | null;
  readonly host: string;
  /** Distinguishes each acquisition of the lock. */
  readonly token: string;
}

/**
 * Takes the lock.
 * @param path absolute path of the lock file
 * @throws HostFailure `locked` if a living process holds it; `damaged` if the file is not a lock
 */
export async function takeLock(path: string): Promise<Lock> {
  const token = randomBytes(8).toString('hex');
  const mine: Holder = { pid: process.pid, started: await startOf(process.pid), host: hostname(), token };
  const beside = `${path}.${token}`;
  try {
    makeFolder(dirname(path));
    // Synchronous, since a partly written file would not name its holder.
    writeFileSync(beside, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
    // Retries once for the lock of a dead process, and once more for a faster rival.
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await linked(beside, path)) return { release: () => release(path, token) };
      const text = (await readIfThere(path))?.toString('utf8') ?? null;
      if (text === null) continue;
      const holder = parseHolder(text);
      if (holder === null)
        throw new HostFailure('damaged', `${path} is in the way: it is not a lock of Varsmith. Delete it.`);
      if (await isAlive(holder)) throw heldBy(path, holder);
      await clear(path, text);
    }
    throw new HostFailure('locked', `Another process is taking the lock ${path}. Try again.`);
  } catch (error) {
    throw systemFailure(error, `take the lock ${path}`);
  } finally {
    // Swept later if it stays.
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

/**
 * Removes files that dead processes have left beside a lock while taking it. Must be called under the lock.
 * @param path path of the lock file
 */
export async function sweepClaims(path: string): Promise<void> {
  const name = `${basename(path)}.`;
  for (const entry of await readdir(dirname(path))) {
    if (!entry.startsWith(name) || !CLAIM.test(entry.slice(name.length))) continue;
    const claim = join(dirname(path), entry);
    const holder = parseHolder((await readIfThere(claim))?.toString('utf8') ?? '');
    const isGone = holder === null ? isOld(claim) : !(await isAlive(holder));
    if (isGone) await rm(claim, { force: true });
  }
}

/** Matches a file that another process is about to link to the lock, or a stale lock that was moved aside. */
const CLAIM = /^[0-9a-f]{16}(\.stale)?$/;

/** Returns whether a file is too old to still be in the process of being written. */
function isOld(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > 60_000;
}

/** Links a file to another name, so that it appears there completely or not at all. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock aside. If it turns out to be a rival's new lock, puts it back. */
async function clear(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(8).toString('hex')}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if ((await readFile(aside, 'utf8')) !== stale) await linked(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}

async function release(path: string, token: string): Promise<void> {
  try {
    const text = (await readIfThere(path))?.toString('utf8') ?? '';
    if (parseHolder(text)?.token === token) await rm(path, { force: true });
  } catch (error) {
    throw systemFailure(error, `remove the lock ${path}`);
  }
}

function heldBy(path: string, { pid, host }: Holder): HostFailure {
  const where = host === hostname() ? '' : ` on ${host}`;
  return new HostFailure(
    'locked',
    `Varsmith is already running here (process ${pid}${where}).`,
    `Wait for it, or delete ${path} if the process no longer exists.`,
  );
}

async function isAlive({ pid, started, host }: Holder): Promise<boolean> {
  // Processes of another computer are unknown, so they count as alive.
  return host !== hostname() || isRunning(pid, started);
}

/** Returns the holder in a lock file, or `null` if another program wrote it, since ours are written atomically. */
function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text);
    return Number.isInteger(value?.pid) && typeof value.host === 'string' ? (value as Holder) : null;
  } catch {
    return null;
  }
}
