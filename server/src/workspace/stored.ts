/** What is stored in a workspace, read once and kept until something other than Nix changes. */
import type { StoreFiles } from '../store/files.ts';
import { type Backend, readContents, type StoreContents } from '../store/read.ts';

export interface StoredReader {
  /** @param backend what the configuration sets; null where it sets nothing */
  read(backend: Backend | null): StoreContents;
  changed(paths: readonly string[]): void;
}

export function createStoredReader(files: StoreFiles): StoredReader {
  const kept = new Map<Backend | null, StoreContents>();
  return {
    read(backend) {
      const known = kept.get(backend);
      if (known !== undefined) return known;
      const contents = readContents(files, { backend });
      kept.set(backend, contents);
      return contents;
    },
    changed(paths) {
      if (!paths.every(path => path.endsWith('.nix'))) kept.clear();
    },
  };
}
