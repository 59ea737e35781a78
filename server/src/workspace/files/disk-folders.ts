/**
 * Caches the folders of a workspace on disk, each read once until it is forgotten. Every name of a path is looked up
 * in its parent, so that no path leaves the root, not even through a symbolic link. Knows no texts.
 */
import { type Dirent, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { folderOf } from '../../nix/eval/paths.ts';
import type { Entry, EntryKind, LinkEntry } from './disk.ts';
import { reasonOf } from './file-text.ts';

/**
 * Stored as it was read, since a store has tens of thousands of folders with one or two names, for which a map each
 * would be expensive.
 */
export interface Folder {
  readonly entries: readonly Entry[];
  /** The entries without links to folders that contain them, which would be followed without end. */
  readonly listed: readonly Entry[];
  /** Kinds by name, for folders with many names. */
  readonly kinds: ReadonlyMap<string, EntryKind> | null;
  readonly linkNames: ReadonlySet<string>;
  /** Read on first use, since few callers need it. */
  links: readonly LinkEntry[] | null;
}

/** The folders read so far. Paths are relative to the root unless called absolute. */
export interface FolderCache {
  /** Absolute path. */
  readonly root: string;
  /** The root with symbolic links resolved. */
  readonly realRoot: string;
  /** `null` for a folder that does not exist. */
  readonly folders: Map<string, Folder | null>;
  /** The reasons why paths could not be read, including texts of files. */
  readonly unread: Map<string, string>;
  /** Kinds of the targets of links, by absolute path. */
  readonly targetKinds: Map<string, EntryKind | null>;
  /** Those of the folders that are reached through a link, and so change with another path. */
  readonly linked: Set<string>;
  /**
   * A folder that does not exist, so that nothing below it does. A plan asks for thousands of files below such a
   * folder.
   */
  absent: string | null;
}

const MAX_SEARCHED_NAMES = 8;

/** Shared by all folders without links, which are nearly all. Never modified. */
const NO_LINKS = new Set<string>();

export function createFolderCache(root: string): FolderCache {
  const realRoot = realPathOf(root) ?? root;
  return {
    root,
    realRoot,
    folders: new Map(),
    unread: new Map(),
    targetKinds: new Map(),
    linked: new Set(),
    absent: null,
  };
}

/** Returns the kind of a path, or `null` if it does not exist. */
export function kindAt(cache: FolderCache, path: string): EntryKind | null {
  if (path === '') return folderAt(cache, '') === null ? null : 'directory';
  const parent = folderOf(path);
  const folder = folderAt(cache, parent);
  return folder === null ? null : kindIn(folder, nameIn(parent, path));
}

/** Returns the content of a folder, which is read once, or `null` if it does not exist. */
export function folderAt(cache: FolderCache, path: string): Folder | null {
  const cached = cache.folders.get(path);
  if (cached !== undefined) return cached;
  if (isBelowAbsent(cache, path)) return null;
  const folder = path === '' || kindAt(cache, path) === 'directory' ? readFolder(cache, path) : null;
  // The search may have shown that a folder above it is absent, which covers this one.
  if (folder === null && isBelowAbsent(cache, path)) return null;
  if (folder === null) cache.absent = path;
  cache.folders.set(path, folder);
  if (isBehindLink(cache, path)) cache.linked.add(path);
  return folder;
}

/** Returns whether the path is a symbolic link. */
export function isLinkAt(cache: FolderCache, path: string): boolean {
  const parent = folderOf(path);
  return folderAt(cache, parent)?.linkNames.has(nameIn(parent, path)) ?? false;
}

/** Returns the symbolic links directly in a folder, or `null` if the folder does not exist. */
export function linksIn(cache: FolderCache, path: string): readonly LinkEntry[] | null {
  const folder = folderAt(cache, path);
  if (folder === null) return null;
  folder.links ??= [...folder.linkNames].flatMap(name => linkAt(join(cache.root, path, name), name));
  return folder.links;
}

/** Forgets a path, everything below it, the folders that contain it, and what links may show of them. */
export function forgetPath(cache: FolderCache, path: string): void {
  if (hasOtherTargets(cache, path))
    for (const [key, folder] of cache.folders)
      if (folder !== null && folder.linkNames.size > 0) cache.folders.delete(key);
  for (const key of cache.linked) cache.folders.delete(key);
  cache.linked.clear();
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

/** Returns whether a link leads to something else, or to nothing, since a path has changed. */
function hasOtherTargets(cache: FolderCache, path: string): boolean {
  const absolute = join(cache.realRoot, path);
  for (const [target, kind] of cache.targetKinds) {
    const isConcerned = `${target}/`.startsWith(`${absolute}/`) || absolute.startsWith(`${target}/`);
    if (isConcerned && kindOfTarget(cache, target) !== kind) return true;
  }
  return false;
}

export function forgetFolders(cache: FolderCache): void {
  cache.folders.clear();
  cache.unread.clear();
  cache.targetKinds.clear();
  cache.linked.clear();
  cache.absent = null;
}

function nameIn(parent: string, path: string): string {
  return path.slice(parent === '' ? 0 : parent.length + 1);
}

function isBelowAbsent({ absent }: FolderCache, path: string): boolean {
  return absent !== null && path.startsWith(absent) && (absent === '' || path[absent.length] === '/');
}

function readFolder(cache: FolderCache, path: string): Folder | null {
  let read: Dirent[];
  try {
    read = readdirSync(join(cache.root, path), { withFileTypes: true });
  } catch (error) {
    cache.unread.set(path, reasonOf(error));
    return null;
  }
  cache.unread.delete(path);
  const entries: Entry[] = [];
  const circles = new Set<string>();
  let linkNames = NO_LINKS;
  for (const entry of read) {
    const isLink = entry.isSymbolicLink();
    if (isLink) {
      if (linkNames === NO_LINKS) linkNames = new Set();
      linkNames.add(entry.name);
    }
    const [kind, isCircle] = isLink ? kindOfLink(cache, path, entry.name) : [kindOf(entry), false];
    if (isCircle) circles.add(entry.name);
    if (kind !== null) entries.push({ name: entry.name, kind });
  }
  const kinds =
    entries.length > MAX_SEARCHED_NAMES ? new Map(entries.map(entry => [entry.name, entry.kind])) : null;
  const listed = circles.size === 0 ? entries : entries.filter(({ name }) => !circles.has(name));
  return { entries, listed, kinds, linkNames, links: null };
}

/**
 * Returns the kind of a link's target, and whether that contains the link. The kind is looked up once: tens of thousands of links in a large store lead to a
 * few hundred machines and users.
 */
function kindOfLink(
  cache: FolderCache,
  folder: string,
  name: string,
): readonly [kind: EntryKind | null, isCircle: boolean] {
  const absolute = join(cache.realRoot, folder, name);
  // After a link, `..` does not have its textual meaning, and only the system can resolve the path.
  const [link] = isBehindLink(cache, folder) ? [] : linkAt(absolute, name);
  const isPlain = link !== undefined && !/[^./][^/]*\/\.\.(\/|$)/.test(link.target);
  const target = isPlain ? resolve(absolute, '..', link.target) : absolute;
  let kind = cache.targetKinds.get(target);
  if (kind === undefined) {
    kind = kindOfTarget(cache, target);
    cache.targetKinds.set(target, kind);
  }
  if (kind !== 'directory') return [kind, false];
  return [kind, isPlain ? absolute.startsWith(target + sep) : leadsBack(cache, folder, absolute)];
}

/** Returns whether a link leads to one of the folders that its path goes through. */
function leadsBack({ realRoot }: FolderCache, folder: string, absolute: string): boolean {
  const target = realPathOf(absolute);
  for (let at = folder; ; at = folderOf(at)) {
    if (realPathOf(join(realRoot, at)) === target) return true;
    if (at === '') return false;
  }
}

function isBehindLink(cache: FolderCache, path: string): boolean {
  for (let at = path; at !== ''; at = folderOf(at)) if (isLinkAt(cache, at)) return true;
  return false;
}

/** Returns the kind of an absolute path, or `null` outside the root. */
function kindOfTarget({ realRoot }: FolderCache, absolute: string): EntryKind | null {
  const target = realPathOf(absolute);
  if (target === null || (target !== realRoot && !target.startsWith(realRoot + sep))) return null;
  try {
    return kindOf(statSync(target));
  } catch {
    // Removed between the two calls, and treated as if it had never existed.
    return null;
  }
}

function kindIn({ entries, kinds }: Folder, name: string): EntryKind | null {
  if (kinds !== null) return kinds.get(name) ?? null;
  return entries.find(entry => entry.name === name)?.kind ?? null;
}

/**
 * Returns the kind of an entry. Pipes, sockets and devices are no sources and may block a reader forever, so they are
 * ignored.
 */
function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): EntryKind | null {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : null;
}

function linkAt(absolute: string, name: string): LinkEntry[] {
  try {
    return [{ name, target: readlinkSync(absolute) }];
  } catch {
    // Removed since the folder was read, and treated as if it had never existed.
    return [];
  }
}

/** Returns the path with links resolved, or `null` if a link is dangling or circular. */
function realPathOf(absolute: string): string | null {
  try {
    return realpathSync.native(absolute);
  } catch {
    // The reason does not matter, as Nix cannot read such a link either.
    return null;
  }
}
