/**
 * Types of registries of secrets, of the matrices that select their keys for machines, and of the reads of both in
 * modules.
 */
import type { Known, Place } from '../../nix/places.ts';
import type { Reached } from './base.ts';
import type { GeneratorBody } from './generators.ts';

export interface RegistryField<T> {
  readonly value: T;
  readonly at: Place;
}

/** One entry of a registry. A field is null if it is unknown or absent. */
export interface RegistryKey {
  readonly key: string;
  /** Where the key is written. */
  readonly at: Place;
  readonly generator: RegistryField<string> | null;
  readonly envVar: RegistryField<string> | null;
  readonly fileAttr: RegistryField<string> | null;
  readonly secret: boolean | null;
  readonly description: string | null;
  readonly domain: string | null;
  readonly category: string | null;
  readonly body: GeneratorBody;
  /**
   * Returns whether the entry certainly declares a file of this name under `files`. Far cheaper than reading the body.
   */
  readonly declaresFile: (name: string) => boolean;
  /** Names of files that the script certainly writes; null if unknown. */
  readonly written: readonly Known<string>[] | null;
  /** Metadata fields that fail to evaluate without `pkgs`, by name. */
  readonly needsPkgs: readonly Known<string>[];
  /** The whole entry; edits are placed beside it. */
  readonly entry: Place;
}

export interface Registry {
  readonly file: string;
  /** The whole set of entries. */
  readonly at: Place;
  readonly keys: readonly RegistryKey[];
  /** False if there may be keys that are not listed. */
  readonly closed: boolean;
}

/** A key in a row of a matrix. */
export interface ListedKey {
  readonly key: string;
  readonly at: Place;
}

export interface MatrixRow {
  readonly machine: string;
  readonly at: Place;
  readonly keys: readonly ListedKey[];
  /** False if the list may have further keys. */
  readonly complete: boolean;
  /** True for a list that other rows are built from, which is not a machine. */
  readonly shared: boolean;
}

export interface Matrix {
  readonly file: string;
  readonly at: Place;
  readonly rows: readonly MatrixRow[];
  readonly closed: boolean;
  /** The file of the registry that has its keys; null if unknown. */
  readonly registry: string | null;
}

/** An assignment of generators from a registry in a module. */
export interface Assignment {
  /** The place of the assignment to `…vars.generators`. */
  readonly at: Place;
  /** Machines whose matrix rows the module reads. */
  readonly machines: readonly string[];
  /** Names of all assigned generators; null if there may be more. */
  readonly names: readonly string[] | null;
}

/** An import of a registry, with the package set that is passed to it. */
export interface RegistryImport {
  readonly registry: string;
  readonly at: Place;
  /** The place of a package set that is certainly not null; null if there is none. */
  readonly pkgsAt: Place | null;
}

/** A registry that is indexed with keys of a matrix. */
export interface MatrixLink {
  readonly matrix: string;
  readonly registry: string;
}

/** A lookup of a registry key by name. */
export interface KeyLookup {
  /** The registry's file. */
  readonly registry: string;
  readonly key: string;
  /** Where the key is written. */
  readonly at: Place;
  readonly found: boolean;
  /** False if the lookup has a fallback for a missing key. */
  readonly required: boolean;
}

/** A path that is built from a key's metadata, without reading its generator. */
export interface KeyPath {
  readonly key: KeyLookup;
  readonly generator: string;
  /** The path, with holes as they are written. */
  readonly path: string;
  readonly reached: Reached;
}

/** A read of a row of a matrix: `envMatrix.lea`. */
export interface RowRead {
  /** The matrix's file. */
  readonly matrix: string;
  readonly machine: string;
  readonly at: Place;
  readonly found: boolean;
}

/** A `let` binding of a machine's module that session variables are built from. */
export interface SessionBinding {
  readonly name: string;
  readonly at: Place;
  /** The reads of `.path` in the binding. */
  readonly reads: readonly Place[];
}
