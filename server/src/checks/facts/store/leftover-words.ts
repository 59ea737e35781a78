/** Wording of summaries of leftovers. */
import type { Leftover } from '../../rule.ts';
import { counted } from '../wording.ts';

/** Returns the count in words: `30 stored files`. */
export function storedFiles(leftovers: readonly Leftover[]): string {
  return counted(
    leftovers.reduce((sum, { files }) => sum + files, 0),
    'stored file',
  );
}

/** Returns a sentence that says how to remove all of them. */
export function removal(leftovers: readonly Leftover[]): string {
  const what = leftovers.some(leftover => leftover.isSecret)
    ? 'remove them, and revoke what they held'
    : 'remove them';
  return leftovers.some(leftover => leftover.mayBeForeign)
    ? `Unless a module of another flake declares them, ${what}.`
    : `R${what.slice(1)}.`;
}
