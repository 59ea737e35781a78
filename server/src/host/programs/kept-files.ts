/**
 * Caches what our programs keep for their next start, in the person's cache folder: compiled code, and answers that took long.
 * Since code is executed, files are only read from a folder and a file that belong to the person and are closed to others, and
 * only if complete. Knows nothing of what the files contain.
 */

import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { homeIn } from './home.ts';

/** Files in a folder of the person's caches. */
export interface KeptFiles {
  /** Returns what is stored under a name, or `null` if there is nothing that can be trusted. Never throws. */
  read(name: string): Buffer | null;
  /** Stores bytes atomically, and removes the oldest entries. Never throws. */
  write(name: string, bytes: Uint8Array): void;
}

/** Enough for all programs and commands of two versions, at a few megabytes per file. */
const MOST_FILES = 20;

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the cache of code, or `null` if there is no place for it, or it is disabled (`VARSMITH_NO_CODE_CACHE`). */
export function keptCode(env: Environment, platform: string = process.platform): KeptFiles | null {
  return env.VARSMITH_NO_CODE_CACHE ? null : keptFiles(env, 'code', platform);
}

/**
 * Returns a cache, or `null` if there is no place for it.
 * @param name of its folder
 */
export function keptFiles(
  env: Environment,
  name: string,
  platform: string = process.platform,
): KeptFiles | null {
  // Other systems do not tell the owner of a file.
  const user = process.getuid?.();
  const caches = cacheFolder(env, platform);
  if (user === undefined || caches === null) return null;
  const folder = join(caches, 'varsmith', name);
  return {
    read(file) {
      try {
        return isOwnAlone(folder, user) ? wholeFile(join(folder, file), user) : null;
      } catch {
        // Usually a missing file. In any case, the program starts without it.
        return null;
      }
    },
    write(file, bytes) {
      try {
        // Creates nothing in another user's home, as with `sudo`, nor in a home that does not exist.
        if (statSync(dirname(caches)).uid !== user) return;
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (!isOwnAlone(folder, user)) return;
        replace(join(folder, file), bytes);
        prune(folder);
      } catch {
        // A full disk or a closed folder; the next start is as slow as this one.
      }
    },
  };
}

function cacheFolder(env: Environment, platform: string): string | null {
  const home = homeIn(env);
  const usual = home && join(home, platform === 'darwin' ? 'Library/Caches' : '.cache');
  const folder = env.XDG_CACHE_HOME || usual;
  return folder !== null && isAbsolute(folder) ? folder : null;
}

function isOwnAlone(folder: string, user: number): boolean {
  const stats = lstatSync(folder);
  return stats.isDirectory() && stats.uid === user && (stats.mode & 0o077) === 0;
}

const DIGEST_BYTES = 32;

/** Returns the content of a file, or `null` if another user could have written it, or it is truncated. */
function wholeFile(path: string, user: number): Buffer | null {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.uid !== user || (stats.mode & 0o077) !== 0) return null;
    const bytes = readFileSync(file);
    const code = bytes.subarray(DIGEST_BYTES);
    return digest(code).equals(bytes.subarray(0, DIGEST_BYTES)) ? code : null;
  } finally {
    closeSync(file);
  }
}

/** Replaces a file without flushing, as its digest reveals a partial write. */
function replace(path: string, code: Uint8Array): void {
  const beside = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    writeFileSync(beside, Buffer.concat([digest(code), code]), { mode: 0o600, flag: 'wx' });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Removes the oldest files, including unfinished ones. */
function prune(folder: string): void {
  const files = readdirSync(folder).map(name => join(folder, name));
  const ages = new Map(files.map(path => [path, statSync(path).mtimeMs]));
  files.sort((a, b) => (ages.get(b) ?? 0) - (ages.get(a) ?? 0));
  for (const path of files.slice(MOST_FILES)) rmSync(path, { force: true });
}
