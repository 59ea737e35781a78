/**
 * The folder of a workspace as it lies on disk: what there is, and the text of files that are text. Reads are
 * cached until `forget`. It never leaves the folder, not even through a symbolic link, and never fails: what
 * cannot be read is noted. It knows nothing of Nix or of open documents.
 */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { folderOf } from '../nix/eval/paths.ts';

/** Files above this size, in bytes, are known to exist but not read. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** A NUL byte among the first bytes makes a file binary, as git has it. */
const BINARY_PROBE_BYTES = 8 * 1024;

/** What `start` gives at most. */
export const START_BYTES = 16 * 1024;

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
  /** What could not be read so far, sorted by path. */
  skipped(): readonly Skipped[];
  /** Drops what is known of a path, of everything below it, and of the folders it lies in. */
  forget(path: string): void;
  forgetAll(): void;
}

/** Kept as it was read: a store has tens of thousands of folders with one or two names, and a map for each is dear. */
interface Folder {
  readonly entries: readonly Entry[];
  /** The kinds by name, for folders in which looking through all names takes long. */
  readonly kinds: ReadonlyMap<string, EntryKind> | null;
  readonly linkNames: ReadonlySet<string>;
  /** Read when first asked for: few ask. */
  links: readonly LinkEntry[] | null;
}

const MAX_LOOKED_THROUGH = 8;

/** Shared by all folders without links, which are nearly all there are; never added to. */
const NO_LINKS = new Set<string>();

/** @param root absolute path of the folder */
export function createDisk(root: string): Required<Disk> {
  const folders = new Map<string, Folder | null>();
  const unread = new Map<string, string>();
  /** By absolute path: what links lead to. */
  const targetKinds = new Map<string, EntryKind | null>();
  const realRoot = realPathOf(root) ?? root;
  /** A folder that is not there: nothing below it is, and a plan asks for thousands of files below one. */
  let absent: string | null = null;

  const disk: Required<Disk> = {
    kind(path) {
      if (path === '') return folder('') === null ? null : 'directory';
      const parent = folderOf(path);
      const found = folder(parent);
      return found === null ? null : kindIn(found, path.slice(parent === '' ? 0 : parent.length + 1));
    },
    list: path => folder(path)?.entries ?? null,
    read(path) {
      if (disk.kind(path) !== 'file') return null;
      const result = readText(join(root, path));
      if ('text' in result) {
        unread.delete(path);
        return result.text;
      }
      unread.set(path, result.reason);
      return null;
    },
    start(path) {
      return disk.kind(path) === 'file' ? readStart(join(root, path)) : null;
    },
    isExecutable(path) {
      if (process.platform === 'win32' || disk.kind(path) !== 'file') return null;
      try {
        return (statSync(join(root, path)).mode & 0o111) !== 0;
      } catch {
        // Gone since the folder was read: nothing is known of it.
        return null;
      }
    },
    isLink(path) {
      const parent = folderOf(path);
      return folder(parent)?.linkNames.has(path.slice(parent === '' ? 0 : parent.length + 1)) ?? false;
    },
    links(path) {
      const found = folder(path);
      if (found === null) return null;
      found.links ??= [...found.linkNames].flatMap(name => linkAt(join(root, path, name), name));
      return found.links;
    },
    skipped: () =>
      [...unread].map(([path, reason]) => ({ path, reason })).sort((a, b) => (a.path < b.path ? -1 : 1)),
    forget(path) {
      targetKinds.clear();
      absent = null;
      for (const known of [folders, unread]) {
        for (const each of known.keys()) {
          if (each === path || each.startsWith(`${path}/`)) known.delete(each);
        }
      }
      for (let above = path; above !== ''; ) {
        above = folderOf(above);
        folders.delete(above);
      }
    },
    forgetAll() {
      folders.clear();
      unread.clear();
      targetKinds.clear();
      absent = null;
    },
  };

  /** A folder's content, read once. Each name on the way is looked up in its parent, so nothing escapes the root. */
  function folder(path: string): Folder | null {
    const known = folders.get(path);
    if (known !== undefined) return known;
    if (isBelowAbsent(path)) return null;
    const found = path === '' || disk.kind(path) === 'directory' ? readFolder(path) : null;
    // Looking for it may have shown that a folder above it is absent, which says it all.
    if (found === null && isBelowAbsent(path)) return null;
    if (found === null) absent = path;
    folders.set(path, found);
    return found;
  }

  function isBelowAbsent(path: string): boolean {
    return absent !== null && path.startsWith(absent) && (absent === '' || path[absent.length] === '/');
  }

  function readFolder(path: string): Folder | null {
    let found: Dirent[];
    try {
      found = readdirSync(join(root, path), { withFileTypes: true });
    } catch (error) {
      unread.set(path, reasonOf(error));
      return null;
    }
    unread.delete(path);
    const entries: Entry[] = [];
    let linkNames = NO_LINKS;
    for (const entry of found) {
      const link = entry.isSymbolicLink();
      if (link) {
        if (linkNames === NO_LINKS) linkNames = new Set();
        linkNames.add(entry.name);
      }
      const kind = link ? kindOfLink(path, entry.name) : kindOf(entry);
      if (kind !== null) entries.push({ name: entry.name, kind });
    }
    const kinds =
      entries.length > MAX_LOOKED_THROUGH ? new Map(entries.map(one => [one.name, one.kind])) : null;
    return { entries, kinds, linkNames, links: null };
  }

  /** In a large store tens of thousands of links lead to a few hundred machines and users: each of those is asked once. */
  function kindOfLink(folderPath: string, name: string): EntryKind | null {
    const absolute = join(realRoot, folderPath, name);
    // Behind a link `..` is not what the path says: then only the system knows where it leads.
    const [link] = isBehindLink(folderPath) ? [] : linkAt(absolute, name);
    const isPlain = link !== undefined && !/[^./][^/]*\/\.\.(\/|$)/.test(link.target);
    const target = isPlain ? resolve(absolute, '..', link.target) : absolute;
    let kind = targetKinds.get(target);
    if (kind === undefined) {
      kind = kindAt(target);
      targetKinds.set(target, kind);
    }
    return kind;
  }

  function isBehindLink(path: string): boolean {
    for (let at = path; at !== ''; at = folderOf(at)) if (disk.isLink(at)) return true;
    return false;
  }

  function kindAt(absolute: string): EntryKind | null {
    const target = realPathOf(absolute);
    if (target === null || (target !== realRoot && !target.startsWith(realRoot + sep))) return null;
    try {
      return kindOf(statSync(target));
    } catch {
      // Gone between the two calls: as if it had never been there.
      return null;
    }
  }

  return disk;
}

