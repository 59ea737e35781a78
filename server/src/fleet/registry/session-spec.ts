/**
 * Locates the file of a fleet that declares what sessions do when they start; it has a fixed name and is beside the
 * registry.
 */
import { folderOf, joinPath } from '../../nix/eval/paths.ts';

const NAME = 'session-vars-spec.nix';

/** Returns the path of the file for a registry, which may not exist. */
export function sessionSpecOf(registry: string): string {
  return joinPath(folderOf(registry), NAME) as string;
}

export function isSessionSpec(path: string): boolean {
  return path === NAME || path.endsWith(`/${NAME}`);
}
