/** References to a flake: as it lies in its folder, and as Nix has taken it over; and the way back from Nix's paths. */

import type { FlakeMetadata, OwnPath } from './reply.ts';

/** A flake in a folder, perhaps below the top of a work tree of git. */
export interface FlakeFolder {
  /** Absolute. */
  readonly root: string;
  /** Where the work tree of git begins; null without git. */
  readonly top: string | null;
}

/** The flake as git sees it, changes included; every file of the folder where there is no git. */
export function referenceTo(folder: FlakeFolder): string {
  const { root, top } = folder;
  if (top === null) return `path:${encodeURI(root).replace(/[?#]/g, encodeURIComponent)}`;
  const inside = insideOf(folder);
  const query = inside === '' ? '' : `?dir=${encodeURIComponent(inside)}`;
  return `git+file://${encodeURI(top).replace(/[?#]/g, encodeURIComponent)}${query}`;
}

/**
 * The state that Nix has taken into its store: the same for every machine, whatever is written meanwhile, and pure. It passes for
 * the commit that it was taken from.
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

/** Turns paths of Nix's store, and of the flake's own folder, into paths relative to the root. */
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

/** What leads from the top of the work tree to the flake; empty where it is the same. */
function insideOf({ root, top }: FlakeFolder): string {
  return top === null || root === top ? '' : root.slice(top.length).replace(/^\//, '');
}
