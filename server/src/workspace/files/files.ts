/**
 * The files of one workspace: what is on disk, with the documents that are open in an editor laid over it.
 * Each text is parsed at most once. It knows nothing of fleets and findings.
 */

import type { NixFiles } from '../../nix/eval/value.ts';
import { findNixFiles, isSearched } from '../discovery.ts';
import { type Disk, type Entry, type LinkEntry, type Skipped, skippedOf } from './disk.ts';
import { MAX_FILE_BYTES, withoutMark } from './file-text.ts';
import { createDisk } from './folder-disk.ts';
import { ParsedFile, type ParseText } from './parsed-file.ts';

export interface WorkspaceFiles extends NixFiles {
  /** Paths of all `.nix` files that belong to the workspace. */
  nixFiles(): Iterable<string>;
  /** Drops the tree of a file; it is parsed again when it is next asked for. */
  release(path: string): void;
  /**
   * The symbolic links directly in a folder, those that lead nowhere included. Null: there is no such folder. Absent
   * where links cannot be told.
   */
  links?(folder: string): readonly LinkEntry[] | null;
  /** The first 16 KB of a file on disk, a character for each byte; null if it cannot be read. */
  start(path: string): string | null;
  /** May the file be run as a program? Null where that cannot be told. */
  isExecutable(path: string): boolean | null;
  /** Returns what is in the workspace but cannot be read, and why. */
  skipped(): readonly Skipped[];
  /** Lays a document's text over a file. Returns the paths whose content is another one now. */
  open(path: string, text: string): string[];
  /** Removes it again. Returns the paths whose content is another one now. */
  close(path: string): string[];
  /** Follows changes on disk. Returns the paths whose content may be another one now. */
  changedOnDisk(paths: readonly string[]): string[];
  /** Reads the whole folder again. Returns every path there was or is. */
  rescan(): string[];
}

interface Cell {
  readonly text: string;
  /** Undefined: not parsed yet. */
  source: ParsedFile | undefined;
}

export interface FilesOptions {
  /** Absolute path. */
  readonly root: string;
  /** Read instead of the folder, such as an earlier state of it. */
  readonly disk?: Disk;
  readonly parse: ParseText;
  readonly excluded: (path: string) => boolean;
  /** False: only open documents belong to it, as for a file that is in no folder. */
  readonly search: boolean;
}

/** The texts of a workspace as they are now. */
interface FilesState extends Pick<FilesOptions, 'parse' | 'excluded' | 'search'> {
  readonly disk: Disk;
  /** Open documents. */
  readonly overlays: Map<string, Cell>;
  /** Nix files from disk that were asked for. Others are read again each time. */
  readonly cells: Map<string, Cell>;
  /** The Nix files that a search of the disk finds; null: not searched yet. */
  found: Set<string> | null;
}

export function createFiles({ root, disk = createDisk(root), ...options }: FilesOptions): WorkspaceFiles {
  const { parse, excluded, search } = options;
  const overlays = new Map<string, Cell>();
  const cells = new Map<string, Cell>();
  const state: FilesState = { disk, parse, excluded, search, overlays, cells, found: null };
  return {
    parse: path => parsedFile(state, path),
    text(path) {
      // The fleet keeps the texts of Nix files in any case; read once, they are kept once.
      if (path.endsWith('.nix')) return cellOf(state, path)?.text ?? null;
      const cell = overlays.get(path);
      if (!cell) return disk.read(path);
      return tooLarge(cell.text) ? null : cell.text;
    },
    kind(path) {
      if (overlays.has(path)) return 'file';
      return disk.kind(path) ?? (isOpenBelow(state, path) ? 'directory' : null);
    },
    list: folder => withOverlays(disk, folder, overlays.keys()),
    *nixFiles() {
      yield* foundFiles(state);
      for (const path of overlays.keys())
        if (belongs(state, path) && !foundFiles(state).has(path)) yield path;
    },
    release: path => (overlays.get(path) ?? cells.get(path))?.source?.release(),
    ...(disk.links === undefined ? {} : { links: disk.links }),
    start: path => disk.start(path),
    isExecutable: path => disk.isExecutable(path),
    skipped: () => skippedIn(state),
    open: (path, text) => openDocument(state, path, text),
    close: path => closeDocument(state, path),
    changedOnDisk(paths) {
      const changed = new Set<string>();
      for (const path of paths) for (const other of reread(state, path)) changed.add(other);
      return [...changed];
    },
    rescan: () => rescan(state),
  };
}

function foundFiles(state: FilesState): Set<string> {
  state.found ??= new Set(state.search ? findNixFiles(state.disk, state.excluded) : []);
  return state.found;
}

/** Returns true for a path that a search would find. */
function isFindable({ search, excluded }: FilesState, path: string): boolean {
  return search && isSearched(path, excluded);
}

