/** Registries of secrets, the matrices of machines that select their keys, and what modules read of both. */
import type { Known, Place } from '../../nix/places.ts';
import type { GeneratorBody } from './generators.ts';

export interface RegistryField<T> {
  readonly value: T;
  readonly at: Place;
}

/** One entry of a registry. A field that is not known, or absent, is null. */
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
  /** Does the entry certainly declare a file of this name under `files`? Takes far less than reading the body. */
  readonly declaresFile: (name: string) => boolean;
  /** Files that the script certainly writes, by name. Null: not known. */
  readonly written: readonly Known<string>[] | null;
  /** Metadata that fails without `pkgs`: the field's name and place. */
  readonly needsPkgs: readonly Known<string>[];
  /** The whole entry, for edits beside it. */
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

/** A key as a matrix lists it. */
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
  /** A list that other rows are built from, not a machine. */
  readonly shared: boolean;
}

export interface Matrix {
  readonly file: string;
  readonly at: Place;
  readonly rows: readonly MatrixRow[];
  readonly closed: boolean;
  /** The file of the registry whose keys it lists; null if that is not known. */
  readonly registry: string | null;
}

/** The generators that a module assigns from a registry. */
export interface Assignment {
  /** Where `…vars.generators` is assigned. */
  readonly at: Place;
  /** Machines whose matrix rows the module reads. */
  readonly machines: readonly string[];
  /** Names of all generators assigned; null where there may be more. */
  readonly names: readonly string[] | null;
}

/** An import of a registry and the package set it is given. */
export interface RegistryImport {
  readonly registry: string;
  readonly at: Place;
  /** Where a package set that cannot be null is passed; null if none is. */
  readonly pkgsAt: Place | null;
}

/** A registry in which keys of a matrix are looked up. */
export interface MatrixLink {
  readonly matrix: string;
  readonly registry: string;
}

/** A registry key that is looked up by name. */
export interface KeyLookup {
  /** The registry's file. */
  readonly registry: string;
  readonly key: string;
  /** Where the key is written. */
  readonly at: Place;
  readonly found: boolean;
  /** False where a missing key is provided for. */
  readonly required: boolean;
}

/** A path that is made of what the registry says of a key, without asking for its generator. */
export interface KeyPath {
  readonly key: KeyLookup;
  readonly generator: string;
  /** As far as it is known; holes as they are written. */
  readonly path: string;
}

/** A row of a matrix that is read: `envMatrix.lea`. */
export interface RowRead {
  /** The matrix's file. */
  readonly matrix: string;
  readonly machine: string;
  readonly at: Place;
  readonly found: boolean;
}

/** A `let` binding of a machine's module from which session variables are built. */
export interface SessionBinding {
  readonly name: string;
  readonly at: Place;
  /** The reads of `.path` in it. */
  readonly reads: readonly Place[];
}
