/**
 * Which file imported which, as evaluation saw it: what has to be computed again when a file changes.
 */
export interface ImportGraph {
  add(from: string, to: string): void;
  /** The files themselves and all that imported them, directly or through others. */
  dependentsOf(files: Iterable<string>): Set<string>;
}

/** Edges are only ever added: one too many costs a recomputation, one too few a stale answer. */
export function createImportGraph(): ImportGraph {
  const importers = new Map<string, Set<string>>();
  return {
    add(from, to) {
      const known = importers.get(to);
      if (known === undefined) importers.set(to, new Set([from]));
      else known.add(from);
    },
    dependentsOf(files) {
      const found = new Set(files);
      for (const file of found) for (const importer of importers.get(file) ?? []) found.add(importer);
      return found;
    },
  };
}
