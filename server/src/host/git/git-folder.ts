/** Checks git's own folder before git runs, since git reads certain files to their end, which a pipe does not have. */
import { lstatSync, type Stats, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { readRegularFile } from '../files/regular-file.ts';
import { HostFailure } from '../host-failure.ts';

/** The files that git reads in any operation. */
const ALWAYS_READ = [
  ...['HEAD', 'config', 'config.worktree', 'commondir', 'index', 'packed-refs', 'shallow'],
  ...['info/attributes', 'info/exclude', 'info/grafts', 'objects/info/alternates'],
];

/** Limit for a `.git` file that names another folder. */
const MAX_LINK_BYTES = 64 * 1024;

/**
 * Rejects a repository with a pipe, a device or the like where git would read a file.
 * @param root absolute path of a folder; the repository may begin above it
 * @throws HostFailure `in-the-way` naming the file
 */
export function mustBeOrdinary(root: string): void {
  const git = gitAbove(root);
  if (git === null) return;
  const named = /^gitdir: (.+?)\s*$/.exec(readRegularFile(git, MAX_LINK_BYTES)?.toString('utf8') ?? '')?.[1];
  const folder = named === undefined ? git : resolve(dirname(git), named);
  const common = readRegularFile(join(folder, 'commondir'), MAX_LINK_BYTES)?.toString('utf8').trim();
  for (const place of [folder, ...(common ? [resolve(folder, common)] : [])])
    for (const name of ALWAYS_READ) {
      const path = join(place, name);
      const stats = statOrNull(path);
      if (stats === null || stats.isFile() || stats.isDirectory()) continue;
      throw new HostFailure(
        'in-the-way',
        `${path} is not a regular file, so git is not asked: it would wait for it forever.`,
      );
    }
}

/**
 * Returns the top of the work tree that contains a folder, or `null` without git.
 * @param root absolute path
 */
export function topOfWorkTree(root: string): string | null {
  const git = gitAbove(root);
  return git === null ? null : dirname(git);
}

/**
 * Returns whether there is a repository for a folder, whatever git says of it: looks for one where git would.
 * @param root absolute path
 * @param env the person's environment variables
 */
export function hasRepository(root: string, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.GIT_DIR) return true;
  const git = gitAbove(root, env.GIT_CEILING_DIRECTORIES?.split(delimiter) ?? []);
  if (git === null) return false;
  const isAcross = /^(1|true|yes|on)$/i.test(env.GIT_DISCOVERY_ACROSS_FILESYSTEM ?? '');
  return isAcross || statOrNull(dirname(git))?.dev === statOrNull(root)?.dev;
}

/** @param ceilings folders that are not looked into, unless one is the root */
function gitAbove(root: string, ceilings: readonly string[] = []): string | null {
  for (let folder = root; ; folder = dirname(folder)) {
    const git = join(folder, '.git');
    if (lstatSync(git, { throwIfNoEntry: false }) !== undefined) return git;
    if (dirname(folder) === folder || ceilings.includes(dirname(folder))) return null;
  }
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    // Missing or inaccessible; git itself reports that.
    return null;
  }
}
