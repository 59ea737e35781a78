/** Makes references to a flake, in its folder and in Nix's store, and turns Nix's paths into the fleet's. */

import type { FlakeMetadata, OwnPath } from './reply.ts';

/** A flake in a folder, perhaps below the top of a work tree of git. */
export interface FlakeFolder {
  /** Absolute. */
  readonly root: string;
  /** The top of git's work tree; null without git. */
  readonly top: string | null;
}

/** Returns a reference to the flake as git sees it, changes included, or to all files of the folder without git. */
export function referenceTo(folder: FlakeFolder): string {
  const { root, top } = folder;
  if (top === null) return `path:${encodeURI(root).replace(/[?#]/g, encodeURIComponent)}`;
  const inside = insideOf(folder);
  const query = inside === '' ? '' : `?dir=${encodeURIComponent(inside)}`;
  return `git+file://${encodeURI(top).replace(/[?#]/g, encodeURIComponent)}${query}`;
}

/**
 * Returns a reference to the copy in Nix's store. It is pure, names the commit that it was copied from, and stays the same for every
 * machine while files change.
 */
export function lockedReference(
  folder: FlakeFolder,
  { path, locked, lastModified, revision }: FlakeMetadata,
): string {
  const inside = insideOf(folder);
  const query = new URLSearchParams({
    narHash: locked.narHash,
    ...(inside === '' ? {} : { dir: inside }),
    ...(lastModified === undefined ? {} : { lastModified: String(lastModified) }),
    ...(revision === undefined ? {} : { rev: revision }),
  });
  // Nix reads no `+` as a space.
  return `path:${path}?${query.toString().replaceAll('+', '%20')}`;
}

/** Returns a function that turns paths in Nix's store, or in the flake's folder, into paths relative to the root. */
export function ownPaths(folder: FlakeFolder, { path: source }: FlakeMetadata): OwnPath {
  const inside = insideOf(folder);
  const start = inside === '' ? '' : `${inside}/`;
  return path => {
    for (const base of [source, ...(folder.top === null ? [folder.root] : [folder.top])]) {
      if (!path.startsWith(`${base}/`)) continue;
      const relative = path.slice(base.length + 1);
      return relative.startsWith(start) ? relative.slice(start.length) : null;
    }
    return null;
  };
}

/** Returns the path from the top of the work tree to the flake; empty if they are the same. */
function insideOf({ root, top }: FlakeFolder): string {
  return top === null || root === top ? '' : root.slice(top.length).replace(/^\//, '');
}
