/**
 * The workspaces of a client: one for each open folder, where the innermost owns a file, and one for the fleet around
 * a document that is in none of them. Knows no protocol beyond URIs.
 */
import { dirname } from 'node:path';
import { pathInRoot } from '../workspace/paths.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { WorkspaceOptions } from '../workspace/workspace-state.ts';

interface Owned {
  readonly workspace: Workspace;
  /** Relative to the workspace's root. */
  readonly path: string;
}

export interface Folders {
  all(): readonly Workspace[];
  /** Returns the roots of the client's open folders. */
  opened(): readonly string[];
  /** Replaces the folders. Workspaces of remaining folders with the same nested folders are kept. */
  set(roots: readonly string[]): {
    readonly added: readonly Workspace[];
    readonly removed: readonly Workspace[];
  };
  /** Returns the workspace of a file, or `null` if it is in no folder and has not been adopted. */
  owner(absolute: string): Owned | null;
  /** Returns the workspace of a file, creating one if it has none. */
  adopt(absolute: string): Owned;
  /** Removes a workspace made by `adopt` if it contains none of the given files (absolute paths). */
  abandon(workspace: Workspace, stillOpen: Iterable<string>): boolean;
}

export type WorkspaceMaker = (options: Pick<WorkspaceOptions, 'root' | 'foreign' | 'search'>) => Workspace;

/**
 * Creates the workspaces of a client.
 * @param findRoot returns the nearest fleet root at or above a folder (absolute path), or `null`
 */
export function createFolders(make: WorkspaceMaker, findRoot: (start: string) => string | null): Folders {
  let opened: { readonly workspace: Workspace; readonly foreign: string }[] = [];
  let adopted: Workspace[] = [];

  const all = () => [...opened.map(({ workspace }) => workspace), ...adopted];

  const folders: Folders = {
    all,
    opened: () => opened.map(({ workspace }) => workspace.root),
    set(roots) {
      const before = opened;
      opened = [...new Set(roots)].map(root => {
        const inside = roots.map(other => pathInRoot(root, other)).filter(path => path !== null);
        const foreign = inside.filter(path => path !== '').sort();
        const key = foreign.join('\0');
        const kept = before.find(folder => folder.workspace.root === root && folder.foreign === key);
        return kept ?? { workspace: make({ root, foreign }), foreign: key };
      });
      // An open folder replaces adopted workspaces inside it.
      const gone = adopted.filter(({ root }) => roots.some(other => pathInRoot(other, root) !== null));
      adopted = adopted.filter(workspace => !gone.includes(workspace));
      return {
        added: opened.filter(folder => !before.includes(folder)).map(({ workspace }) => workspace),
        removed: [
          ...before.filter(folder => !opened.includes(folder)).map(({ workspace }) => workspace),
          ...gone,
        ],
      };
    },
    owner(absolute) {
      let best: Owned | null = null;
      for (const workspace of all()) {
        const path = pathInRoot(workspace.root, absolute);
        if (path === null || (best && best.workspace.root.length >= workspace.root.length)) continue;
        best = { workspace, path };
      }
      return best;
    },
    adopt(absolute) {
      const owned = folders.owner(absolute);
      if (owned) return owned;
      const folder = dirname(absolute);
      const root = findRoot(folder);
      // Without a root there would be no limit to the search, such as the home folder or the whole disk.
      const workspace = root === null ? make({ root: folder, search: false }) : make({ root });
      adopted.push(workspace);
      return { workspace, path: pathInRoot(workspace.root, absolute) as string };
    },
    abandon(workspace, stillOpen) {
      if (!adopted.includes(workspace)) return false;
      for (const absolute of stillOpen) if (folders.owner(absolute)?.workspace === workspace) return false;
      adopted = adopted.filter(candidate => candidate !== workspace);
      return true;
    },
  };
  return folders;
}
