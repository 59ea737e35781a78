/**
 * One writer a repository. The lock is a file that says who holds it, so that the lock of a process that is gone is
 * recognised: by its id together with the moment it started, since ids are used again.
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
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** What tells this process from a later one with the same id; null where the system does not say. */
  readonly started: string | null;
  readonly host: string;
  /** Makes every taking of the lock its own. */
  readonly token: string;
}

/**
 * Takes the lock.
 *
 * @param path absolute path of the lock file
 * @throws HostFailure `locked`: a living process holds it; `damaged`: something else lies there
 */
export async function takeLock(path: string): Promise<Lock> {
  const token = randomBytes(8).toString('hex');
  const mine: Holder = { pid: process.pid, started: await startOf(process.pid), host: hostname(), token };
  const beside = `${path}.${token}`;
  try {
    makeFolder(dirname(path));
    // At once: cut off in its middle, it would not say whose it is.
    writeFileSync(beside, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
    // Once for the lock of a process that is gone, once more for a rival who was quicker.
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await linked(beside, path)) return { release: () => release(path, token) };
      const text = (await readIfThere(path))?.toString('utf8') ?? null;
      if (text === null) continue;
      const holder = parseHolder(text);
      if (holder === null)
        throw new HostFailure('damaged', `${path} is in the way: it is not a lock of Varsmith's. Delete it.`);
      if (await isAlive(holder)) throw heldBy(path, holder);
      await clear(path, text);
    }
    throw new HostFailure('locked', `Others are taking the lock ${path} at the same moment. Try again.`);
  } catch (error) {
    throw systemFailure(error, `take the lock ${path}`);
  } finally {
    await rm(beside, { force: true });
  }
}

/**
 * Removes what processes that are gone have left beside a lock while they took it. To be called under the lock.
 *
 * @param path of the lock file
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

/** A file that another process is about to link to the lock, or a stale lock that was moved aside. */
const CLAIM = /^[0-9a-f]{16}(\.stale)?$/;

/** No program takes that long to write a line. */
function isOld(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > 60_000;
}

/** A file appears under its name with its content, or not at all. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock aside; what a rival has put there in the meantime is put back. */
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
  const text = (await readIfThere(path))?.toString('utf8') ?? '';
  if (parseHolder(text)?.token === token) await rm(path, { force: true });
}

function heldBy(path: string, { pid, host }: Holder): HostFailure {
  const where = host === hostname() ? '' : ` on ${host}`;
  return new HostFailure(
    'locked',
    `Varsmith is already at work here (process ${pid}${where}). Wait for it, or delete ${path} if it is gone.`,
  );
}

async function isAlive({ pid, started, host }: Holder): Promise<boolean> {
  // Of another computer's processes nothing is known.
  return host !== hostname() || isRunning(pid, started);
}

/** Returns null for a file that something else has written: ours appear as a whole. */
function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text);
    return Number.isInteger(value?.pid) && typeof value.host === 'string' ? (value as Holder) : null;
  } catch {
    return null;
  }
}
