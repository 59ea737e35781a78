/**
 * What the store needs to see of a repository: names, kinds, links, and the text of metadata. Knows nothing of how
 * a workspace comes by them.
 */
import type { NixFiles } from '../../nix/eval/value.ts';

/** A symbolic link as it is written. */
export interface Link {
  readonly name: string;
  /** Relative to the folder that the link lies in, unless it is absolute. */
  readonly target: string;
}

/** Names and kinds; links count as what they lead to. */
export type Tree = Pick<NixFiles, 'list' | 'kind'>;

/** Paths are relative to the root of the repository. */
export interface StoreFiles extends Tree, Pick<NixFiles, 'text'> {
  /**
   * The symbolic links directly in a folder, those that lead nowhere included. Null: there is no such folder.
   * Where a workspace cannot tell, the method is absent; then no link is known to be dangling.
   */
  links?(directory: string): readonly Link[] | null;
}

/** Where clan, sops-nix and agenix keep things by default, below the folder of the clan. */
export const STORE_FOLDERS: readonly string[] = ['vars', 'sops', 'secrets'];

/** Returns the names of the folders in a folder. */
export function foldersIn(files: Tree, path: string): string[] {
  const names: string[] = [];
  for (const { name, kind } of files.list(path) ?? []) if (kind === 'directory') names.push(name);
  return names;
}

/** Returns a path below a folder that may be the root. */
export function below(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}
