/** The stored values of a workspace, read once and kept until a file other than Nix sources changes. */
import { folderOf } from '../nix/eval/paths.ts';
import type { StoreFiles } from '../store/vars/files.ts';
import {
  type Backend,
  type RecipientsRead,
  readContents,
  type StoreContents,
  type VerifiedGenerator,
} from '../store/vars/read.ts';
import type { StoreChoice } from './settings/settings.ts';

export interface StoredReader {
  /**
   * Returns the content of the store.
   * @param backend the configured backend, or `null` if none is
   * @param directory the clan's folder
   * @param store the setting in `varsmith.json`
   */
  read(backend: Backend | null, directory: string, store: StoreChoice | null): StoreContents;
  /**
   * Adds states that a store outside the repository reported, by generator key. They are kept until something
   * changes.
   */
  verified(states: ReadonlyMap<string, VerifiedGenerator>): void;
  /** Returns the states that the store has reported since something changed, by generator key. */
  reported(): ReadonlyMap<string, VerifiedGenerator>;
  /** Records that files or folders were created, changed or removed. */
  changed(paths: readonly string[]): void;
  forgetAll(): void;
}

export function createStoredReader(files: StoreFiles): StoredReader {
  const kept = new Map<string, StoreContents>();
  /**
   * Readings are kept individually, since a large store has tens of thousands of secrets, of which a change affects
   * only a few.
   */
  const readings = new Map<string, RecipientsRead>();
  let reportedStates: ReadonlyMap<string, VerifiedGenerator> = new Map();
  /** Forgets the states that the store reported, which belong to earlier files or declarations. */
  function forgetTold(): void {
    if (reportedStates.size === 0) return;
    reportedStates = new Map();
    kept.clear();
  }
  return {
    read(backend, directory, store) {
      const elsewhere = store?.command != null;
      const chosen = store?.backend ?? null;
      const id = `${backend}\0${directory}\0${elsewhere}\0${chosen}`;
      const storeContents = kept.get(id);
      if (storeContents !== undefined) return storeContents;
      const options = { backend, directory, elsewhere, chosen, readings, verified: reportedStates };
      const contents = readContents(files, options);
      kept.set(id, contents);
      return contents;
    },
    verified(more) {
      reportedStates = new Map([...reportedStates, ...more]);
      kept.clear();
    },
    reported: () => reportedStates,
    changed(paths) {
      if (paths.length > 0) forgetTold();
      const others = paths.filter(path => !path.endsWith('.nix'));
      if (others.length === 0) return;
      kept.clear();
      const changed = new Set(others);
      for (const path of readings.keys()) if (isIn(changed, path)) readings.delete(path);
    },
    forgetAll() {
      forgetTold();
      kept.clear();
      readings.clear();
    },
  };
}

/** Returns whether the path or a folder above it is among these. */
function isIn(paths: ReadonlySet<string>, path: string): boolean {
  for (let at = path; ; at = folderOf(at)) {
    if (paths.has(at)) return true;
    if (at === '') return false;
  }
}
