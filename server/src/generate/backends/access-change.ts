/**
 * Who gains and who loses access when secrets are stored or encrypted anew, told before it happens; and which of the
 * gains have to be agreed to. Pure.
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
 * @param before the keys that can open what is stored; null where nothing is stored
 * @param wanted those that are to open it afterwards
 * @param ownersOf whose a key is that is to open it no longer
 * @param isDemanded whether the model demands it for a reader who has no access to what is stored
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

/** Returns what storing or encrypting anew changes at some places; only what changes anything. @throws StoreFailure */
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
 * Returns what a run changes: by the steps that store secrets, and by the shared ones that it encrypts anew for the machines
 * that have come since. Opens nothing.
 *
 * @param drifts of the shared ones that the run looks after
 * @throws StoreFailure
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

/** Of what is not known nothing can be said. */
export function isCertain({ unknown }: Generator): boolean {
  return !unknown.some(gap => gap.part === 'files' || gap.part === 'share');
}

/** Returns the shared generators that a run about some machines looks after; all where none are named. */
export function sharedOf(generators: Iterable<Generator>, asked: readonly string[]): Generator[] {
  return [...generators].filter(
    ({ machine, machines }) =>
      machine === null && (asked.length === 0 || machines.some(machine => asked.includes(machine))),
  );
}

/** Returns the changes with only the gains that have to be agreed to. */
export function askedOf(changes: readonly AccessChange[]): AccessChange[] {
  return changes
    .map(change => ({ ...change, gained: change.gained.filter(gain => gain.asked), lost: [] }))
    .filter(change => change.gained.length > 0);
}

/** What has been agreed to: opaque. */
export type Agreed = ReadonlySet<string>;

export function agreedTo(changes: readonly AccessChange[]): Agreed {
  return new Set(changes.flatMap(change => change.gained.map(gain => gainId(change.place, gain))));
}

/**
 * Refuses a change that was not shown: keys and links may be others by the time that a secret is stored.
 *
 * @throws StoreFailure `recipient`
 */
export function mustBeAgreed(change: AccessChange | null, agreed: Agreed): void {
  for (const gain of change?.gained ?? []) {
    const { place } = change as AccessChange;
    // A machine that had no key when it was agreed to has been given one since.
    if (!gain.asked || agreed.has(gainId(place, gain)) || agreed.has(gainId(place, { ...gain, key: null })))
      continue;
    throw new StoreFailure(
      'recipient',
      `${readerText(gain)} would gain access to ${place.key}/${place.file}, which nobody has agreed to. Run it again to be asked.`,
    );
  }
}

function gainId({ key, file }: StoredPlace, gain: Pick<Reader, 'kind' | 'name' | 'key'>): string {
  return `${key}/${file}\0${readerId(gain)}`;
}

/** Changes as plain data, for programs. */
export function accessData(changes: readonly AccessChange[]) {
  return changes.map(({ place, isNew, gained, lost }) => ({
    secret: `${place.key}/${place.file}`,
    isNew,
    gains: gained.map(({ asked, ...reader }) => ({ ...readerData(reader), asked })),
    losses: lost.map(readerData),
  }));
}

/** Returns a reader as plain data, for programs. */
export function readerData({ kind, name, key, via }: Reader) {
  return { kind, name: name === '' ? null : name, key, via };
}
