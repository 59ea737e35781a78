/** What is stored in a workspace, read once and kept until something other than Nix changes. */
import { folderOf } from '../nix/paths.ts';
import type { StoreFiles } from '../store/files.ts';
import { type Backend, type RecipientsRead, readContents, type StoreContents } from '../store/read.ts';

export interface StoredReader {
  /**
   * @param backend what the configuration sets; null where it sets nothing
   * @param directory the clan's folder
   * @param elsewhere whether a command of somebody's own keeps secrets
   */
  read(backend: Backend | null, directory: string, elsewhere: boolean): StoreContents;
  /** Files or folders were made, changed or removed. */
  changed(paths: readonly string[]): void;
  forgetAll(): void;
}

export function createStoredReader(files: StoreFiles): StoredReader {
  const kept = new Map<string, StoreContents>();
  /** A large store has tens of thousands of secrets, and a change concerns a few of them. */
  const readings = new Map<string, RecipientsRead>();
  return {
    read(backend, directory, elsewhere) {
      const id = `${backend}\0${directory}\0${elsewhere}`;
      const known = kept.get(id);
      if (known !== undefined) return known;
      const contents = readContents(files, { backend, directory, elsewhere, readings });
      kept.set(id, contents);
      return contents;
    },
    changed(paths) {
      const others = paths.filter(path => !path.endsWith('.nix'));
      if (others.length === 0) return;
      kept.clear();
      const changed = new Set(others);
      for (const path of readings.keys()) if (isIn(changed, path)) readings.delete(path);
    },
    forgetAll() {
      kept.clear();
      readings.clear();
    },
  };
}

/** Is the path, or a folder that it lies in, among these? */
function isIn(paths: ReadonlySet<string>, path: string): boolean {
  for (let at = path; ; at = folderOf(at)) {
    if (paths.has(at)) return true;
    if (at === '') return false;
  }
}
