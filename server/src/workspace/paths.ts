/**
 * Converts paths of a workspace, which are relative to its root with `/` between names; the root is the empty path.
 * Works on names only.
 */
import { isAbsolute, relative, sep } from 'node:path';

/** Returns the relative path of an absolute file name inside `root`, or `null` if it is outside. */
export function pathInRoot(root: string, absolute: string): string | null {
  const path = relative(root, absolute);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return null;
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