function kindIn({ entries, kinds }: Folder, name: string): EntryKind | null {
  if (kinds !== null) return kinds.get(name) ?? null;
  return entries.find(entry => entry.name === name)?.kind ?? null;
}

/** Pipes, sockets and devices are nobody's source and may block a reader for ever, so they do not exist here. */
function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): EntryKind | null {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : null;
}

function linkAt(absolute: string, name: string): LinkEntry[] {
  try {
    return [{ name, target: readlinkSync(absolute) }];
  } catch {
    // Gone since the folder was read: as if it had never been there.
    return [];
  }
}

/** Null for a link that leads nowhere or in a circle. */
function realPathOf(absolute: string): string | null {
  try {
    return realpathSync.native(absolute);
  } catch {
    // The reason does not matter: such a link cannot be read by Nix either.
    return null;
  }
}

/** It may be a pipe by now, which is waited for otherwise. */
function openWithoutWaiting(absolute: string): number {
  return openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
}

function readText(absolute: string): { readonly text: string } | { readonly reason: string } {
  try {
    const file = openWithoutWaiting(absolute);
    try {
      const found = fstatSync(file);
      const { size } = found;
      if (!found.isFile()) return { reason: 'it is not a regular file' };
      if (size > MAX_FILE_BYTES) return { reason: 'it is larger than 2 MB' };
      return textOf(readAll(file, size));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function readStart(absolute: string): string | null {
  try {
    const file = openWithoutWaiting(absolute);
    try {
      const bytes = Buffer.allocUnsafe(START_BYTES);
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, START_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    // Why it cannot be read is said where its text is wanted.
    return null;
  }
}

function readAll(file: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

/** The text of a file's bytes, or why it has none. */
export function textOf(bytes: Buffer): { readonly text: string } | { readonly reason: string } {
  if (isBinary(bytes)) return { reason: 'it is not text' };
  return { text: withoutMark(bytes.toString('utf8')) };
}

export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, BINARY_PROBE_BYTES).includes(0);
}

/** Editors take the byte order mark off before they count characters, so positions must not count it either. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'ENOTDIR') return 'not a folder';
  return `it cannot be read (${code ?? 'unknown reason'})`;
}