function belongs({ search, excluded }: FilesState, path: string): boolean {
  return search ? isSearched(path, excluded) : path.endsWith('.nix');
}

function parsedFile(state: FilesState, path: string): ParsedFile | null {
  if (!path.endsWith('.nix')) return null;
  const cell = cellOf(state, path);
  if (!cell || isEncrypted(cell.text)) return null;
  cell.source ??= new ParsedFile(path, cell.text, state.parse);
  return cell.source;
}

function cellOf({ disk, overlays, cells }: FilesState, path: string): Cell | null {
  const cell = overlays.get(path) ?? cells.get(path);
  if (cell) return tooLarge(cell.text) ? null : cell;
  const text = disk.read(path);
  if (text === null) return null;
  const fresh: Cell = { text, source: undefined };
  cells.set(path, fresh);
  return fresh;
}

function isOpenBelow({ overlays }: FilesState, folder: string): boolean {
  for (const path of overlays.keys()) if (path.startsWith(`${folder}/`)) return true;
  return false;
}

function openDocument(state: FilesState, path: string, text: string): string[] {
  const { overlays, cells } = state;
  const clean = withoutMark(text);
  const before = overlays.get(path) ?? cells.get(path);
  if (before?.text === clean) {
    const isNew = !overlays.has(path) && !foundFiles(state).has(path);
    overlays.set(path, before);
    return isNew ? [path] : [];
  }
  overlays.set(path, { text: clean, source: undefined });
  return [path];
}

function closeDocument(state: FilesState, path: string): string[] {
  const { disk, overlays, cells, search } = state;
  const cell = overlays.get(path);
  if (!cell) return [];
  overlays.delete(path);
  cells.delete(path);
  disk.forget(path);
  if (disk.kind(path) === null) state.found?.delete(path);
  else if (isFindable(state, path)) state.found?.add(path);
  if (disk.read(path) !== cell.text) return [path];
  cells.set(path, cell);
  return search ? [] : [path];
}

/** Forgets what is at a path and below it. Returns the paths whose text may be another one now. */
function reread(state: FilesState, path: string): string[] {
  const { disk, overlays, cells } = state;
  const workspaceFiles = foundFiles(state);
  const below: string[] = [];
  for (const file of workspaceFiles) if (file.startsWith(`${path}/`)) below.push(file);
  disk.forget(path);
  const changed: string[] = [];
  for (const file of [path, ...below]) {
    // While a document is open its text is the truth; saving it changes nothing.
    if (overlays.has(file)) continue;
    cells.delete(file);
    changed.push(file);
    // Stored files are many, and the disk has nothing to tell of them.
    if (!workspaceFiles.has(file) && !isFindable(state, file)) continue;
    if (disk.kind(file) !== 'file') workspaceFiles.delete(file);
    else if (isFindable(state, file) && !disk.isLink(file)) workspaceFiles.add(file);
  }
  return changed;
}

function rescan(state: FilesState): string[] {
  const before = [...foundFiles(state), ...state.cells.keys()];
  state.disk.forgetAll();
  state.cells.clear();
  state.found = null;
  return [...new Set([...before, ...foundFiles(state)])];
}

/** An open document may be of any size; a huge one is treated as a huge file is. */
function tooLarge(text: string): boolean {
  return text.length > MAX_FILE_BYTES;
}

/** Returns true for a file that sops encrypted as a whole: Nix reads it only where it lies decrypted. */
function isEncrypted(text: string): boolean {
  return /^\s*\{\s*"data":\s*"ENC\[/.test(text);
}

function skippedIn({ disk, overlays, cells }: FilesState): readonly Skipped[] {
  const reasons = new Map(disk.skipped().map(({ path, reason }) => [path, reason]));
  for (const [path, { text }] of [...cells, ...overlays])
    if (path.endsWith('.nix') && isEncrypted(text)) reasons.set(path, 'sops encrypted it');
  return skippedOf(reasons);
}

/** A folder's content with documents that are open but not saved yet. */
function withOverlays(disk: Disk, folder: string, open: Iterable<string>): readonly Entry[] | null {
  const onDisk = disk.list(folder);
  let added: Map<string, Entry> | null = null;
  const prefix = folder === '' ? '' : `${folder}/`;
  for (const path of open) {
    if (!path.startsWith(prefix) || disk.kind(path) !== null) continue;
    const rest = path.slice(prefix.length);
    const slash = rest.indexOf('/');
    const name = slash === -1 ? rest : rest.slice(0, slash);
    if (slash !== -1 && disk.kind(prefix + name) !== null) continue;
    added ??= new Map();
    added.set(name, { name, kind: slash === -1 ? 'file' : 'directory' });
  }
  if (!added) return onDisk;
  return [...(onDisk ?? []), ...added.values()];
}
