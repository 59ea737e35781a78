/**
 * The files of a workspace: those on disk, with the editor's open documents on top. Parses each text at most once.
 * Knows nothing of fleets and findings.
 */

import { compareBytes } from '../../nix/bytes.ts';
import { firstRevision, nextRevision, type Revision } from '../../nix/edit-log.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { Reading } from '../../nix/parse/parse.ts';
import type { SyntaxTree } from '../../nix/syntax.ts';
import { findNixFiles, isSearched } from '../discovery.ts';
import { type Disk, type Entry, type LinkEntry, type Skipped, skippedOf } from './disk.ts';
import { MAX_FILE_BYTES, withoutMark } from './file-text.ts';
import { createDisk } from './folder-disk.ts';
import { createOpenNames, type OpenNames } from './open-names.ts';
import { droppingTrees, ParsedFile, type ParseText } from './parsed-file.ts';

export interface WorkspaceFiles extends NixFiles {
  /** Returns the paths of all `.nix` files that belong to the workspace. */
  nixFiles(): Iterable<string>;
  /** Drops the tree of a file, which is parsed again on the next use. */
  release(path: string): void;
  /** Drops the trees of all files that are not open. They are parsed again if they are needed. */
  releaseClosed(): void;
  /**
   * Returns the symbolic links directly in a folder, including dangling ones, or `null` if there is no such folder.
   * Absent if links cannot be told from their targets.
   */
  links?(folder: string): readonly LinkEntry[] | null;
  /** Returns the first 16 KB of a file on disk, one character per byte, or `null` if it is unreadable. */
  start(path: string): string | null;
  /** Returns whether the file is executable, or `null` if that is unknown. */
  isExecutable(path: string): boolean | null;
  /** Returns the paths of the workspace that cannot be read, with the reasons. */
  skipped(): readonly Skipped[];
  /** Returns the open documents whose text is not the one on disk. */
  unsaved(): string[];
  /** Opens a document, whose text hides the file. Returns the paths whose content has changed. */
  open(path: string, text: string): string[];
  /** Closes a document. Returns the paths whose content has changed. */
  close(path: string): string[];
  /** Follows changes on disk. Returns the paths whose content may have changed. */
  changedOnDisk(paths: readonly string[]): string[];
  /** Reads the whole folder again. Returns every old and new path. */
  rescan(): string[];
}

interface Cell {
  readonly text: string;
  /** The revision of a text whose edits are followed; undefined for other texts. */
  readonly revision: Revision | undefined;
  /** Undefined until the text is parsed. */
  source: ParsedFile | undefined;
}

export interface FilesOptions {
  /** Absolute path. */
  readonly root: string;
  /** The disk to read instead of the folder, for example an earlier revision. */
  readonly disk?: Disk;
  readonly parse: ParseText;
  readonly excluded: (path: string) => boolean;
  /** False if only open documents belong to the workspace, as for a file outside of any folder. */
  readonly search: boolean;
  /**
   * True if places are to follow the edits of all files, as where somebody edits them. Otherwise they follow those of
   * documents that were opened.
   */
  readonly followsEdits?: boolean | undefined;
}

/** The current texts of a workspace. */
interface FilesState extends Pick<FilesOptions, 'parse' | 'excluded' | 'search' | 'followsEdits'> {
  readonly disk: Disk;
  /** Open documents. */
  readonly overlays: Map<string, Cell>;
  readonly openNames: OpenNames;
  /** Nix files read from disk. Other files are read again each time. */
  readonly cells: Map<string, Cell>;
  /** The last text of each Nix file whose edits are followed. */
  readonly revisions: Map<string, { readonly text: string; readonly revision: Revision }>;
  /** How the last text was read of each file that was edited. */
  readonly readings: Map<string, Reading>;
  /** Drops trees of earlier texts. */
  readonly noteParsed: (newest: ParsedFile) => void;
  /** Those of them that are reached through a link, and so change with another path. */
  readonly linked: Set<string>;
  /** The Nix files that a search of the disk found, or `null` before the search. */
  searched: Set<string> | null;
  /** The Nix files of the workspace in order, or `null` if there may be others. */
  ordered: readonly string[] | null;
}

