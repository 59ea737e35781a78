/**
 * Answers questions about a place in the text of a file, such as the edits of a fix. A rule over the whole fleet that
 * asks for them does not depend on the text: an answer is computed again when the file has changed, and only a
 * different one makes the rule run again.
 */

import type { Place } from '../../nix/places.ts';
import { isSameData } from '../../nix/same-data.ts';
import type { SourceFile } from '../../nix/source.ts';
import { query } from '../../query/database.ts';
import type { CheckContext } from '../rule.ts';
import { currentRun, runOf } from './memory.ts';

/**
 * Returns a function of a place; it returns null if the file cannot be read.
 *
 * @param look must depend only on its arguments, and return plain data
 */
export function atPlace<T>(
  look: (file: SourceFile, at: Place) => T,
): (context: CheckContext, at: Place) => T | null {
  const seen = ({ sources }: CheckContext, at: Place): T | null => {
    const file = sources.parse(at.file);
    return file === null ? null : look(file, at);
  };
  const answer = query<Place, T | null>(
    'at place',
    (database, at) => seen(currentRun(database).watched, at),
    { equals: isSameData },
  );
  return (context, at) => {
    const run = runOf(context.fleet);
    return run === null ? seen(context, at) : answer(run.memory.database, at);
  };
}
