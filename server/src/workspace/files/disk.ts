/**
 * A workspace's folder, wherever it is: on disk (`folder-disk.ts`), sent by a client (`memory-disk.ts`), or in a
 * revision of git (`revision-disk.ts`). Knows nothing of Nix or of open documents.
 */

export type EntryKind = 'file' | 'directory';

export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** A symbolic link as written. */
export interface LinkEntry {
  readonly name: string;
  readonly target: string;
}

/** A path of the workspace that was left out, and the reason, which continues "not analysed: ". */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** Paths are relative to the root, with `/` between names; the root itself is the empty path. */
export interface Disk {
  kind(path: string): EntryKind | null;
  list(path: string): readonly Entry[] | null;
  /**
   * Returns the text of a file without a byte order mark, or `null` if it is absent, too large, binary or unreadable.
   */
  read(path: string): string | null;
  /** Returns the first 16 KB of a file, one character per byte, or `null` if it is absent or unreadable. */
  start(path: string): string | null;
  /** Returns whether the file is executable, or `null` if it does not exist or the system does not say. */
  isExecutable(path: string): boolean | null;
  /** Returns whether the path is a symbolic link, which a walk must not follow. */
  isLink(path: string): boolean;
  /**
   * Returns the symbolic links directly in a folder, including those that leave the root or are dangling, or `null`
   * if there is no such folder. Absent if links cannot be told from their targets.
   */
  links?(path: string): readonly LinkEntry[] | null;
  /** Returns the paths that could not be read so far, sorted by path. */
  skipped(): readonly Skipped[];
  /** Forgets a path, everything below it, and the folders that contain it. */
  forget(path: string): void;
  forgetAll(): void;
}

/** Returns the paths that could not be read, sorted by path. */
export function skippedOf(unread: ReadonlyMap<string, string>): Skipped[] {
  return [...unread].map(([path, reason]) => ({ path, reason })).sort((a, b) => (a.path < b.path ? -1 : 1));
}
