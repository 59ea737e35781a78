/** Keeps what joining the parts of a fleet needs of the build before, beside the answers of the database. */
import type { ExtendedCache } from '../catalogue/extended-generators.ts';
import { createOwnershipCache, type OwnershipCache } from '../machines/assigned-modules.ts';
import type { JoinedFleet } from '../machines/join-declared.ts';
import type { ReaderCache } from '../machines/row-readers.ts';
import type { Machine } from '../model/base.ts';
import type { Matrix } from '../model/registries.ts';
import type { StoreSetting, StoreSettings } from '../model/secrets.ts';

/** State that is kept from one build to the next. */
export interface AssemblyCache {
  readonly readers: ReaderCache;
  readonly ownership: OwnershipCache;
  readonly extended: ExtendedCache;
  joined: { readonly key: readonly unknown[]; readonly fleet: JoinedFleet } | null;
  storeSettings: { readonly all: readonly StoreSetting[]; readonly joined: StoreSettings } | null;
  /** Matrices with what other files show of them, by the matrix as it was read. */
  readonly linked: WeakMap<Matrix, Matrix>;
  /** The last facts by which matrices were linked; null before the first fleet. */
  linking: Linking | null;
}

/** Facts about other files, by which matrices are linked to registries and their shared rows are recognised. */
export interface Linking {
  /** The registries in which the readers of each matrix look up its keys. */
  readonly registries: ReadonlyMap<string, ReadonlySet<string>>;
  readonly machines: readonly Machine[];
  /** Names of rows that are lists which machines share. */
  readonly lists: ReadonlySet<string>;
}

export function createAssemblyCache(): AssemblyCache {
  return {
    readers: { byUnit: new WeakMap(), byFile: new Map() },
    ownership: createOwnershipCache(),
    extended: new WeakMap(),
    joined: null,
    storeSettings: null,
    linked: new WeakMap(),
    linking: null,
  };
}
