/**
 * A folder that is handed over piece by piece, as a workspace's: one that no file system of ours reaches. Names come
 * first, contents as far as they are likely to be read; what is asked for and is not there yet is noted, so that who
 * fills it can bring it. Until then such a file is there and cannot be read, of which nothing is claimed.
 */
import { byteString } from '../nix/bytes.ts';
import { folderOf } from '../nix/eval/paths.ts';
import {
  type Disk,
  type Entry,
  type EntryKind,
  isBinary,
  MAX_FILE_BYTES,
  START_BYTES,
  withoutMark,
} from './disk.ts';

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

/** @param onWanted told when something is wanted, once until that is taken */
export function createMemoryDisk(onWanted: () => void = () => undefined): MemoryDisk {
  const folders = new Map<string, Folder>([['', new Map()]]);
  const texts = new WeakMap<Uint8Array, string>();
  const unread = new Map<string, string>();
  const wanted = new Set<string>();
  /** Asked for once: who could not bring it is not asked again until it changes. */
  const asked = new Set<string>();

  function at(path: string): Handed | undefined {
    const parent = folderOf(path);
    const entries = folders.get(parent);
    if (entries !== undefined) return entries.get(nameOf(path));
    lookInto(parent);
    return undefined;
  }

  /** The folder that a path lies in, or one above, may not have been listed. */
  function lookInto(path: string): void {
    for (let each = path; each !== ''; each = folderOf(each)) {
      const handed = folders.get(folderOf(each))?.get(nameOf(each));
      if (handed?.unlisted === true && !asked.has(each)) want(each);
      if (handed !== undefined) return;
    }
  }

  function folder(path: string): Folder {
    const existing = folders.get(path);
    if (existing !== undefined) return existing;
    const made: Folder = new Map();
    folders.set(path, made);
    folder(folderOf(path)).set(nameOf(path), { path, kind: 'directory' });
    return made;
  }

  function bytesOf(path: string): Uint8Array | null {
    const handed = at(path);
    if (handed?.kind !== 'file') return null;
    if (handed.tooLarge) unread.set(path, 'it is larger than 2 MB');
    else if (handed.bytes === null) unread.set(path, 'it cannot be read');
    else if (handed.bytes === undefined && !asked.has(path)) want(path);
    return handed.bytes ?? null;
  }

  function want(path: string): void {
    if (wanted.size === 0) onWanted();
    wanted.add(path);
  }

  function remove(path: string): void {
    folders.get(folderOf(path))?.delete(nameOf(path));
    for (const candidate of [...folders.keys()])
      if (candidate !== '' && (candidate === path || candidate.startsWith(`${path}/`)))
        folders.delete(candidate);
    for (const known of [unread, wanted, asked])
      for (const each of [...known.keys()])
        if (each === path || each.startsWith(`${path}/`)) known.delete(each);
  }

  return {
    kind: path => (path === '' ? 'directory' : (at(path)?.kind ?? null)),
    list(path) {
      const entries = folders.get(path);
      if (entries === undefined) lookInto(path);
      return entries === undefined ? null : [...entries].map(([name, { kind }]): Entry => ({ name, kind }));
    },
    read(path) {
      const bytes = bytesOf(path);
      if (bytes === null) return null;
      if (bytes.length > MAX_FILE_BYTES || isBinary(bytes)) {
        unread.set(path, bytes.length > MAX_FILE_BYTES ? 'it is larger than 2 MB' : 'it is not text');
        return null;
      }
      const decoded = texts.get(bytes);
      if (decoded !== undefined) return decoded;
      const text = withoutMark(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
      texts.set(bytes, text);
      return text;
    },
    start(path) {
      const bytes = bytesOf(path);
      return bytes === null ? null : byteString(bytes.subarray(0, START_BYTES));
    },
    isExecutable: () => null,
    isLink: path => at(path)?.link === true,
    skipped: () =>
      [...unread].map(([path, reason]) => ({ path, reason })).sort((a, b) => (a.path < b.path ? -1 : 1)),
    // What has changed is put here by who fills it.
    forget() {},
    forgetAll() {},
    put(entries) {
      for (const entry of entries) {
        const { path, kind } = entry;
        if (path === '') continue;
        if (at(path) !== undefined && at(path)?.kind !== kind) remove(path);
        unread.delete(path);
        wanted.delete(path);
        if (entry.bytes === undefined) asked.delete(path);
        if (kind === 'directory' && entry.unlisted !== true) folder(path);
        folder(folderOf(path)).set(nameOf(path), entry);
      }
    },
    remove,
    takeWanted() {
      const paths = [...wanted];
      for (const path of paths) asked.add(path);
      wanted.clear();
      return paths;
    },
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
