/**
 * The interface of a backend for runs: reads values and returns changes. Nothing here writes; the returned
 * changes are applied as a whole.
 */

import type { AccessChange, Reader } from '../../store/readers.ts';
import type { StoreFailure } from '../../store/store-failure.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { DeclaredFile, Generator } from '../plan/generators.ts';

/** A file of a generator, with what its stored form depends on. */
export interface SecretPlace {
  readonly key: string;
  readonly file: string;
  readonly deploy: boolean;
  /** `services`, `users`, `activation` or `partitioning`. */
  readonly neededFor: string;
  /** The machines that declare it. */
  readonly machines: readonly string[];
  /** False if unknown machines may declare it too. */
  readonly machinesComplete: boolean;
}

/** The difference between actual and intended readers of a secret. */
export interface Drift {
  readonly place: SecretPlace;
  /** A clause that follows the file's name: "machine web cannot read it". */
  readonly reason: string;
  /** True if the stored file is broken, so that its readers are not known and no new ones can be given. */
  readonly isUnusable: boolean;
}

/** The beginning of the reason for a broken file. */
export const UNUSABLE = 'cannot be used: ';

/** The place where a secret is stored, regardless of its readers. */
export type StoredPlace = Pick<SecretPlace, 'key' | 'file'>;

/** A change of a store outside of the repository, which no transaction covers. */
export interface OutsideChange {
  readonly kind: 'outside';
  /**
   * Values are stored before the repository changes and removed after it, so that an interruption leaves too
   * much behind, never too little.
   */
  readonly does: 'store' | 'remove';
  /**
   * Applies the change.
   *
   * @throws StoreFailure, HostFailure
   */
  run(): Promise<void>;
}

export type SecretChange = Change | OutsideChange;

export interface SecretBackend {
  /**
   * Returns the verified bytes of a secret, or null if there is none.
   *
   * @throws StoreFailure
   */
  open(place: SecretPlace): Promise<Buffer | null>;
  /**
   * Creates what is required to write secrets for these machines: their keys.
   *
   * @returns the changes that create a key for each machine without one @throws StoreFailure if the user may
   * not write at all
   */
  prepare(machines: readonly string[]): Promise<readonly MachineKey[]>;
  /** Returns the changes that store a secret. */
  seal(place: SecretPlace, value: Uint8Array): Promise<readonly SecretChange[]>;
  /**
   * Compares the public keys of machines with their private keys, if the user can decrypt those without being
   * prompted. Afterwards `drift` and `change` know the replaced keys.
   *
   * @throws StoreFailure if the key of a machine is damaged
   */
  examine?(machines: readonly string[]): Promise<void>;
  /**
   * Returns the difference between actual and intended readers without decrypting the secret, or null if there
   * is none or the secret is not stored.
   */
  drift(place: SecretPlace): Drift | null;
  /**
   * Returns who gains and loses access if a secret is stored or re-encrypted now, or null if the store does not
   * tell. Decrypts nothing.
   *
   * @throws StoreFailure if the configuration does not determine the readers
   */
  change(place: SecretPlace): AccessChange | null;
  /**
   * Returns why the person cannot decrypt a stored secret, as far as that shows without decrypting; null if they may be able
   * to, or nothing is stored.
   */
  refusal?(place: StoredPlace): StoreFailure | null;
  /** Returns the changes that re-encrypt a secret to its intended readers. */
  reseal(place: SecretPlace): Promise<readonly Change[]>;
  /**
   * Returns the repository files that hold a secret, which another program may change while it is regenerated.
   */
  paths(place: StoredPlace): readonly string[];
  /**
   * Returns the changes that remove secrets, except for their folders below `vars`. Secrets that do not exist
   * are ignored.
   */
  removal(places: readonly StoredPlace[]): readonly SecretChange[];
  /** Drops cached file contents after files were written. */
  forget(): void;
}

export interface MachineKey {
  readonly machine: string;
  readonly changes: readonly Change[];
  /** The readers who can decrypt its private half. */
  readonly readers: readonly Reader[];
}

export function placeOf(generator: Generator, { name, deploy, neededFor }: DeclaredFile): SecretPlace {
  const { key, machine, machines } = generator;
  // A machine's own secret is for no other machine.
  const machinesComplete = machine !== null || generator.machinesComplete;
  return { key, file: name, deploy, neededFor, machines, machinesComplete };
}

export function placesOf(generator: Generator): SecretPlace[] {
  return generator.files.filter(file => file.secret).map(file => placeOf(generator, file));
}
