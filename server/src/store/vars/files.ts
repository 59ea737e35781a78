/**
 * The view that the store needs of a repository: names, kinds, links, and the text of metadata. Does not know how a
 * workspace provides it.
 */
import type { NixFiles } from '../../nix/eval/value.ts';

/** A symbolic link as written. */
export interface Link {
  readonly name: string;
  /** The target, absolute or relative to the link's folder. */
  readonly target: string;
}

/** Names and kinds; a link counts as its target. */
export type Tree = Pick<NixFiles, 'list' | 'kind'>;

/** Paths are relative to the root of the repository. */
export interface StoreFiles extends Tree, Pick<NixFiles, 'text'> {
  /**
   * Returns the symbolic links directly in a folder, including dangling ones, or `null` if there is no such folder.
   * Absent if links cannot be told from their targets; then no link is known to be dangling.
   */
  links?(directory: string): readonly Link[] | null;
}

/** The default folders of clan, sops-nix and agenix below the clan's folder. */
export const STORE_FOLDERS: readonly string[] = ['vars', 'sops', 'secrets'];

/** Returns the names of the folders in a folder. */
export function foldersIn(files: Tree, path: string): string[] {
  const names: string[] = [];
  for (const { name, kind } of files.list(path) ?? []) if (kind === 'directory') names.push(name);
  return names;
}

/** Returns a path below a folder, which may be the root. */
export function below(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}
