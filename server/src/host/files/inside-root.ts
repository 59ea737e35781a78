/** Ensures that paths stay inside a repository. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { HostFailure } from '../host-failure.ts';

/**
 * Returns a function that throws for paths that lead out of a repository, by their names or through a link.
 * @param root absolute path
 */
export function insideOf(root: string): (path: string) => void {
  const realFolders = new Map<string, string | null>();
  const real = (folder: string) => {
    const cached = realFolders.get(folder);
    if (cached !== undefined) return cached;
    const made = realFolder(folder);
    realFolders.set(folder, made);
    return made;
  };
  return path => mustBeInside(root, path, real);
}

/**
 * Returns the real path of a folder, or `null` if it does not exist yet, as most of those that are about to be
 * created.
 */
function realFolder(folder: string): string | null {
  try {
    return existsSync(folder) ? realpathSync.native(folder) : null;
  } catch {
    // Removed since, or not accessible: the folder above it decides.
    return null;
  }
}

/** Parts that are not names of files, and git's own folder, also as file systems without upper case know it. */
const NO_NAMES = new Set(['', '.', '..', '.git']);

function mustBeInside(root: string, path: string, realOf: (folder: string) => string | null): void {
  const outside = new HostFailure('outside', `"${path}" would lead out of the repository.`);
  if (isAbsolute(path) || path.split('/').some(name => NO_NAMES.has(name.toLowerCase()))) throw outside;
  const real = realOf(root) ?? root;
  for (let folder = dirname(join(root, path)); folder.length >= root.length; folder = dirname(folder)) {
    const realFolderPath = realOf(folder);
    if (realFolderPath === null) continue;
    if (realFolderPath !== real && !realFolderPath.startsWith(real + sep)) throw outside;
    return;
  }
}
