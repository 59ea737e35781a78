/**
 * Reads the files that git tracks from its index, since a flake sees no others. Starts no program. For unsupported
 * formats (a split or sparse index, a working copy of jj) the answer is unknown.
 * Source: git's Documentation/gitformat-index.adoc, versions 2 to 4.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { TrackedFiles } from '../checks/rule.ts';
import { readRegularFile } from '../host/files/regular-file.ts';

/** Limit for an index, which has about a hundred bytes per file. The files that lead to it are far smaller. */
const MAX_INDEX_BYTES = 512 * 1024 * 1024;
const MAX_SETTINGS_BYTES = 1024 * 1024;

export interface GitIndex {
  /** Returns the tracked files, or `null` if they are unknown. Reads the index again only if it has changed. */
  tracked(): TrackedFiles | null;
}

/**
 * Creates a reader of the index.
 * @param root absolute path of the workspace's folder; the repository may begin above it
 */
export function createGitIndex(root: string): GitIndex {
  let stamp = '';
  let last: TrackedFiles | null = null;
  return {
    tracked() {
      const place = repositoryOf(root);
      const now = place === null ? '' : stampOf(place.index);
      if (now === stamp) return last;
      stamp = now;
      last = place === null || now === '' ? null : readTracked(place, root);
      return last;
    },
  };
}

/**
 * Returns the absolute path of the index of a folder's repository, whether or not it exists, or `null` if there is no
 * repository.
 */
export function indexPathOf(root: string): string | null {
  return repositoryOf(root)?.index ?? null;
}

interface Repository {
  readonly folder: string;
  readonly index: string;
  readonly config: string;
}

function repositoryOf(root: string): Repository | null {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.jj'))) return null;
    const git = join(folder, '.git');
    const gitDirectory = gitFolder(git, folder);
    if (gitDirectory !== null)
      return { folder, index: join(gitDirectory, 'index'), config: configOf(gitDirectory) };
    if (existsSync(git) || dirname(folder) === folder) return null;
  }
}

/** Returns the folder of the repository's data. In a linked working tree, `.git` is a file that names it. */
function gitFolder(git: string, folder: string): string | null {
  try {
    if (statSync(git).isDirectory()) return git;
    const target = /^gitdir: (.+?)\s*$/.exec(settingsText(git) ?? '')?.[1];
    return target === undefined ? null : resolve(folder, target);
  } catch {
    return null;
  }
}

function configOf(data: string): string {
  const common = settingsText(join(data, 'commondir'))?.trim();
  return join(common ? resolve(data, common) : data, 'config');
}

function settingsText(path: string): string | null {
  return readRegularFile(path, MAX_SETTINGS_BYTES)?.toString('utf8') ?? null;
}

/** Returns a text that changes whenever the file does, or '' if there is no file. */
export function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
}

function readTracked({ folder, index, config }: Repository, root: string): TrackedFiles | null {
  const settings = settingsText(config);
  const bytes = readRegularFile(index, MAX_INDEX_BYTES);
  if (settings === null || bytes === null) return null;
  try {
    const paths = pathsIn(bytes, /^\s*objectformat\s*=\s*sha256/im.test(settings) ? 32 : 20);
    if (paths === null) return null;
    const below = relative(folder, root).split(sep).join('/');
    return trackedBelow(paths, below === '' ? '' : `${below}/`);
  } catch {
    // The file is truncated or not an index.
    return null;
  }
}

function trackedBelow(paths: readonly string[], prefix: string): TrackedFiles {
  const tracked = new Set<string>();
  for (const path of paths) {
    if (!path.startsWith(prefix)) continue;
    for (let end = path.length; end > prefix.length; end = path.lastIndexOf('/', end - 1)) {
      const part = path.slice(prefix.length, end);
      if (tracked.has(part)) break;
      tracked.add(part);
    }
  }
  return { has: path => tracked.has(path) };
}

const SPARSE_FOLDER = 0o040000;

/** Returns the paths in an index, or `null` if the index is not self-contained. */
function pathsIn(data: Buffer, hash: number): string[] | null {
  const version = data.readUInt32BE(4);
  if (data.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) return null;
  const count = data.readUInt32BE(8);
  const paths: string[] = [];
  let at = 12;
  let before = Buffer.alloc(0);
  for (let i = 0; i < count; i++) {
    const begin = at;
    if (data.readUInt32BE(at + 24) === SPARSE_FOLDER) return null;
    const flags = data.readUInt16BE(at + 40 + hash);
    at += 42 + hash + ((flags & 0x4000) === 0 ? 0 : 2);
    let kept = Buffer.alloc(0);
    if (version === 4) {
      const strip = readOffset(data, at);
      at = strip.next;
      kept = before.subarray(0, before.length - strip.value);
    }
    const end = data.indexOf(0, at);
    if (end === -1) return null;
    const path = Buffer.concat([kept, data.subarray(at, end)]);
    paths.push(path.toString('utf8'));
    before = path;
    // Entries of the older versions are padded with one to eight NUL bytes.
    at = version === 4 ? end + 1 : begin + Math.floor((end - begin + 8) / 8) * 8;
  }
  for (; at + 8 <= data.length - hash; at += 8 + data.readUInt32BE(at + 4)) {
    if (data.toString('latin1', at, at + 4) === 'link') return null;
  }
  return paths;
}

/** Reads a number in git's offset encoding. */
function readOffset(data: Buffer, from: number): { readonly value: number; readonly next: number } {
  let at = from;
  let byte = data.readUInt8(at++);
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = data.readUInt8(at++);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next: at };
}
