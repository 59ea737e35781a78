/**
 * Collects the answers for all units by way of groups of units. An edit marks one group, so that verifying what depends
 * on thousands of units looks at the units of that group alone.
 */

import { type Query, query } from '../../query/database.ts';
import { sameItems } from '../../std.ts';
import { UNIT_FILES } from './watched.ts';

/** The number of units in a group. */
const GROUP_SIZE = 64;

const GROUPS = query<null, number>('groups of units', database =>
  Math.ceil(UNIT_FILES(database, null).length / GROUP_SIZE),
);

const FILES = query<number, readonly string[]>(
  'files of a group of units',
  (database, group) => UNIT_FILES(database, null).slice(group * GROUP_SIZE, (group + 1) * GROUP_SIZE),
  { equals: sameItems },
);

/** Returns a query for the answers of all units, in the order of `UNIT_FILES`. */
export function ofAllUnits<T>(answerOf: Query<string, T>): Query<null, readonly T[]> {
  const inGroup = query<number, readonly T[]>(
    'group of units',
    (database, group) => FILES(database, group).map(file => answerOf(database, file)),
    { equals: sameItems },
  );
  return query('all units', database => {
    const answers: T[] = [];
    for (let group = 0; group < GROUPS(database, null); group++) answers.push(...inGroup(database, group));
    return answers;
  });
}
