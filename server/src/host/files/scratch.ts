/**
 * Temporary folders for plaintexts: in memory if the system allows it, private to the user, and removed afterwards.
 * The name identifies the process, so that leftovers of a killed process are found and removed by the next one.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { access, constants, lstat, readdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from '../../std.ts';
import { atEnd } from '../programs/ending.ts';
import { isRunning, processSpace, startOf } from '../programs/running.ts';
import { wipeFolder } from './wipe.ts';

export interface Scratch {
  /** Absolute path. */
  readonly path: string;
  /** False if the folder is on a disk, which may keep traces of deleted files. This deserves a warning. */
  readonly inMemory: boolean;
  /**
   * Removes everything, and overwrites files on a disk first. Never throws; `leftBehind` lists what could not be
   * removed.
   */
  wipe(): void;
}

/** `statfs` types of tmpfs and ramfs. */
const MEMORY = new Set([0x01021994, 0x858458f6]);

/**
 * Creates a scratch folder.
 * @param places folders to try for memory; by default `$XDG_RUNTIME_DIR` and `/dev/shm`
 */
export async function makeScratch(places?: readonly string[]): Promise<Scratch> {
  await sweepScratch();
  const { path, inMemory } = await scratchPlace(places);
  return scratchIn(path, inMemory);
}

/**
 * Returns the folder in which scratch folders are created.
 * @param places folders to try for memory; by default the usual ones
 */
export async function scratchPlace(
  places?: readonly string[],
): Promise<{ readonly path: string; readonly inMemory: boolean }> {
  const place = await (places === undefined ? usualPlace() : firstInMemory(places));
  return place === null ? { path: tmpdir(), inMemory: false } : { path: place, inMemory: true };
}

/**
 * Creates a folder inside a scratch folder, which is wiped separately.
 * @param path absolute path, which must not exist
 */
export function makeWithin({ inMemory }: Scratch, path: string): Scratch {
  mkdirSync(path, 0o700);
  return scratchAt(path, inMemory);
}

function scratchAt(path: string, inMemory: boolean): Scratch {
  return { path, inMemory, wipe: () => wipe(path, inMemory) };
}

const usualPlace = once(() => firstInMemory(memoryPlaces()));

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
  // The folder is created with mode 0700.
  const path = mkdtempSync(join(place, `varsmith-${await ownMark()}-`));
  const scratch = scratchAt(path, inMemory);
  const isWiped = atEnd(scratch.wipe);
  return {
    ...scratch,
    wipe() {
      isWiped();
      scratch.wipe();
    },
  };
}

/** Wipes a folder. Never throws, since a failure to clean up does not affect the result. */
function wipe(path: string, inMemory: boolean): void {
  // A script outside of a sandbox, or another sweep, has already removed it.
  if (!existsSync(path)) return;
  const wrong = wipeFolder(path, !inMemory);
  if (wrong !== null) left.set(path, wrong);
}

const left = new Map<string, string>();

/** Returns the scratch folders that this process could not remove, its own and those of dead processes, for display. */
export function leftBehind(): string[] {
  // A part may have been removed together with the whole.
  return [...left].filter(([path]) => existsSync(path)).map(([path, code]) => `${path} (${code})`);
}

const ownMark = once(() => markOf(process.pid));

/** Returns `<pid>.<start>.<space>`, which distinguishes a living process from a dead one. */
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
 * Removes the scratch folders of dead processes, once per process and place, before it has a folder of its own there.
 * @param places folders to search; by default all places for scratch folders
 * @returns the number of removed folders; `leftBehind` lists those that could not be removed
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
    // Processes of other containers are unknown.
    if (pid === undefined || where !== space || (await isSame(Number(pid), started as string))) continue;
    const path = join(place, name);
    // Another process may sweep the folder concurrently.
    const stats = await lstat(path).catch(() => null);
    if (stats === null || !stats.isDirectory() || stats.uid !== process.getuid?.()) continue;
    wipe(path, await isMemory(place));
    if (!left.has(path)) removed++;
  }
  return removed;
}

async function isSame(pid: number, started: string): Promise<boolean> {
  if (!(await isRunning(pid, null))) return false;
  const now = await startOf(pid);
  return now === null || started === '0' || short(now) === started;
}
