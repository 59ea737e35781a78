/**
 * A folder that the server cannot reach and that is handed over piece by piece, as a workspace's disk. Names come first, contents as far
 * as they are likely to be read; what is asked for and missing is noted, so that the caller can bring it. Until then
 * such a file exists and cannot be read, and nothing is claimed of it.
 */
import { byteString } from '../../nix/bytes.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import { type Disk, type Entry, type EntryKind, skippedOf } from './disk.ts';
import { isBinary, MAX_FILE_BYTES, START_BYTES, withoutMark } from './file-text.ts';

/** Something in the folder; what it lies in need not be named by itself. */
export interface Handed {
  /** Relative to the root, with `/` between names. */
  readonly path: string;
  readonly kind: EntryKind;
  /** It is a symbolic link; `kind` is what that leads to. */
  readonly link?: boolean;
  /** Absent: not read so far. Null: it cannot be read. */
  readonly bytes?: Uint8Array | null;
  /** Larger than what is read. */
  readonly tooLarge?: boolean;
  /** A folder whose content has not been listed: it may hold anything. */
  readonly unlisted?: boolean;
}

export interface MemoryDisk extends Disk {
  /** Adds what is there, or replaces what was. */
  put(entries: readonly Handed[]): void;
  remove(path: string): void;
  /** The files that were asked for and have not been brought, each once. */
  takeWanted(): string[];
}

type Folder = Map<string, Handed>;

interface MemoryFolders {
  readonly folders: Map<string, Folder>;
  readonly texts: WeakMap<Uint8Array, string>;
  /** Why files could not be read, by path. */
  readonly unread: Map<string, string>;
  readonly wanted: Set<string>;
  /** Asked for once: what could not be brought is not asked for again until it changes. */
  readonly asked: Set<string>;
  readonly onWanted: () => void;
}

/** @param onWanted called when something is wanted, once until that is taken */
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
    // The caller hands over what has changed.
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

function entryAt(state: MemoryFolders, path: string): Handed | undefined {
  const parent = folderOf(path);
  const folder = state.folders.get(parent);
  if (folder !== undefined) return folder.get(nameOf(path));
  wantListing(state, parent);
  return undefined;
}

/** Asks for the nearest folder at or above a path that is known and has not been listed. */
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

/** Returns the bytes of a file; null, and asks for them or notes the reason, if they are not there. */
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

function put(state: MemoryFolders, entry: Handed): void {
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

/** Returns the folder at a path, created with all above it if it is not there. */
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
