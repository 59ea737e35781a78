/**
 * The folders of a workspace as they are on disk, each read once until it is forgotten. Every name on the way to a path is looked up
 * in its parent, so that no path leaves the root, not even through a symbolic link. Knows no texts.
 */
import { type Dirent, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { folderOf } from '../../nix/eval/paths.ts';
import type { Entry, EntryKind, LinkEntry } from './disk.ts';
import { reasonOf } from './file-text.ts';

/** Kept as it was read: a store has tens of thousands of folders with one or two names, and a map for each is expensive. */
export interface Folder {
  readonly entries: readonly Entry[];
  /** The kinds by name, for folders in which searching all names takes long. */
  readonly kinds: ReadonlyMap<string, EntryKind> | null;
  readonly linkNames: ReadonlySet<string>;
  /** Read when first asked for: few callers ask. */
  links: readonly LinkEntry[] | null;
}

/** Folders that have been read; paths are relative to the root unless they are called absolute. */
export interface FolderCache {
  /** Absolute path. */
  readonly root: string;
  /** The root without symbolic links. */
  readonly realRoot: string;
  /** Null: there is no such folder. */
  readonly folders: Map<string, Folder | null>;
  /** Why paths could not be read, texts of files included. */
  readonly unread: Map<string, string>;
  /** Kinds of what links lead to, by absolute path. */
  readonly targetKinds: Map<string, EntryKind | null>;
  /** A folder that does not exist, so nothing below it does: a plan asks for thousands of files below one. */
  absent: string | null;
}

const MAX_SEARCHED_NAMES = 8;

/** Shared by all folders without links, which are nearly all; never added to. */
const NO_LINKS = new Set<string>();

export function createFolderCache(root: string): FolderCache {
  const realRoot = realPathOf(root) ?? root;
  return { root, realRoot, folders: new Map(), unread: new Map(), targetKinds: new Map(), absent: null };
}

/** Returns the kind of what is at a path; null if nothing is. */
export function kindAt(cache: FolderCache, path: string): EntryKind | null {
  if (path === '') return folderAt(cache, '') === null ? null : 'directory';
  const parent = folderOf(path);
  const folder = folderAt(cache, parent);
  return folder === null ? null : kindIn(folder, nameIn(parent, path));
}

/** Returns the content of a folder, read once; null if there is no such folder. */
export function folderAt(cache: FolderCache, path: string): Folder | null {
  const cached = cache.folders.get(path);
  if (cached !== undefined) return cached;
  if (isBelowAbsent(cache, path)) return null;
  const folder = path === '' || kindAt(cache, path) === 'directory' ? readFolder(cache, path) : null;
  // Looking for it may have shown that a folder above it is absent, which covers it.
  if (folder === null && isBelowAbsent(cache, path)) return null;
  if (folder === null) cache.absent = path;
  cache.folders.set(path, folder);
  return folder;
}

/** Returns true for a symbolic link. */
export function isLinkAt(cache: FolderCache, path: string): boolean {
  const parent = folderOf(path);
  return folderAt(cache, parent)?.linkNames.has(nameIn(parent, path)) ?? false;
}

/** Returns the symbolic links directly in a folder; null if there is no such folder. */
export function linksIn(cache: FolderCache, path: string): readonly LinkEntry[] | null {
  const folder = folderAt(cache, path);
  if (folder === null) return null;
  folder.links ??= [...folder.linkNames].flatMap(name => linkAt(join(cache.root, path, name), name));
  return folder.links;
}

/** Drops a path, everything below it, and the folders it is in. */
export function forgetPath(cache: FolderCache, path: string): void {
  cache.targetKinds.clear();
  cache.absent = null;
  for (const table of [cache.folders, cache.unread]) {
    for (const key of table.keys()) {
      if (key === path || key.startsWith(`${path}/`)) table.delete(key);
    }
  }
  for (let above = path; above !== ''; ) {
    above = folderOf(above);
    cache.folders.delete(above);
  }
}

export function forgetFolders(cache: FolderCache): void {
  cache.folders.clear();
  cache.unread.clear();
  cache.targetKinds.clear();
  cache.absent = null;
}

function nameIn(parent: string, path: string): string {
  return path.slice(parent === '' ? 0 : parent.length + 1);
}

function isBelowAbsent({ absent }: FolderCache, path: string): boolean {
  return absent !== null && path.startsWith(absent) && (absent === '' || path[absent.length] === '/');
}

function readFolder(cache: FolderCache, path: string): Folder | null {
  let listed: Dirent[];
  try {
    listed = readdirSync(join(cache.root, path), { withFileTypes: true });
  } catch (error) {
    cache.unread.set(path, reasonOf(error));
    return null;
  }
  cache.unread.delete(path);
  const entries: Entry[] = [];
  let linkNames = NO_LINKS;
  for (const entry of listed) {
    const isLink = entry.isSymbolicLink();
    if (isLink) {
      if (linkNames === NO_LINKS) linkNames = new Set();
      linkNames.add(entry.name);
    }
    const kind = isLink ? kindOfLink(cache, path, entry.name) : kindOf(entry);
    if (kind !== null) entries.push({ name: entry.name, kind });
  }
  const kinds =
    entries.length > MAX_SEARCHED_NAMES ? new Map(entries.map(entry => [entry.name, entry.kind])) : null;
  return { entries, kinds, linkNames, links: null };
}

/** In a large store tens of thousands of links lead to a few hundred machines and users: each of those is asked for once. */
function kindOfLink(cache: FolderCache, folder: string, name: string): EntryKind | null {
  const absolute = join(cache.realRoot, folder, name);
  // Behind a link `..` is not what the path says: then only the system knows where it leads.
  const [link] = isBehindLink(cache, folder) ? [] : linkAt(absolute, name);
  const isPlain = link !== undefined && !/[^./][^/]*\/\.\.(\/|$)/.test(link.target);
  const target = isPlain ? resolve(absolute, '..', link.target) : absolute;
  let kind = cache.targetKinds.get(target);
  if (kind === undefined) {
    kind = kindOfTarget(cache, target);
    cache.targetKinds.set(target, kind);
  }
  return kind;
}

function isBehindLink(cache: FolderCache, path: string): boolean {
  for (let at = path; at !== ''; at = folderOf(at)) if (isLinkAt(cache, at)) return true;
  return false;
}

/** Returns the kind of what is at an absolute path; null outside of the root. */
function kindOfTarget({ realRoot }: FolderCache, absolute: string): EntryKind | null {
  const target = realPathOf(absolute);
  if (target === null || (target !== realRoot && !target.startsWith(realRoot + sep))) return null;
  try {
    return kindOf(statSync(target));
  } catch {
    // Gone between the two calls: as if it had never been there.
    return null;
  }
}

function kindIn({ entries, kinds }: Folder, name: string): EntryKind | null {
  if (kinds !== null) return kinds.get(name) ?? null;
  return entries.find(entry => entry.name === name)?.kind ?? null;
}

/** Pipes, sockets and devices are no source and may block a reader for ever, so they do not exist here. */
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
