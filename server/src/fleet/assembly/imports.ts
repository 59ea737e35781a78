/**
 * Records the files that evaluation reads, by import or otherwise, to determine what has to be computed again after a
 * change.
 */
import type { NixFiles } from '../../nix/eval/value.ts';
import { addToSet } from '../../std.ts';

export interface ImportGraph {
  /** Records that a file imports another, and reads it through its value. */
  addImport(from: string, to: string): void;
  /** Records that a file uses another in a way that its value does not show. */
  addUse(from: string, to: string): void;
  /** Returns the files that use a file in such a way. */
  usersOf(file: string): Iterable<string>;
  /** Returns whether any other file imports the file. */
  isImported(file: string): boolean;
  /** Returns whether a file imports one of the others directly. */
  importsAny(file: string, others: Iterable<string>): boolean;
  /** Returns the files themselves and all that import them, directly or indirectly. */
  dependentsOf(files: Iterable<string>): Set<string>;
}

/** Edges are only added: a superfluous one costs a recomputation, a missing one leaves a stale result. */
export function createImportGraph(): ImportGraph {
  const importers = new Map<string, Set<string>>();
  const users = new Map<string, Set<string>>();
  return {
    addImport: (from, to) => addToSet(importers, to, from),
    addUse(from, to) {
      addToSet(importers, to, from);
      addToSet(users, to, from);
    },
    usersOf: file => users.get(file) ?? [],
    isImported: file => importers.has(file),
    importsAny(file, others) {
      for (const other of others) if (importers.get(other)?.has(file) === true) return true;
      return false;
    },
    dependentsOf(files) {
      const dependents = new Set(files);
      for (const file of dependents)
        for (const importer of importers.get(file) ?? []) dependents.add(importer);
      return dependents;
    },
  };
}

/** Reads of files other than imports. */
export interface LooseReads {
  /** Files and folders whose contents were read. */
  readonly read: Set<string>;
  /** Nix files whose existence was tested. */
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
