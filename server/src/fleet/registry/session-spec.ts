/** Where a fleet says what its sessions do when they start: in a file of a fixed name beside the registry. */
import { folderOf, joinPath } from '../../nix/eval/paths.ts';

const NAME = 'session-vars-spec.nix';

/** Returns the file that belongs to a registry, whether it is there or not. */
export function sessionSpecOf(registry: string): string {
  return joinPath(folderOf(registry), NAME) as string;
}

export function isSessionSpec(path: string): boolean {
  return path === NAME || path.endsWith(`/${NAME}`);
}
