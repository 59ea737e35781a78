/** Describes plaintexts that could not be removed. */
import { leftBehind } from '../../host/files/scratch.ts';

/** Returns a sentence about plaintexts that this process could not remove, or none. */
export function leftNotes(): string[] {
  const left = leftBehind();
  if (left.length === 0) return [];
  const folders = left.length === 1 ? 'this folder' : 'these folders';
  return [
    `Plaintexts may remain in ${left.join(', ')}, which cannot be removed. Remove ${folders} yourself.`,
  ];
}
