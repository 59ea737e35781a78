/**
 * A repository in a folder of its own, as an editor and a shell change it: files on disk, links, what git tracks, and documents that
 * are open and not saved. Knows no workspace; each change returns the paths that a watcher of the folder would report.
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { World } from '../worlds.ts';
import { indexOf } from './git-index-text.ts';

export interface Repository {
  /** Absolute path. */
  readonly root: string;
  /** Texts on disk by path. */
  readonly files: Map<string, string>;
  readonly links: Map<string, string>;
  /** The texts of open documents by path; one that differs from the disk is not saved. */
  readonly documents: Map<string, string>;
  /** The tracked files, or `null` if there is no git repository. */
  tracked: ReadonlySet<string> | null;
  /** The editor's settings. */
  configuration: unknown;
  /** How often the index of git was written. */
  indexes: number;
}

/** Creates the folder of a world. It is removed by `discard`. */
export function createRepository({ files, links, tracked, executable }: World): Repository {
  const repository: Repository = {
    root: realpathSync(mkdtempSync(join(tmpdir(), 'varsmith-edits-'))),
    files: new Map(),
    links: new Map(),
    documents: new Map(),
    tracked: null,
    configuration: undefined,
    indexes: 0,
  };
  for (const [path, text] of Object.entries(files)) writeFile(repository, path, text);
  for (const [path, target] of Object.entries(links)) writeLink(repository, path, target);
  for (const path of executable ?? [])
    if (repository.files.has(path)) chmodSync(join(repository.root, path), 0o755);
  if (tracked !== undefined) track(repository, new Set(tracked));
  return repository;
}

export function discard({ root }: Repository): void {
  rmSync(root, { recursive: true, force: true });
}

/** Writes a file, unless a folder or a file is in the way. */
export function writeFile(repository: Repository, path: string, text: string): string[] {
  if (!isFree(repository, path)) return [];
  const absolute = join(repository.root, path);
  try {
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, text);
  } catch {
    // A link on the way leads to nothing, or the system allows no such name.
    return [];
  }
  repository.files.set(path, text);
  return [path];
}

function writeLink(repository: Repository, path: string, target: string): string[] {
  if (!isFree(repository, path) || repository.files.has(path) || target === '') return [];
  const absolute = join(repository.root, path);
  mkdirSync(dirname(absolute), { recursive: true });
  rmSync(absolute, { force: true });
  symlinkSync(target, absolute);
  repository.links.set(path, target);
  return [path];
}

/** Changes the target of a link. */
export function moveLink(repository: Repository, path: string, target: string): string[] {
  repository.links.delete(path);
  return writeLink(repository, path, target);
}

/** Removes a file, or a folder with everything in it. */
export function remove(repository: Repository, path: string): string[] {
  rmSync(join(repository.root, path), { recursive: true, force: true });
  for (const table of [repository.files, repository.links])
    for (const known of [...table.keys()])
      if (known === path || known.startsWith(`${path}/`)) table.delete(known);
  return [path];
}

/** Moves a file, or a folder with everything in it. */
export function rename(repository: Repository, from: string, to: string): string[] {
  const moved = [...repository.files].filter(([path]) => path === from || path.startsWith(`${from}/`));
  if (moved.length === 0 || `${to}/`.startsWith(`${from}/`)) return [];
  const removed = remove(repository, from);
  return [
    ...removed,
    ...moved.flatMap(([path, text]) => writeFile(repository, to + path.slice(from.length), text)),
  ];
}

/** Writes the index of git, or removes the repository's data. */
export function track(repository: Repository, tracked: ReadonlySet<string> | null): string[] {
  const folder = join(repository.root, '.git');
  repository.tracked = tracked;
  if (tracked === null) {
    rmSync(folder, { recursive: true, force: true });
    return ['.git'];
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config'), '[core]\n\trepositoryformatversion = 0\n');
  writeFileSync(join(folder, 'index'), indexOf(tracked));
  // Two indexes of one length can be written in one tick of the clock.
  const time = 1_700_000_000 + ++repository.indexes;
  utimesSync(join(folder, 'index'), time, time);
  return ['.git/index'];
}

/** Returns whether a file can be at a path: nothing above it is a file or a link, and it is no folder. */
function isFree({ files, links }: Repository, path: string): boolean {
  if (path === '' || path.includes('\0') || path.startsWith('.git/') || links.has(path)) return false;
  for (let at = path.lastIndexOf('/'); at !== -1; at = path.lastIndexOf('/', at - 1)) {
    const above = path.slice(0, at);
    if (files.has(above) || links.has(above)) return false;
  }
  for (const other of [...files.keys(), ...links.keys()]) if (other.startsWith(`${path}/`)) return false;
  return true;
}
