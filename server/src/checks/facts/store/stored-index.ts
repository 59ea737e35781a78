/**
 * Indexes what is stored by generator and file, as rules look it up. Built once per state of the stores, so
 * that an edit of a Nix file does not traverse them again. Knows nothing of declarations.
 */

import type { Place } from '../../../nix/places.ts';
import { addToList, once } from '../../../std.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import { perObject } from '../../memory/kept.ts';
import type { Report } from '../../rule.ts';

export interface StoredFileOf {
  readonly name: string;
  /** Stored values in every placement and of both kinds. */
  readonly all: readonly StoredVar[];
  /** Machines that have the file themselves, public or secret, in the current layout. */
  readonly owners: Readonly<Record<StoredVar['kind'], ReadonlySet<string>>>;
  /** The file in the shared folder, in the current layout. */
  readonly shared: Readonly<Record<StoredVar['kind'], StoredVar | null>>;
  /** True if something is stored in a former layout. */
  readonly isOld: boolean;
}

export interface StoredGenerator {
  readonly name: string;
  readonly files: ReadonlyMap<string, StoredFileOf>;
  /** The files of each machine that has its own, in the current layout, sorted by machine. */
  readonly byOwner: ReadonlyMap<string, readonly StoredVar[]>;
  /** Files in the shared folder, in the current layout. */
  readonly shared: readonly StoredVar[];
  /**
   * The recorded validation hash by machine, '' for the shared one, in the current layout. Read on first use.
   */
  readonly validations: ReadonlyMap<string, () => string | null>;
}

export interface StoredIndex {
  readonly generators: ReadonlyMap<string, StoredGenerator>;
  /** Machines with files of their own, each with its first file. */
  readonly owners: ReadonlyMap<string, StoredVar>;
  readonly hasShared: boolean;
}

/** Returns the place of a stored file: its beginning, because its content is never shown. */
export function wholeFile(path: string): Place {
  return { file: path, start: 0, end: 0 };
}

export const storedIndex = perObject(makeIndex);

/** Caches reports that depend only on what is stored. */
export function keptReports(
  make: (contents: StoreContents) => readonly Report[],
): (contents: StoreContents) => readonly Report[] {
  return perObject(make);
}

interface Draft {
  readonly name: string;
  readonly files: Map<string, FileDraft>;
  readonly byOwner: Map<string, StoredVar[]>;
  readonly shared: StoredVar[];
  readonly validations: Map<string, () => string | null>;
}

interface FileDraft {
  readonly name: string;
  readonly all: StoredVar[];
  readonly owners: Record<StoredVar['kind'], Set<string>>;
  readonly shared: Record<StoredVar['kind'], StoredVar | null>;
  isOld: boolean;
}

function makeIndex({ vars, validations, hashOf }: StoreContents): StoredIndex {
  const generators = new Map<string, Draft>();
  const owners = new Map<string, StoredVar>();
  let hasShared = false;
  const draftOf = (name: string): Draft => {
    let draft = generators.get(name);
    if (draft === undefined) {
      draft = { name, files: new Map(), byOwner: new Map(), shared: [], validations: new Map() };
      generators.set(name, draft);
    }
    return draft;
  };
  for (const stored of vars) {
    // Generators of exports belong to no machine, and their declarations are not known here.
    if (stored.placement === 'per-export') continue;
    const draft = draftOf(stored.generator);
    const file = fileOf(draft, stored.file);
    file.all.push(stored);
    if (stored.placement === 'per-machine' && stored.owner !== null && !owners.has(stored.owner))
      owners.set(stored.owner, stored);
    if (!stored.current) {
      file.isOld = true;
      continue;
    }
    if (stored.placement === 'shared') {
      hasShared = true;
      draft.shared.push(stored);
      file.shared[stored.kind] ??= stored;
    } else if (stored.owner !== null) {
      file.owners[stored.kind].add(stored.owner);
      addToList(draft.byOwner, stored.owner, stored);
    }
  }
  for (const validation of validations)
    if (validation.current && validation.placement !== 'per-export')
      draftOf(validation.generator).validations.set(
        validation.owner ?? '',
        once(() => hashOf(validation)),
      );
  return { generators, owners, hasShared };
}

function fileOf({ files }: Draft, name: string): FileDraft {
  let file = files.get(name);
  if (file === undefined) {
    file = {
      name,
      all: [],
      owners: { public: new Set(), secret: new Set() },
      shared: { public: null, secret: null },
      isOld: false,
    };
    files.set(name, file);
  }
  return file;
}
