/** Words for plaintexts that stay where they should not. */
import { leftBehind } from '../../host/files/scratch.ts';

/** Returns what is to be said of plaintexts that this process could not remove: a sentence, or none. */
export function leftNotes(): string[] {
  const left = leftBehind();
  if (left.length === 0) return [];
  const folders = left.length === 1 ? 'this folder' : 'these folders';
  return [
    `Plaintexts may be left in ${left.join(', ')}, which cannot be removed. Remove ${folders} yourself.`,
  ];
}
