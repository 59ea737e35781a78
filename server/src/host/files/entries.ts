/**
 * Lists the content of a repository's folder, so that it can be recreated elsewhere: files with their bytes, links
 * with their targets.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { HostFailure, systemFailure } from '../host-failure.ts';
import { regularBytes } from './regular-file.ts';

/** Paths are relative to the root, with `/` between names. */
export type Entry =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly bytes: Buffer;
      /** Permissions. */
      readonly mode: number;
      /** SHA-256 of the bytes in hexadecimal. */
      readonly sha256: string;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Limit above the size of any value or configuration. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Returns the files and links at and below a path, sorted by name in each folder, without following links.
 * @param root absolute path
 * @throws HostFailure for anything but files, links and folders, and for what cannot be read
 */
export function entriesAt(root: string, path: string): Entry[] {
  const absolute = join(root, path);
  try {
    const stats = lstatSync(absolute);
    if (stats.isSymbolicLink()) return [{ kind: 'link', path, target: readlinkSync(absolute) }];
    if (stats.isDirectory())
      return readdirSync(absolute)
        .sort()
        .flatMap(name => entriesAt(root, `${path}/${name}`));
    if (!stats.isFile())
      throw new HostFailure('in-the-way', `${path} is neither a file nor a folder, so it is not moved.`);
    const bytes = regularBytes(absolute, MAX_BYTES);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return [{ kind: 'file', path, bytes, mode: stats.mode & 0o777, sha256 }];
  } catch (error) {
    throw systemFailure(error, `read ${path}`);
  }
}
