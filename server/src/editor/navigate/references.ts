/** Every place that names the thing under the cursor: for lists of references, and for marks in one file. */
import type { Place } from '../../nix/places.ts';
import { indexOf } from '../names/fleet-index.ts';
import { sameSubject, type Target } from '../names/subjects.ts';
import { isOfSecrets, pointedAt, secretOccurrences } from '../secrets/places.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * @param offset 0-based UTF-16 offset
 * @param declarations false: only where it is used
 * @returns in the order of files and places; null where nothing can be pointed at
 */
export function references(
  snapshot: Snapshot,
  file: string,
  offset: number,
  declarations: boolean,
): readonly Place[] | null {
  const index = indexOf(snapshot);
  const target = pointedAt(snapshot, index, file, offset);
  if (!target) return null;
  const { subject } = target;
  const all = isOfSecrets(subject)
    ? secretOccurrences(snapshot, index, subject)
    : index.occurrencesOf(subject);
  return all
    .filter(({ role }) => role === 'use' || (declarations && role === 'declaration'))
    .map(({ at }) => at);
}

/** The places in this file that name what stands at the offset. */
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
