/**
 * A workspace's folder that the server cannot reach, and that a client sends in pieces: names first, then the
 * contents that are likely to be read. Requests for missing files are recorded, so that the client can send them.
 * Until then such a file exists but is unreadable, and nothing is claimed about it.
 */
import { byteString } from '../../nix/bytes.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import { type Disk, type Entry, type EntryKind, skippedOf } from './disk.ts';
import { isBinary, MAX_FILE_BYTES, START_BYTES, withoutMark } from './file-text.ts';

/** An entry of the folder. The folders above it need no entries of their own. */
export interface MemoryEntry {
  /** Relative to the root, with `/` between names. */
  readonly path: string;
  readonly kind: EntryKind;
  /** True for a symbolic link; `kind` is the kind of its target. */
  readonly link?: boolean;
  /** Absent if the content has not been sent; `null` if the file is unreadable. */
  readonly bytes?: Uint8Array | null;
  /** True if the file is above the size limit. */
  readonly tooLarge?: boolean;
  /** True for a folder that has not been listed, and may contain anything. */
  readonly unlisted?: boolean;
}

export interface MemoryDisk extends Disk {
  /** Adds or replaces entries. */
  put(entries: readonly MemoryEntry[]): void;
  remove(path: string): void;
  /** Returns the requested files that have not been sent, each only once. */
  takeWanted(): string[];
}

type Folder = Map<string, MemoryEntry>;

interface MemoryFolders {
  readonly folders: Map<string, Folder>;
  readonly texts: WeakMap<Uint8Array, string>;
  /** The reasons why files could not be read, by path. */
  readonly unread: Map<string, string>;
  readonly wanted: Set<string>;
  /** Files that were already requested. A file that could not be sent is not requested again until it changes. */
  readonly asked: Set<string>;
  readonly onWanted: () => void;
}

/**
 * Creates an empty disk.
 * @param onWanted called when something is requested, once until `takeWanted`
 */
export function createMemoryDisk(onWanted: () => void = () => undefined): MemoryDisk {
  const state: MemoryFolders = {
    folders: new Map([['', new Map()]]),
    texts: new WeakMap(),
    unread: new Map(),
    wanted: new Set(),
    asked: new Set(),
    onWanted,
  };
  return {
    kind: path => (path === '' ? 'directory' : (entryAt(state, path)?.kind ?? null)),
    list: path => listFolder(state, path),
    read: path => textAt(state, path),
    start(path) {
      const bytes = bytesOf(state, path);
      return bytes === null ? null : byteString(bytes.subarray(0, START_BYTES));
    },
    isExecutable: () => null,
    isLink: path => entryAt(state, path)?.link === true,
    skipped: () => skippedOf(state.unread),
    // The client sends what has changed.
    forget() {},
    forgetAll() {},
    put(entries) {
      for (const entry of entries) put(state, entry);
    },
    remove: path => remove(state, path),
    takeWanted() {
      const paths = [...state.wanted];
      for (const path of paths) state.asked.add(path);
      state.wanted.clear();
      return paths;
    },
  };
}

function entryAt(state: MemoryFolders, path: string): MemoryEntry | undefined {
  const parent = folderOf(path);
  const folder = state.folders.get(parent);
  if (folder !== undefined) return folder.get(nameOf(path));
  wantListing(state, parent);
  return undefined;
}

/** Requests the nearest known but unlisted folder at or above a path. */
function wantListing(state: MemoryFolders, path: string): void {
  for (let at = path; at !== ''; at = folderOf(at)) {
    const entry = state.folders.get(folderOf(at))?.get(nameOf(at));
    if (entry?.unlisted === true && !state.asked.has(at)) want(state, at);
    if (entry !== undefined) return;
  }
}

function want(state: MemoryFolders, path: string): void {
  if (state.wanted.size === 0) state.onWanted();
  state.wanted.add(path);
}

function listFolder(state: MemoryFolders, path: string): readonly Entry[] | null {
  const folder = state.folders.get(path);
  if (folder === undefined) wantListing(state, path);
  return folder === undefined ? null : [...folder].map(([name, { kind }]): Entry => ({ name, kind }));
}

/** Returns the bytes of a file. If they are missing, requests them or records the reason, and returns `null`. */
function bytesOf(state: MemoryFolders, path: string): Uint8Array | null {
  const entry = entryAt(state, path);
  if (entry?.kind !== 'file') return null;
  if (entry.tooLarge) state.unread.set(path, 'it is larger than 2 MB');
  else if (entry.bytes === null) state.unread.set(path, 'it cannot be read');
  else if (entry.bytes === undefined && !state.asked.has(path)) want(state, path);
  return entry.bytes ?? null;
}

function textAt(state: MemoryFolders, path: string): string | null {
  const bytes = bytesOf(state, path);
  if (bytes === null) return null;
  if (bytes.length > MAX_FILE_BYTES || isBinary(bytes)) {
    state.unread.set(path, bytes.length > MAX_FILE_BYTES ? 'it is larger than 2 MB' : 'it is not text');
    return null;
  }
  const decoded = state.texts.get(bytes);
  if (decoded !== undefined) return decoded;
  const text = withoutMark(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  state.texts.set(bytes, text);
  return text;
}

function put(state: MemoryFolders, entry: MemoryEntry): void {
  const { path, kind } = entry;
  if (path === '') return;
  const existing = entryAt(state, path);
  if (existing !== undefined && existing.kind !== kind) remove(state, path);
  state.unread.delete(path);
  state.wanted.delete(path);
  if (entry.bytes === undefined) state.asked.delete(path);
  if (kind === 'directory' && entry.unlisted !== true) folderFor(state, path);
  folderFor(state, folderOf(path)).set(nameOf(path), entry);
}

/** Returns the folder at a path, creating it and its parents if necessary. */
function folderFor(state: MemoryFolders, path: string): Folder {
  const existing = state.folders.get(path);
  if (existing !== undefined) return existing;
  const created: Folder = new Map();
  state.folders.set(path, created);
  folderFor(state, folderOf(path)).set(nameOf(path), { path, kind: 'directory' });
  return created;
}

function remove(state: MemoryFolders, path: string): void {
  const { folders, unread, wanted, asked } = state;
  folders.get(folderOf(path))?.delete(nameOf(path));
  for (const table of [folders, unread, wanted, asked])
    for (const key of [...table.keys()])
      if (key !== '' && (key === path || key.startsWith(`${path}/`))) table.delete(key);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
