/**
 * The folder of a workspace on disk: its entries, and the texts of its text files. Folders are cached until `forget`.
 * Never leaves the folder, not even through a symbolic link, and never throws; failures are recorded. Knows nothing
 * of Nix or of open documents.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, skippedOf } from './disk.ts';
import {
  createFolderCache,
  folderAt,
  forgetFolders,
  forgetPath,
  isLinkAt,
  kindAt,
  linksIn,
} from './disk-folders.ts';
import { readStart, readText } from './file-text.ts';

/**
 * Creates a disk for a folder.
 * @param root absolute path of the folder
 */
export function createDisk(root: string): Required<Disk> {
  const cache = createFolderCache(root);
  const isFile = (path: string) => kindAt(cache, path) === 'file';
  return {
    kind: path => kindAt(cache, path),
    list: path => folderAt(cache, path)?.listed ?? null,
    read(path) {
      if (!isFile(path)) return null;
      const result = readText(join(root, path));
      if ('text' in result) {
        cache.unread.delete(path);
        return result.text;
      }
      cache.unread.set(path, result.reason);
      return null;
    },
    start: path => (isFile(path) ? readStart(join(root, path)) : null),
    isExecutable: path =>
      process.platform === 'win32' || !isFile(path) ? null : isExecutableFile(join(root, path)),
    isLink: path => isLinkAt(cache, path),
    links: path => linksIn(cache, path),
    skipped: () => skippedOf(cache.unread),
    forget: path => forgetPath(cache, path),
    forgetAll: () => forgetFolders(cache),
  };
}

function isExecutableFile(absolute: string): boolean | null {
  try {
    return (statSync(absolute).mode & 0o111) !== 0;
  } catch {
    // Removed since the folder was read.
    return null;
  }
}
