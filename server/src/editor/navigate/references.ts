/** Finds every place that names the thing at the cursor, for lists of references and highlights in one file. */
import type { Place } from '../../nix/places.ts';
import { indexOf } from '../names/fleet-index.ts';
import { sameSubject, type Target } from '../names/subjects.ts';
import { isOfSecrets, pointedAt, secretOccurrences } from '../secrets/places.ts';
import type { Snapshot } from '../snapshot.ts';
import { filesWordAt } from './files-word.ts';

/**
 * Returns the references in file and text order, or null if there is nothing to point at.
 *
 * @param offset 0-based UTF-16 offset @param declarations false for uses only
 */
export function references(
  snapshot: Snapshot,
  file: string,
  offset: number,
  declarations: boolean,
): readonly Place[] | null {
  const index = indexOf(snapshot);
  const target = pointedAt(snapshot, index, file, offset) ?? filesWordAt(snapshot, index, file, offset);
  if (!target) return null;
  const { subject } = target;
  const all = isOfSecrets(subject)
    ? secretOccurrences(snapshot, index, subject)
    : index.occurrencesOf(subject);
  return all
    .filter(({ role }) => role === 'use' || (declarations && role === 'declaration'))
    .map(({ at }) => at);
}

/** Returns the places in this file that name the thing at the offset. */
export function highlights(
  snapshot: Snapshot,
  file: string,
  offset: number,
): readonly Pick<Target, 'at' | 'role'>[] {
  const index = indexOf(snapshot);
  const target = index.targetAt(file, offset);
  if (!target) return [];
  return index.targetsIn(file).filter(({ subject }) => sameSubject(subject, target.subject));
}
