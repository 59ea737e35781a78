/** Finds folders that are links, since git commits nothing behind them. */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HostFailure } from '../host-failure.ts';

/**
 * Returns a function that rejects paths behind a link.
 * @param root absolute path of the repository
 * @returns a function of paths relative to the root, which need not exist; throws HostFailure `in-the-way` that names the
 * link
 */
export function notBehindLinks(root: string): (path: string) => void {
  const ordinary = new Set(['.', '/']);
  const check = (folder: string): void => {
    if (ordinary.has(folder)) return;
    check(dirname(folder));
    if (isLink(join(root, folder)))
      throw new HostFailure(
        'in-the-way',
        `${folder} is a link, and git commits nothing behind a link. Replace it with the folder that it leads to (${readlinkSync(join(root, folder))}).`,
      );
    ordinary.add(folder);
  };
  return path => check(dirname(path));
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Not there yet, or not accessible: whoever writes there reports that.
    return false;
  }
}

/** Returns the names in a folder, or none if it is not there. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not there yet, or not a folder: whoever writes there reports that.
    return [];
  }
}
