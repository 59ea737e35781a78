/**
 * What evaluation read: which file imported which, and what was looked at by other means. From it follows what has to
 * be computed again when a file changes.
 */
import type { NixFiles } from '../../nix/eval/value.ts';
import { addToSet } from '../../std.ts';

export interface ImportGraph {
  add(from: string, to: string): void;
  /** Has any other file imported it? */
  isImported(file: string): boolean;
  /** The files themselves and all that imported them, directly or through others. */
  dependentsOf(files: Iterable<string>): Set<string>;
}

/** Edges are only ever added: one too many costs a recomputation, one too few a stale answer. */
export function createImportGraph(): ImportGraph {
  const importers = new Map<string, Set<string>>();
  return {
    add(from, to) {
      addToSet(importers, to, from);
    },
    isImported: file => importers.has(file),
    dependentsOf(files) {
      const found = new Set(files);
      for (const file of found) for (const importer of importers.get(file) ?? []) found.add(importer);
      return found;
    },
  };
}

/** What evaluation has read of files other than by importing them. */
export interface LooseReads {
  /** Files and folders of which it matters what they hold. */
  readonly read: Set<string>;
  /** Nix files of which it matters whether they are there. */
  readonly lookedFor: Set<string>;
}

export function recordingReads(files: NixFiles, { read, lookedFor }: LooseReads): NixFiles {
  return {
    parse: path => files.parse(path),
    text(path) {
      read.add(path);
      return files.text(path);
    },
    kind(path) {
      (path.endsWith('.nix') ? lookedFor : read).add(path);
      return files.kind(path);
    },
    list(directory) {
      read.add(directory);
      return files.list(directory);
    },
  };
}
