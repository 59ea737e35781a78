/**
 * A folder for plaintexts: in memory where the system has such a place, for this user alone, and gone afterwards.
 */
import { access, chmod, constants, mkdtemp, open, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
export async function makeScratch(places: readonly string[] = memoryPlaces()): Promise<Scratch> {
  for (const place of places) {
    if (!(await isMemory(place))) continue;
    return scratchIn(place, true);
  }
  return scratchIn(tmpdir(), false);
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
  const path = await mkdtemp(join(place, 'varsmith-'));
  return {
    path,
    inMemory,
    async wipe() {
      await prepare(path, !inMemory);
      await rm(path, { recursive: true, force: true });
    },
  };
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
