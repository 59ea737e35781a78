/**
 * Collects the answers for many keys by way of groups of keys. A change marks one group, so that verifying what depends
 * on the answers for thousands of keys looks at the keys of that group alone.
 */

import { sameItems } from '../std.ts';
import { type Query, query } from './database.ts';

/** The number of keys in a group. */
const GROUP_SIZE = 64;

/**
 * Returns a query for the answers of all keys, in the order of the keys. The list is the same as long as the answers are.
 * @param keys a query for the list of the keys
 */
export function forAll<T>(
  keys: Query<null, readonly string[]>,
  answerOf: Query<string, T>,
): Query<null, readonly T[]> {
  const name = `all ${answerOf.kind.name}`;
  const groups = query<null, number>(`groups of ${name}`, database =>
    Math.ceil(keys(database, null).length / GROUP_SIZE),
  );
  const keysOf = query<number, readonly string[]>(
    `keys of ${name}`,
    (database, group) => keys(database, null).slice(group * GROUP_SIZE, (group + 1) * GROUP_SIZE),
    { equals: sameItems },
  );
  const inGroup = query<number, readonly T[]>(
    `group of ${name}`,
    (database, group) => keysOf(database, group).map(key => answerOf(database, key)),
    { equals: sameItems },
  );
  return query<null, readonly T[]>(
    name,
    database => {
      const answers: T[] = [];
      for (let group = 0; group < groups(database, null); group++) answers.push(...inGroup(database, group));
      return answers;
    },
    { equals: sameItems },
  );
}

/** Like `forAll`, by key. */
export function mapOfAll<T>(
  keys: Query<null, readonly string[]>,
  answerOf: Query<string, T>,
): Query<null, ReadonlyMap<string, T>> {
  const all = forAll(keys, answerOf);
  return query(`map of ${answerOf.kind.name}`, database => {
    const answers = all(database, null);
    return new Map(keys(database, null).map((key, index) => [key, answers[index] as T]));
  });
}
