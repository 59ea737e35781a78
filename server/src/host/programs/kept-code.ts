/**
 * What programs of ours keep for their next start, in the person's cache folder: compiled code, and answers that took long. Code
 * that is read from there is run: it is taken only from a folder and a file that are the person's own and closed to others, and
 * only whole. Knows nothing of what is in it.
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
  /** What was kept under a name; null where there is nothing that can be trusted. Throws nothing. */
  read(name: string): Buffer | null;
  /** Keeps it as a whole or not at all, and lets go of the oldest. Throws nothing. */
  write(name: string, bytes: Uint8Array): void;
}

/** Files of a few megabytes each: all programs and commands of two versions. */
const MOST_FILES = 20;

type Environment = Readonly<Record<string, string | undefined>>;

/** @returns null where there is no place for code, or it is not wanted (`VARSMITH_NO_CODE_CACHE`) */
export function keptCode(env: Environment, platform: string = process.platform): KeptFiles | null {
  return env.VARSMITH_NO_CODE_CACHE ? null : keptFiles(env, 'code', platform);
}

/**
 * @param name of the folder among those of this program
 * @returns null where there is no place for it
 */
export function keptFiles(
  env: Environment,
  name: string,
  platform: string = process.platform,
): KeptFiles | null {
  // Who owns a file is not to be told elsewhere.
  const user = process.getuid?.();
  const caches = cacheFolder(env, platform);
  if (user === undefined || caches === null) return null;
  const folder = join(caches, 'varsmith', name);
  return {
    read(file) {
      try {
        return isOwnAlone(folder, user) ? wholeFile(join(folder, file), user) : null;
      } catch {
        // Nothing there, most likely; whatever it is, a program starts without.
        return null;
      }
    },
    write(file, bytes) {
      try {
        // Nothing is made in another user's home, as root would under `sudo`, nor a home that is not there.
        if (statSync(dirname(caches)).uid !== user) return;
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (!isOwnAlone(folder, user)) return;
        replace(join(folder, file), bytes);
        prune(folder);
      } catch {
        // A full disk, a closed folder: the next start is as slow as this one.
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

/** Returns null for what another user could have written, and for what was cut off. */
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

/** Not flushed: what a loss of power leaves half is told by its digest. */
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

/** Removes the oldest, with them what was begun and not finished. */
function prune(folder: string): void {
  const files = readdirSync(folder).map(name => join(folder, name));
  const ages = new Map(files.map(path => [path, statSync(path).mtimeMs]));
  files.sort((a, b) => (ages.get(b) ?? 0) - (ages.get(a) ?? 0));
  for (const path of files.slice(MOST_FILES)) rmSync(path, { force: true });
}
