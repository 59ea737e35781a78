/**
 * Computes who gains and loses access when secrets are stored or re-encrypted, before it happens, and which
 * gains need consent. Pure.
 */

import { type AccessChange, type Reader, readerId } from '../../store/readers.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { Generator } from '../plan/generators.ts';
import { readerText } from './access-words.ts';
import {
  type Drift,
  placesOf,
  type SecretBackend,
  type SecretPlace,
  type StoredPlace,
} from './secret-backend.ts';

/**
 * Returns the change of access to a secret.
 *
 * @param before the keys that can decrypt the stored secret, or null if nothing is stored @param wanted the
 * readers it should have afterwards @param ownersOf returns the owners of a key that loses access @param
 * isDemanded returns whether the model demands access for a reader without access to the stored secret
 */
export function accessChange(
  { key, file }: StoredPlace,
  before: readonly string[] | null,
  wanted: readonly Reader[],
  ownersOf: (key: string) => readonly Reader[],
  isDemanded: (reader: Reader) => boolean,
): AccessChange {
  const had = new Set(before);
  const keeps = new Set(wanted.map(reader => reader.key));
  const isKept = ({ key: readerKey }: Reader) => readerKey !== null && had.has(readerKey);
  const gained = wanted.filter(reader => !isKept(reader));
  return {
    place: { key, file },
    isNew: before === null,
    kept: wanted.filter(isKept),
    gained: gained.map(reader => ({ ...reader, asked: before !== null && !isDemanded(reader) })),
    lost: (before ?? []).filter(recipient => !keeps.has(recipient)).flatMap(ownersOf),
  };
}

/**
 * Returns the changes of access that storing or re-encrypting makes at some places, without those that change
 * nothing.
 *
 * @throws StoreFailure
 */
export function accessChanges(
  secretBackend: Pick<SecretBackend, 'change'>,
  places: readonly SecretPlace[],
): AccessChange[] {
  return places
    .map(place => secretBackend.change(place))
    .filter(
      (change): change is AccessChange => change !== null && change.gained.length + change.lost.length > 0,
    );
}

/**
 * Returns the changes of access that a run makes: through the steps that store secrets, and through shared
 * secrets that it re-encrypts for machines added since. Decrypts nothing.
 *
 * @param drifts of the shared secrets that the run maintains @throws StoreFailure
 */
export function accessChangesOf(
  steps: readonly { readonly generator: Generator }[],
  drifts: readonly { readonly generator: Generator; readonly drifts: readonly Drift[] }[],
  secretBackend: Pick<SecretBackend, 'change'>,
): AccessChange[] {
  const made = new Set(steps.map(step => step.generator));
  return accessChanges(secretBackend, [
    ...steps.flatMap(step => placesOf(step.generator)),
    ...drifts
      .filter(drift => !made.has(drift.generator))
      .flatMap(drift => drift.drifts.map(({ place }) => place)),
  ]);
}

/** Returns whether the generator's files and sharing are known. */
export function isCertain({ unknown }: Generator): boolean {
  return !unknown.some(gap => gap.part === 'files' || gap.part === 'share');
}

/**
 * Returns the shared generators maintained by a run for some machines, or all shared generators if no machines
 * are named.
 */
export function sharedOf(generators: Iterable<Generator>, asked: readonly string[]): Generator[] {
  return [...generators].filter(
    ({ machine, machines }) =>
      machine === null && (asked.length === 0 || machines.some(machine => asked.includes(machine))),
  );
}

/** Returns the changes with only those gains that need consent. */
export function askedOf(changes: readonly AccessChange[]): AccessChange[] {
  return changes
    .map(change => ({ ...change, gained: change.gained.filter(gain => gain.asked), lost: [] }))
    .filter(change => change.gained.length > 0);
}

/** The gains that have been consented to, in an opaque form. */
export type ConsentedGains = ReadonlySet<string>;

export function consentTo(changes: readonly AccessChange[]): ConsentedGains {
  return new Set(changes.flatMap(change => change.gained.map(gain => gainId(change.place, gain))));
}

/**
 * Refuses a change that was not shown, because keys and links may change before a secret is stored.
 *
 * @throws StoreFailure `recipient`
 */
export function mustBeAgreed(change: AccessChange | null, agreed: ConsentedGains): void {
  for (const gain of change?.gained ?? []) {
    const { place } = change as AccessChange;
    // A machine without a key at the time of consent may have been given one since.
    if (!gain.asked || agreed.has(gainId(place, gain)) || agreed.has(gainId(place, { ...gain, key: null })))
      continue;
    throw new StoreFailure(
      'recipient',
      `${readerText(gain)} would gain access to ${place.key}/${place.file}, which nobody has confirmed. Run it again to confirm.`,
    );
  }
}

function gainId({ key, file }: StoredPlace, gain: Pick<Reader, 'kind' | 'name' | 'key'>): string {
  return `${key}/${file}\0${readerId(gain)}`;
}

/** Converts changes to plain data, for programs. */
export function accessData(changes: readonly AccessChange[]) {
  return changes.map(({ place, isNew, gained, lost }) => ({
    secret: `${place.key}/${place.file}`,
    isNew,
    gains: gained.map(({ asked, ...reader }) => ({ ...readerData(reader), asked })),
    losses: lost.map(readerData),
  }));
}

/** Converts a reader to plain data, for programs. */
export function readerData({ kind, name, key, via }: Reader) {
  return { kind, name: name === '' ? null : name, key, via };
}
