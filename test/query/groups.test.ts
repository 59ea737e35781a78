import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDatabase, input, query, set, type TraceEvent } from '../../server/src/query/database.ts';
import { forAll, mapOfAll } from '../../server/src/query/groups.ts';
import { runs } from '../support/runs.ts';
import { recomputed } from './recomputed.ts';

const KEYS = input<null, readonly string[]>('keys', () => []);
const NUMBER = input<string, number>('number', () => 0);
const HALF = query<string, number>('half', (database, key) => Math.floor(NUMBER(database, key) / 2));
const ALL = forAll(KEYS, HALF);
const BY_KEY = mapOfAll(KEYS, HALF);

const keysUpTo = (count: number) => Array.from({ length: count }, (_, index) => `key${index}`);

describe('the answers for all keys', () => {
  it('are those of each key, in order, after any changes', () => {
    const step = fc.oneof(
      fc.record({ count: fc.nat(200) }),
      fc.record({ key: fc.nat(200), value: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), steps => {
        const database = createDatabase();
        let keys: readonly string[] = [];
        for (const change of steps) {
          if ('count' in change) {
            keys = keysUpTo(change.count);
            set(database, KEYS, null, keys);
          } else set(database, NUMBER, `key${change.key}`, change.value);
          const answers = keys.map(key => Math.floor(NUMBER(database, key) / 2));
          expect(ALL(database, null)).toEqual(answers);
          expect([...BY_KEY(database, null)]).toEqual(keys.map((key, index) => [key, answers[index]]));
        }
      }),
      { numRuns: runs(200) },
    );
  });

  it('are verified in the group of the key that has changed, and kept if they are equal', () => {
    const events: TraceEvent[] = [];
    const database = createDatabase({ trace: event => events.push(event) });
    set(database, KEYS, null, keysUpTo(1000));
    const [before, map] = [ALL(database, null), BY_KEY(database, null)];
    events.length = 0;
    set(database, NUMBER, 'key500', 1);
    expect(ALL(database, null)).toBe(before);
    expect(BY_KEY(database, null)).toBe(map);
    expect(recomputed(events)).toEqual(['half(key500)']);
    events.length = 0;
    set(database, NUMBER, 'key500', 2);
    expect(ALL(database, null)[500]).toBe(1);
    expect(recomputed(events)).toEqual(['half(key500)', 'group of all half', 'all half']);
  });
});
