/** Looks up names and kinds of files, also outside of repositories. Knows nothing of their content. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, systemFailure } from '../host-failure.ts';

/** Limit that ends circular links. */
const MAX_DEPTH = 16;

/**
 * Returns all files below a folder, following links.
 * @param folder absolute path; a missing folder has no files
 * @returns paths relative to the folder, with `/` between names
 * @throws HostFailure if a folder exists but is unreadable, so that its content is unknown
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

/**
 * Returns whether a path is a folder, following links.
 * @param path absolute path
 */
export async function isFolder(path: string): Promise<boolean> {
  return (await kindOf(path))?.isDirectory() === true;
}

/**
 * Returns whether a path is a file, following links.
 * @param path absolute path
 */
export async function isFile(path: string): Promise<boolean> {
  return (await kindOf(path))?.isFile() === true;
}

/**
 * Returns whether a path exists, following links.
 * @param path absolute path
 */
export async function isThere(path: string): Promise<boolean> {
  return (await kindOf(path)) !== null;
}

/**
 * Returns the kind of a path, or `null` if it does not exist.
 * @throws HostFailure if the kind cannot be determined
 */
async function kindOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    throw systemFailure(error, `look at ${path}`);
  }
}
