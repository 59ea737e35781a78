/**
 * Paths of a workspace: relative to its root, with `/` between names, the root being the empty path. Knows of
 * names only; it reads nothing.
 */
import { isAbsolute, relative, sep } from 'node:path';

/** The path of an absolute file name inside `root`; null if it lies outside. */
export function pathInRoot(root: string, absolute: string): string | null {
  const path = relative(root, absolute);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return null;
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
