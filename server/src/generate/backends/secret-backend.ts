/**
 * What a backend has to do for a run, the same for all: values out, changes in. Nothing here writes; changes are
 * handed back so that they can be applied as a whole.
 */

import type { AccessChange, Reader } from '../../store/readers.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { DeclaredFile, Generator } from '../plan/generators.ts';

/** A file of a generator, and what its stored form must say. */
export interface SecretPlace {
  readonly key: string;
  readonly file: string;
  readonly deploy: boolean;
  /** `services`, `users`, `activation` or `partitioning`. */
  readonly neededFor: string;
  /** Those that declare it. */
  readonly machines: readonly string[];
  /** False where others may declare it that are not seen. */
  readonly machinesComplete: boolean;
}

/** How those who can read a secret differ from those who should. */
export interface Drift {
  readonly place: SecretPlace;
  /** In words that follow the file's name: "machine web cannot read it". */
  readonly reason: string;
}

/** Where a secret is stored, whoever it is for. */
export type StoredPlace = Pick<SecretPlace, 'key' | 'file'>;

/** A change of a store outside of the repository: no transaction holds it. */
export interface OutsideChange {
  readonly kind: 'outside';
  /**
   * Values are stored before the repository changes and removed after it: what is cut off in between leaves too much
   * behind, never too little.
   */
  readonly does: 'store' | 'remove';
  /** @throws StoreFailure, HostFailure */
  run(): Promise<void>;
}

export type SecretChange = Change | OutsideChange;

export interface SecretBackend {
  /**
   * A secret's bytes, verified; null where there is none.
   *
   * @throws StoreFailure
   */
  open(place: SecretPlace): Promise<Buffer | null>;
  /**
   * Everything that has to be there before secrets for these machines can be written: their keys.
   *
   * @returns for each machine that has none yet, the changes that make one
   * @throws StoreFailure where the person may not write at all
   */
  prepare(machines: readonly string[]): Promise<readonly MachineKey[]>;
  /** What storing a secret changes. */
  seal(place: SecretPlace, value: Uint8Array): Promise<readonly SecretChange[]>;
  /**
   * Compares the public keys of machines with their private keys, where the person can open those without being asked:
   * afterwards `drift` and `change` know which were replaced.
   *
   * @throws StoreFailure where the key of a machine is damaged
   */
  examine?(machines: readonly string[]): Promise<void>;
  /** What is wrong with whom a stored secret is for, without opening it; null where it is right, or not there. */
  drift(place: SecretPlace): Drift | null;
  /**
   * Who gains and who loses access when a secret is stored now, or encrypted anew. Opens nothing; null where the
   * store does not tell.
   *
   * @throws StoreFailure where the configuration does not tell whom it is for
   */
  change(place: SecretPlace): AccessChange | null;
  /** What making it right changes. */
  reseal(place: SecretPlace): Promise<readonly Change[]>;
  /** The files of the repository that hold a secret: what another program may change while it is made anew. */
  paths(place: StoredPlace): readonly string[];
  /** What taking secrets away changes, beside what lies in their folders below `vars`; those that are not there are fine. */
  removal(places: readonly StoredPlace[]): readonly SecretChange[];
  /** Files were written: what was kept of them is to be read anew. */
  forget(): void;
}

export interface MachineKey {
  readonly machine: string;
  readonly changes: readonly Change[];
  /** Who can open its private half. */
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
