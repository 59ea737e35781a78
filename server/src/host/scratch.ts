/**
 * A folder for plaintexts: in memory where the system has such a place, for this user alone, and gone afterwards. Its
 * name says whose it is, so that what a process leaves behind that is killed is found and removed by the next one.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { access, chmod, constants, lstat, open, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, processSpace, startOf } from './running.ts';

export interface Scratch {
  /** Absolute. */
  readonly path: string;
  /** False: it lies on a disk, which may keep traces of what is deleted. Worth a warning. */
  readonly inMemory: boolean;
  /** Removes everything; on a disk, overwrites it first. */
  wipe(): Promise<void>;
}

/** `statfs` types of tmpfs and ramfs. */
const MEMORY = new Set([0x01021994, 0x858458f6]);

/** @param places where to look for memory; by default `$XDG_RUNTIME_DIR` and `/dev/shm` */
export async function makeScratch(places?: readonly string[]): Promise<Scratch> {
  await sweepScratch();
  usual ??= firstInMemory(memoryPlaces());
  const place = await (places === undefined ? usual : firstInMemory(places));
  return place === null ? scratchIn(tmpdir(), false) : scratchIn(place, true);
}

/** A folder in one, which is wiped by itself. @param path absolute, where there is nothing yet */
export function makeWithin({ inMemory }: Scratch, path: string): Scratch {
  mkdirSync(path, 0o700);
  return { path, inMemory, wipe: () => wipe(path, inMemory) };
}

/** Looked for once a process. */
let usual: Promise<string | null> | null = null;

async function firstInMemory(places: readonly string[]): Promise<string | null> {
  for (const place of places) if (await isMemory(place)) return place;
  return null;
}

function memoryPlaces(): string[] {
  const runtime = process.env.XDG_RUNTIME_DIR;
  return ['/dev/shm', ...(runtime ? [runtime] : [])];
}

async function isMemory(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return MEMORY.has((await statfs(path)).type);
  } catch {
    return false;
  }
}

async function scratchIn(place: string, inMemory: boolean): Promise<Scratch> {
  // 0700 by itself.
  const path = mkdtempSync(join(place, `varsmith-${await ownMark()}-`));
  return { path, inMemory, wipe: () => wipe(path, inMemory) };
}

async function wipe(path: string, inMemory: boolean): Promise<void> {
  // A script outside of a sandbox, or a sweep, was faster.
  if (!existsSync(path)) return;
  if (inMemory && removed(path)) return;
  await prepare(path, !inMemory);
  await rm(path, { recursive: true, force: true });
}

/** In memory nothing has to be waited for, and a detour through other threads costs more than the work. */
function removed(path: string): boolean {
  try {
    removeFolder(path);
    return true;
  } catch {
    // A script has closed a folder in it.
    return false;
  }
}

/** What Node has for it looks at each file several times. */
function removeFolder(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const one = join(path, entry.name);
    if (entry.isDirectory()) removeFolder(one);
    else unlinkSync(one);
  }
  rmdirSync(path);
}

let mark: Promise<string> | null = null;

/** `<pid>.<start>.<space>`: a process that lives, or one that is gone. */
function ownMark(): Promise<string> {
  mark ??= markOf(process.pid);
  return mark;
}

async function markOf(pid: number): Promise<string> {
  const started = await startOf(pid);
  return `${pid}.${started === null ? '0' : short(started)}.${short(await processSpace())}`;
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

const MARKED = /^varsmith-(\d+)\.([0-9a-f]+)\.([0-9a-f]+)-\w+$/;

const swept = new Map<string, Promise<number>>();

/**
 * Removes the scratch folders of processes that are gone, from each place once a process: before it has anything of its
 * own to lose there.
 *
 * @param places where to look; by default wherever scratch folders are made
 * @returns how many there were
 */
export async function sweepScratch(
  places: readonly string[] = [...memoryPlaces(), tmpdir()],
): Promise<number> {
  let removed = 0;
  for (const place of places) {
    const sweeping = swept.get(place) ?? sweepPlace(place);
    swept.set(place, sweeping);
    removed += await sweeping;
  }
  return removed;
}

async function sweepPlace(place: string): Promise<number> {
  const space = short(await processSpace());
  let removed = 0;
  for (const name of await readdir(place).catch(() => [])) {
    const [, pid, started, where] = MARKED.exec(name) ?? [];
    // Of the processes of another container nothing is known.
    if (pid === undefined || where !== space || (await isSame(Number(pid), started as string))) continue;
    const path = join(place, name);
    try {
      const found = await lstat(path);
      if (!found.isDirectory() || found.uid !== process.getuid?.()) continue;
      await wipe(path, await isMemory(place));
      removed++;
    } catch {
      // Another process is sweeping it at the same moment.
    }
  }
  return removed;
}

async function isSame(pid: number, started: string): Promise<boolean> {
  if (!(await isRunning(pid, null))) return false;
  const now = await startOf(pid);
  return now === null || started === '0' || short(now) === started;
}

/** Makes folders removable that a script has closed, and overwrites files where that is of use. */
async function prepare(folder: string, overwriting: boolean): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await prepare(path, overwriting);
    else if (entry.isFile() && overwriting) await overwrite(path);
  }
}

async function overwrite(path: string): Promise<void> {
  await chmod(path, 0o600);
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const zeros = Buffer.alloc(Math.min(size, 64 * 1024));
    for (let at = 0; at < size; at += zeros.length)
      await handle.write(zeros, 0, Math.min(zeros.length, size - at), at);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
