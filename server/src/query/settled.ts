/**
 * Copies of answers, to stand between a query and very many dependents. What changes below the query does not mark these:
 * the copies are brought up to date in steps of their own, and only dependents of one that is different then are verified.
 * Without them, an edit that changes nothing would have thousands of answers looked at.
 */
import { mayBeOutdated } from './cell.ts';
import { outdate } from './cells.ts';
import { type Database, drop, input, outdatedKeys, type Query, untracked } from './database.ts';
import type { Steps } from './steps.ts';

export interface Settled<K, V> {
  /** The answers as they were last settled. Whoever depends on them must not be asked before they are settled again. */
  readonly answers: Query<K, V>;
  /** Brings the answers up to date in steps. To be done after changes, before anything is asked that depends on them. */
  settling(database: Database): Steps<void>;
}

/**
 * Declares copies of the answers of a query.
 * @param of a query that is kept, and which nothing else depends on
 */
export function settled<K, V>(of: Query<K, V>): Settled<K, V> {
  const { kind } = of;
  const answers = input<K, V>(
    `settled ${kind.name}`,
    (database, key) => untracked(database, () => of(database, key)),
    { equals: kind.equals as (left: V, right: V) => boolean },
  );
  return {
    answers,
    *settling(database) {
      const copies = database.tables.get(answers.kind);
      for (const key of outdatedKeys(database, of)) {
        const copy = copies?.get(key);
        // A copy that is outdated as well reads the answer when it is asked for.
        if (copy === undefined) drop(database, of, key);
        else if (!mayBeOutdated(copy)) {
          if (!kind.equals(copy.value, of(database, key))) outdate(database.cells, copy);
          yield;
        }
      }
    },
  };
}
