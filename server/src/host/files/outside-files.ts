/** Names and kinds of files, outside of repositories too. Knows nothing of what is in them. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, systemFailure } from '../host-failure.ts';

/** A circle of links must not hold us up. */
const MAX_DEPTH = 16;

/**
 * Returns all files below a folder, links followed.
 *
 * @param folder absolute; none: there are no files
 * @returns relative to the folder, with `/` between names
 * @throws HostFailure where a folder is there and cannot be read: what is in it is not known
 */
export async function filesBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  const open: { readonly path: string; readonly prefix: string; readonly depth: number }[] = [
    { path: folder, prefix: '', depth: 0 },
  ];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const name of await namesIn(at.path)) {
      const path = join(at.path, name);
      const kind = await kindOf(path);
      if (kind?.isFile()) paths.push(at.prefix + name);
      else if (kind?.isDirectory() && at.depth < MAX_DEPTH)
        open.push({ path, prefix: `${at.prefix}${name}/`, depth: at.depth + 1 });
    }
  }
  return paths;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw systemFailure(error, `look into ${folder}`);
  }
}

/** @param path absolute; links count as what they lead to */
export async function isFolder(path: string): Promise<boolean> {
  return (await kindOf(path))?.isDirectory() === true;
}

/** @param path absolute; links count as what they lead to */
export async function isFile(path: string): Promise<boolean> {
  return (await kindOf(path))?.isFile() === true;
}

/** @param path absolute; links count as what they lead to */
export async function isThere(path: string): Promise<boolean> {
  return (await kindOf(path)) !== null;
}

/** @throws HostFailure where it is not known what is there */
async function kindOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    throw systemFailure(error, `look at ${path}`);
  }
}
