/**
 * The folder of a workspace, wherever it is: on disk (`folder-disk.ts`), handed over by a client (`memory-disk.ts`), in a revision of
 * git (`revision-disk.ts`). Knows nothing of Nix or of open documents.
 */

export type EntryKind = 'file' | 'directory';

export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** A symbolic link as it is written. */
export interface LinkEntry {
  readonly name: string;
  readonly target: string;
}

/** Something of the workspace that was left out, and why, in words that follow "not analysed: ". */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** Paths are relative to the root, with `/` between names; the root itself is the empty path. */
export interface Disk {
  kind(path: string): EntryKind | null;
  list(path: string): readonly Entry[] | null;
  /** The text of a file, without a byte order mark. Null if it is absent, too large, binary or unreadable. */
  read(path: string): string | null;
  /** The first 16 KB of a file, a character for each byte. Null if it is absent or unreadable. */
  start(path: string): string | null;
  /** May the file be run as a program? Null if there is no such file, or the system does not tell. */
  isExecutable(path: string): boolean | null;
  /** True for a symbolic link, which a walk must not follow. */
  isLink(path: string): boolean;
  /**
   * The symbolic links directly in a folder, those that lead out of the root or nowhere included. Null: no such folder.
   * Absent where links cannot be told from what they lead to.
   */
  links?(path: string): readonly LinkEntry[] | null;
  /** Returns what could not be read so far, sorted by path. */
  skipped(): readonly Skipped[];
  /** Drops what is known of a path, of everything below it, and of the folders it lies in. */
  forget(path: string): void;
  forgetAll(): void;
}

/** Returns what could not be read, sorted by path. */
export function skippedOf(unread: ReadonlyMap<string, string>): Skipped[] {
  return [...unread].map(([path, reason]) => ({ path, reason })).sort((a, b) => (a.path < b.path ? -1 : 1));
}
