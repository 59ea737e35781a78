/** The names that open documents bring into folders. What a question costs does not depend on how many are open. */

import { folderOf } from '../../nix/eval/paths.ts';

export interface OpenNames {
  add(path: string): void;
  remove(path: string): void;
  /** Returns the names directly in a folder of open documents, and of the folders that lead to them. */
  in(folder: string): ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function createOpenNames(): OpenNames {
  const open = new Set<string>();
  const names = new Map<string, Set<string>>();
  return {
    add(path) {
      open.add(path);
      for (let at = path; at !== ''; at = folderOf(at)) {
        const inFolder = names.get(folderOf(at)) ?? new Set();
        names.set(folderOf(at), inFolder.add(lastNameOf(at)));
      }
    },
    remove(path) {
      open.delete(path);
      for (let at = path; at !== '' && !open.has(at) && !names.has(at); at = folderOf(at)) {
        const inFolder = names.get(folderOf(at));
        inFolder?.delete(lastNameOf(at));
        if (inFolder?.size === 0) names.delete(folderOf(at));
      }
    },
    in: folder => names.get(folder) ?? NONE,
  };
}

function lastNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