export function createFiles({ root, disk = createDisk(root), ...options }: FilesOptions): WorkspaceFiles {
  const { parse, excluded, search, followsEdits } = options;
  const overlays = new Map<string, Cell>();
  const cells = new Map<string, Cell>();
  const state: FilesState = {
    disk,
    parse,
    excluded,
    search,
    followsEdits,
    overlays,
    openNames: createOpenNames(),
    cells,
    revisions: new Map(),
    readings: new Map(),
    noteParsed: droppingTrees(),
    linked: new Set(),
    searched: null,
    ordered: null,
  };
  return {
    parse: path => parsedFile(state, path),
    text(path) {
      // The fleet keeps the texts of Nix files anyway, so a cell adds no memory.
      if (path.endsWith('.nix')) return cellOf(state, path)?.text ?? null;
      const cell = overlays.get(path);
      if (!cell) return disk.read(path);
      return tooLarge(cell.text) ? null : cell.text;
    },
    kind(path) {
      if (overlays.has(path)) return 'file';
      return disk.kind(path) ?? (state.openNames.in(path).size > 0 ? 'directory' : null);
    },
    list: folder => withOverlays(state, folder),
    nixFiles() {
      state.ordered ??= orderedFiles(state);
      return state.ordered;
    },
    release: path => (overlays.get(path) ?? cells.get(path))?.source?.release(),
    releaseClosed() {
      for (const [path, { source }] of cells) {
        if (overlays.has(path)) continue;
        source?.release();
        state.readings.delete(path);
      }
    },
    ...(disk.links === undefined ? {} : { links: disk.links }),
    start: path => disk.start(path),
    isExecutable: path => disk.isExecutable(path),
    skipped: () => skippedIn(state),
    unsaved: () => [...overlays].flatMap(([path, { text }]) => (disk.read(path) === text ? [] : [path])),
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

/** Returns the same order whatever was created first, since definitions are merged in it. */
function orderedFiles(state: FilesState): readonly string[] {
  const opened = [...state.overlays.keys()].filter(path => belongs(state, path));
  return [...new Set([...foundFiles(state), ...opened])].sort();
}

function foundFiles(state: FilesState): Set<string> {
  state.searched ??= new Set(state.search ? findNixFiles(state.disk, state.excluded) : []);
  return state.searched;
}

/** Returns whether a search would find the path. */
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
  if (cell.source === undefined) {
    const { text, revision } = cell;
    cell.source = new ParsedFile(path, text, treeOf(state, path, cell), state.parse, revision);
    state.noteParsed(cell.source);
  }
  return cell.source;
}

/** Parses a text. Of one that was edited, no more is read than what differs from the one before. */
function treeOf({ parse, readings }: FilesState, path: string, { text, revision }: Cell): SyntaxTree {
  if (revision === undefined || revision.number === 0) return parse(text);
  const tree = parse(text, readings.get(path) ?? null);
  if (tree.reading !== undefined) readings.set(path, tree.reading);
  return tree;
}

function cellOf(state: FilesState, path: string): Cell | null {
  const { disk, overlays, cells, linked } = state;
  const cell = overlays.get(path) ?? cells.get(path);
  if (cell) return tooLarge(cell.text) ? null : cell;
  const text = disk.read(path);
  if (text === null) return null;
  const fresh: Cell = { text, revision: revisionOf(state, path, text, false), source: undefined };
  cells.set(path, fresh);
  if (isBehindLink(disk, path)) linked.add(path);
  return fresh;
}

function isBehindLink(disk: Disk, path: string): boolean {
  for (let at = path; at !== ''; at = folderOf(at)) if (disk.isLink(at)) return true;
  return false;
}

function openDocument(state: FilesState, path: string, text: string): string[] {
  const { overlays, cells, openNames } = state;
  const clean = withoutMark(text);
  const before = overlays.get(path) ?? cells.get(path);
  if (before?.text === clean) {
    const isNew = !overlays.has(path) && !foundFiles(state).has(path);
    overlays.set(path, before);
    openNames.add(path);
    if (isNew) state.ordered = null;
    return isNew ? [path] : [];
  }
  if (!overlays.has(path)) state.ordered = null;
  overlays.set(path, { text: clean, revision: revisionOf(state, path, clean, true), source: undefined });
  openNames.add(path);
  return [path];
}

/** Returns the revision of a file's text, after the last one if there was one; undefined if nobody follows its edits. */
function revisionOf(
  { revisions, followsEdits }: FilesState,
  path: string,
  text: string,
  isOpen: boolean,
): Revision | undefined {
  const last = revisions.get(path);
  if (!path.endsWith('.nix') || (last === undefined && !isOpen && !followsEdits)) return undefined;
  if (last?.text === text) return last.revision;
  const revision = last === undefined ? firstRevision(path) : nextRevision(last.revision, last.text, text);
  revisions.set(path, { text, revision });
  return revision;
}

function closeDocument(state: FilesState, path: string): string[] {
  const { disk, overlays, openNames, cells, search } = state;
  const cell = overlays.get(path);
  if (!cell) return [];
  overlays.delete(path);
  openNames.remove(path);
  cells.delete(path);
  disk.forget(path);
  state.ordered = null;
  if (disk.kind(path) === null) state.searched?.delete(path);
  else if (isFindable(state, path)) state.searched?.add(path);
  if (disk.read(path) !== cell.text) return [path];
  cells.set(path, cell);
  return search ? [] : [path];
}

/** Forgets a path and everything below it. Returns the paths whose text may have changed. */
function reread(state: FilesState, path: string): string[] {
  const { disk, overlays, cells } = state;
  const workspaceFiles = foundFiles(state);
  const below: string[] = [];
  for (const file of workspaceFiles) if (file.startsWith(`${path}/`)) below.push(file);
  disk.forget(path);
  const changed: string[] = [];
  for (const file of [path, ...below]) {
    // The text of an open document takes precedence, so saving it changes nothing.
    if (overlays.has(file)) continue;
    cells.delete(file);
    changed.push(file);
    // Stored files are many, and cannot be Nix files of the workspace.
    if (!workspaceFiles.has(file) && !isFindable(state, file)) continue;
    state.ordered = null;
    if (disk.kind(file) !== 'file') workspaceFiles.delete(file);
    else if (isFindable(state, file) && !disk.isLink(file)) workspaceFiles.add(file);
  }
  for (const file of state.linked) {
    if (cells.has(file) && cells.get(file)?.text === disk.read(file)) continue;
    state.linked.delete(file);
    cells.delete(file);
    changed.push(file);
  }
  return changed;
}

function rescan(state: FilesState): string[] {
  const before = [...foundFiles(state), ...state.cells.keys()];
  state.disk.forgetAll();
  state.cells.clear();
  state.linked.clear();
  state.searched = null;
  state.ordered = null;
  return [...new Set([...before, ...foundFiles(state)])];
}

/** Returns whether an open document is too large to analyse, by the same limit as files. */
function tooLarge(text: string): boolean {
  return text.length > MAX_FILE_BYTES;
}

/** Returns whether sops encrypted the whole file. Nix reads only its decrypted copy. */
function isEncrypted(text: string): boolean {
  return /^\s*\{\s*"data":\s*"ENC\[/.test(text);
}

function skippedIn({ disk, overlays, cells }: FilesState): readonly Skipped[] {
  const reasons = new Map(disk.skipped().map(({ path, reason }) => [path, reason]));
  // Whatever is on disk, the text of an open document is read.
  for (const path of overlays.keys()) reasons.delete(path);
  for (const [path, { text }] of [...cells, ...overlays])
    if (path.endsWith('.nix') && isEncrypted(text)) reasons.set(path, 'sops encrypted it');
  return skippedOf(reasons);
}

/**
 * Returns a folder's content, including open documents that are not saved yet. They are in the order that the disk
 * lists them in once they are saved.
 */
function withOverlays({ disk, overlays, openNames }: FilesState, folder: string): readonly Entry[] | null {
  const onDisk = disk.list(folder);
  const prefix = folder === '' ? '' : `${folder}/`;
  const added: Entry[] = [];
  for (const name of openNames.in(folder))
    if (disk.kind(prefix + name) === null)
      added.push({ name, kind: overlays.has(prefix + name) ? 'file' : 'directory' });
  if (added.length === 0) return onDisk;
  return [...(onDisk ?? []), ...added].sort((a, b) => compareBytes(a.name, b.name));
}
