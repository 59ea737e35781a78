/**
 * The files of one workspace: what is on disk, with the documents that are open in an editor laid over it.
 * Each text is parsed at most once. It knows nothing of fleets and findings.
 */

import type { NixFiles } from '../nix/eval/value.ts';
import { lineStartsOf, type SourceFile } from '../nix/source.ts';
import type { Expr, SyntaxTree } from '../nix/syntax.ts';
import { findNixFiles, isSearched } from './discovery.ts';
import {
  createDisk,
  type Disk,
  type Entry,
  type LinkEntry,
  MAX_FILE_BYTES,
  type Skipped,
  withoutMark,
} from './disk.ts';

export interface WorkspaceFiles extends NixFiles {
  /** Paths of all `.nix` files that belong to the workspace. */
  nixFiles(): Iterable<string>;
  /** Drops the tree of a file: it is parsed again when somebody asks for it. */
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
  /** What is in the workspace but cannot be read, and why. */
  skipped(): readonly Skipped[];
  /** Lays a document's text over a file. Returns the paths whose content is another one now. */
  open(path: string, text: string): string[];
  /** Takes it off again. Returns the paths whose content is another one now. */
  close(path: string): string[];
  /** Takes notice of changes on disk. Returns the paths whose content may be another one now. */
  changedOnDisk(paths: readonly string[]): string[];
  /** Looks at the whole folder again. Returns every path there was or is. */
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
  /** What is shown in the place of the folder, such as an earlier state of it. */
  readonly disk?: Disk;
  readonly parse: (text: string) => SyntaxTree;
  readonly excluded: (path: string) => boolean;
  /** False: only open documents belong to it, as for a file that is in no folder. */
  readonly search: boolean;
}

export function createFiles(options: FilesOptions): WorkspaceFiles {
  const { excluded } = options;
  const disk = options.disk ?? createDisk(options.root);
  /** Open documents. */
  const overlays = new Map<string, Cell>();
  /** Nix files from disk that somebody asked for. Others are read again each time. */
  const cells = new Map<string, Cell>();
  let searched: Set<string> | null = null;

  const known = () => {
    searched ??= new Set(options.search ? findNixFiles(disk, excluded) : []);
    return searched;
  };

  const cellOf = (path: string): Cell | null => {
    const cell = overlays.get(path) ?? cells.get(path);
    if (cell) return tooLarge(cell.text) ? null : cell;
    const text = disk.read(path);
    if (text === null) return null;
    const fresh: Cell = { text, source: undefined };
    cells.set(path, fresh);
    return fresh;
  };

  const isOpenBelow = (folder: string) => {
    for (const path of overlays.keys()) if (path.startsWith(`${folder}/`)) return true;
    return false;
  };

  const files: WorkspaceFiles = {
    parse(path) {
      if (!path.endsWith('.nix')) return null;
      const cell = cellOf(path);
      if (!cell) return null;
      cell.source ??= new ParsedFile(path, cell.text, options.parse);
      return cell.source;
    },
    text(path) {
      // The fleet keeps the texts of Nix files in any case; read once, they are kept once.
      if (path.endsWith('.nix')) return cellOf(path)?.text ?? null;
      const cell = overlays.get(path);
      if (!cell) return disk.read(path);
      return tooLarge(cell.text) ? null : cell.text;
    },
    kind(path) {
      if (overlays.has(path)) return 'file';
      return disk.kind(path) ?? (isOpenBelow(path) ? 'directory' : null);
    },
    list: folder => withOverlays(disk, folder, overlays.keys()),
    *nixFiles() {
      yield* known();
      for (const path of overlays.keys()) if (belongs(path) && !known().has(path)) yield path;
    },
    release(path) {
      (overlays.get(path) ?? cells.get(path))?.source?.release();
    },
    ...(disk.links === undefined ? {} : { links: disk.links }),
    start: path => disk.start(path),
    isExecutable: path => disk.isExecutable(path),
    skipped: () => disk.skipped(),
    open(path, text) {
      const clean = withoutMark(text);
      const before = overlays.get(path) ?? cells.get(path);
      if (before?.text === clean) {
        const isNew = !overlays.has(path) && !known().has(path);
        overlays.set(path, before);
        return isNew ? [path] : [];
      }
      overlays.set(path, { text: clean, source: undefined });
      return [path];
    },
    close(path) {
      const cell = overlays.get(path);
      if (!cell) return [];
      overlays.delete(path);
      cells.delete(path);
      disk.forget(path);
      if (disk.kind(path) === null) searched?.delete(path);
      else if (options.search && isSearched(path, excluded)) searched?.add(path);
      if (disk.read(path) !== cell.text) return [path];
      cells.set(path, cell);
      return options.search ? [] : [path];
    },
    changedOnDisk(paths) {
      const changed = new Set<string>();
      for (const path of paths) {
        const before = known();
        const below: string[] = [];
        for (const each of before) if (each.startsWith(`${path}/`)) below.push(each);
        disk.forget(path);
        for (const each of [path, ...below]) {
          // While a document is open its text is the truth; saving it changes nothing.
          if (overlays.has(each)) continue;
          cells.delete(each);
          changed.add(each);
          // Of what is stored there is much, and nothing to be asked of the disk.
          if (!before.has(each) && !(options.search && isSearched(each, excluded))) continue;
          if (disk.kind(each) !== 'file') before.delete(each);
          else if (options.search && isSearched(each, excluded) && !disk.isLink(each)) before.add(each);
        }
      }
      return [...changed];
    },
    rescan() {
      const before = [...known(), ...cells.keys()];
      disk.forgetAll();
      cells.clear();
      searched = null;
      return [...new Set([...before, ...known()])];
    },
  };

  function belongs(path: string): boolean {
    return options.search ? isSearched(path, excluded) : path.endsWith('.nix');
  }

  return files;
}

/** An open document may be of any size; a huge one is treated as a huge file is. */
function tooLarge(text: string): boolean {
  return text.length > MAX_FILE_BYTES;
}

/**
 * A file that is parsed again when its dropped tree is asked for. A class, since its fields are read more often than any
 * others, and an object written with a getter has them in a table.
 */
class ParsedFile implements SourceFile {
  readonly path: string;
  readonly text: string;
  readonly comments: SourceFile['comments'];
  readonly errors: SourceFile['errors'];
  private readonly parse: FilesOptions['parse'];
  private tree: Expr | null;
  private starts: readonly number[] | null = null;

  constructor(path: string, text: string, parse: FilesOptions['parse']) {
    const { root, comments, errors } = parse(text);
    this.path = path;
    this.text = text;
    this.comments = comments;
    this.errors = errors;
    this.parse = parse;
    this.tree = root;
  }

  get root(): Expr {
    this.tree ??= this.parse(this.text).root;
    return this.tree;
  }

  get lineStarts(): readonly number[] {
    this.starts ??= lineStartsOf(this.text);
    return this.starts;
  }

  release(): void {
    this.tree = null;
  }
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
