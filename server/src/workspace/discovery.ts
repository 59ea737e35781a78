/**
 * Finds the root of a fleet upward from a folder, and the `.nix` files below a root. Knows which folders to skip;
 * reads no files.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Disk } from './files/disk.ts';

/** Files and folders that mark a root, best first: clan's own marker, then those that `clan` and git use. */
const ROOT_MARKERS = ['.clan-flake', 'flake.nix', '.git'] as const;

/** Folders of tools, build results and dependencies. `result` is created by `nix build`. */
const IGNORED_FOLDERS: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.jj',
  '.svn',
  '.direnv',
  '.devenv',
  '.cache',
  'node_modules',
  'dist',
  'result',
]);

/** Folders of stored values, which never contain sources and often outnumber all others. */
const STORED_FOLDERS: ReadonlySet<string> = new Set([
  'vars/per-machine',
  'vars/shared',
  'vars/per-export',
  'sops/secrets',
  'sops/machines',
  'sops/users',
]);

/** Returns the best root marker in a folder (absolute path), or `null` if there is none. */
export function rootMarker(folder: string): string | null {
  return ROOT_MARKERS.find(marker => existsSync(join(folder, marker))) ?? null;
}

/** Returns the nearest folder with a marker at or above `start` (absolute path), or `null` if there is none. */
export function findRoot(start: string): string | null {
  for (let folder = start; ; ) {
    if (rootMarker(folder) !== null) return folder;
    const above = dirname(folder);
    if (above === folder) return null;
    folder = above;
  }
}

/** Returns whether a folder is not searched. */
function isIgnoredFolder(path: string, name: string): boolean {
  return IGNORED_FOLDERS.has(name) || name.startsWith('result-') || STORED_FOLDERS.has(path);
}

/**
 * Returns all `.nix` files of a folder in a stable order. Symbolic links are not followed: targets inside the root
 * are found on their own, and there can be no loops.
 * @param excluded returns true for paths that the settings exclude
 */
export function findNixFiles(disk: Disk, excluded: (path: string) => boolean): string[] {
  const files: string[] = [];
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const { name, kind } of disk.list(folder) ?? []) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (excluded(path) || disk.isLink(path)) continue;
      if (kind === 'directory') {
        if (!isIgnoredFolder(path, name)) open.push(path);
      } else if (name.endsWith('.nix')) files.push(path);
    }
  }
  return files.sort();
}

/** Returns whether a search from the root would find this file, judging by its path alone. */
export function isSearched(path: string, excluded: (path: string) => boolean): boolean {
  if (!path.endsWith('.nix')) return false;
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const folder = path.slice(0, end);
    if (excluded(folder) || isIgnoredFolder(folder, folder.slice(folder.lastIndexOf('/') + 1))) return false;
  }
  return !excluded(path);
}
