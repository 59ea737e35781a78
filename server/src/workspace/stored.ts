/** The stored values of a workspace, read once and kept until a file other than Nix sources changes. */
import { folderOf } from '../nix/eval/paths.ts';
import { createDatabase, input, knownKeys, query, set, touch, untracked } from '../query/database.ts';
import type { StoreFiles } from '../store/vars/files.ts';
import {
  type Backend,
  type RecipientsRead,
  readContents,
  readRecipients,
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
  /** Records that any file may have changed. */
  rescanned(): void;
}

type Reported = ReadonlyMap<string, VerifiedGenerator>;

const NOTHING: Reported = new Map();

/** The number of changes of files other than Nix sources. */
const CHANGES = input<null, number>('changes of stored files', () => 0);

const REPORTED = input<null, Reported>('reported states', () => NOTHING);

/** What each secret's own file says: a large store has tens of thousands, of which a change affects only a few. */
const RECIPIENTS = input<string, RecipientsRead>('recipients', ({ context }, path) =>
  readRecipients(context as StoreFiles, path),
);

/** What decides, beside the files, what a store contains: the arguments of `read`. */
interface Chosen {
  readonly backend: Backend | null;
  readonly directory: string;
  readonly elsewhere: boolean;
  readonly chosen: Backend | null;
}

/** By a `Chosen` as JSON. */
const CONTENTS = query<string, StoreContents>('stored', (database, chosen) => {
  CHANGES(database, null);
  return readContents(database.context as StoreFiles, {
    ...(JSON.parse(chosen) as Chosen),
    recipientsIn: path => untracked(database, () => RECIPIENTS(database, path)),
    verified: REPORTED(database, null),
  });
});

export function createStoredReader(files: StoreFiles): StoredReader {
  const database = createDatabase({ context: files });
  const changes = () => set(database, CHANGES, null, database.cells.revision);
  return {
    read(backend, directory, store) {
      const elsewhere = store?.command != null;
      const chosen: Chosen = { backend, directory, elsewhere, chosen: store?.backend ?? null };
      return CONTENTS(database, JSON.stringify(chosen));
    },
    verified(more) {
      set(database, REPORTED, null, new Map([...REPORTED(database, null), ...more]));
    },
    reported: () => REPORTED(database, null),
    changed(paths) {
      // What the store reported belongs to earlier files or declarations.
      if (paths.length > 0) set(database, REPORTED, null, NOTHING);
      const others = new Set(paths.filter(path => !path.endsWith('.nix')));
      if (others.size === 0) return;
      changes();
      for (const path of knownKeys(database, RECIPIENTS))
        if (isIn(others, path)) touch(database, RECIPIENTS, path);
    },
    rescanned() {
      set(database, REPORTED, null, NOTHING);
      changes();
      for (const path of knownKeys(database, RECIPIENTS)) touch(database, RECIPIENTS, path);
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
