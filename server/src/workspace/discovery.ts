/**
 * Finding things: the root of a fleet upward from a folder, and the `.nix` files downward from a root. Knows
 * which folders are never worth a look; it does not read files.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Disk } from './files/disk.ts';

/** Names that mark a root, best first: clan's own marker, then those that `clan` and git use. */
const ROOT_MARKERS = ['.clan-flake', 'flake.nix', '.git'] as const;

/** Folders of tools, build results and dependencies. `result` is what `nix build` leaves behind. */
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

/** Stored values, a folder for each: never sources, and often more of them than of everything else. */
const STORED_FOLDERS: ReadonlySet<string> = new Set([
  'vars/per-machine',
  'vars/shared',
  'vars/per-export',
  'sops/secrets',
  'sops/machines',
  'sops/users',
]);

/** Returns the best marker of a folder (absolute) as a root, or `null` if there is none. */
export function rootMarker(folder: string): string | null {
  return ROOT_MARKERS.find(marker => existsSync(join(folder, marker))) ?? null;
}

/** The nearest folder at or above `start` (absolute) that holds a marker; null if none does. */
export function findRoot(start: string): string | null {
  for (let folder = start; ; ) {
    if (rootMarker(folder) !== null) return folder;
    const above = dirname(folder);
    if (above === folder) return null;
    folder = above;
  }
}

/** True for a folder that is not searched. */
function isIgnoredFolder(path: string, name: string): boolean {
  return IGNORED_FOLDERS.has(name) || name.startsWith('result-') || STORED_FOLDERS.has(path);
}

/**
 * All `.nix` files of a folder, in a stable order. Symbolic links are not followed: their targets inside the
 * root are found by themselves, and there are no loops.
 * @param excluded true for paths that settings keep out
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

/** True if a walk from the root would come to this file, going by its names alone. */
export function isSearched(path: string, excluded: (path: string) => boolean): boolean {
  if (!path.endsWith('.nix')) return false;
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const folder = path.slice(0, end);
    if (excluded(folder) || isIgnoredFolder(folder, folder.slice(folder.lastIndexOf('/') + 1))) return false;
  }
  return !excluded(path);
}
