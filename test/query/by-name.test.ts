import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byName, type Named, reusing, settledByName } from '../../server/src/query/by-name.ts';
import {
  createDatabase,
  type Database,
  input,
  query,
  set,
  sweep,
  type TraceEvent,
} from '../../server/src/query/database.ts';
import { runs } from '../support/runs.ts';
import { recomputed } from './recomputed.ts';

const KEYS = input<null, readonly string[]>('keys', () => []);
const WORDS = input<string, string>('words', () => '');

/** The words of a key, each with the number of times that it has it. */
const COUNTS = query<string, Named<number>>('counts', (database, key, before) =>
  reusing(before, countsIn(WORDS(database, key)), Object.is),
);
const PLAIN = byName(KEYS, COUNTS);
const SETTLED = settledByName(KEYS, COUNTS);

const totalOf = ({ holders }: typeof PLAIN) =>
  query<string, number>('total', (database, name) =>
    holders(database, name)
      .list()
      .reduce((sum, { value }) => sum + value, 0),
  );

function countsIn(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.split(' ').filter(part => part !== ''))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

describe.each([
  { what: 'values by name', ...PLAIN, TOTAL: totalOf(PLAIN), settle(_database: Database) {} },
  { what: 'values by name, settled', ...SETTLED, TOTAL: totalOf(SETTLED) },
])('$what', ({ names, holders, TOTAL, settle }) => {
  it('are those of all keys, in their order, after any changes', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd');
    const key = fc.constantFrom('one', 'two', 'three', 'four');
    const step = fc.oneof(
      fc.record({ keys: fc.uniqueArray(key) }),
      fc.record({ sweeps: fc.nat({ max: 2 }) }),
      fc.record({ key, words: fc.array(word, { maxLength: 4 }), isAsked: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), steps => {
        const database = createDatabase();
        const texts = new Map<string, string>();
        let keys: readonly string[] = [];
        for (const change of steps) {
          if ('sweeps' in change) sweep(database, change.sweeps);
          else if ('keys' in change) {
            keys = change.keys;
            set(database, KEYS, null, keys);
          } else {
            texts.set(change.key, change.words.join(' '));
            set(database, WORDS, change.key, change.words.join(' '));
            if (!change.isAsked) continue;
          }
          settle(database);
          const having = (name: string) =>
            keys.flatMap(holder => {
              const value = countsIn(texts.get(holder) ?? '').get(name);
              return value === undefined ? [] : [{ key: holder, value }];
            });
          expect(names(database, null)).toEqual(['a', 'b', 'c', 'd'].filter(name => having(name).length > 0));
          for (const name of ['a', 'b', 'c', 'd']) {
            const held = holders(database, name);
            expect(held.list()).toEqual(having(name));
            expect([...held.values()].sort()).toEqual(
              having(name)
                .map(({ value }) => value)
                .sort(),
            );
            expect(TOTAL(database, name)).toBe(having(name).reduce((sum, { value }) => sum + value, 0));
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('change for the names alone that are different', () => {
    const events: TraceEvent[] = [];
    const database = createDatabase({ trace: event => events.push(event) });
    set(database, KEYS, null, ['one', 'two']);
    set(database, WORDS, 'one', 'a b');
    set(database, WORDS, 'two', 'b c');
    const ask = () => {
      settle(database);
      return ['a', 'b', 'c'].map(name => TOTAL(database, name));
    };
    expect(ask()).toEqual([1, 2, 1]);
    const [a, b] = [holders(database, 'a'), holders(database, 'b')];
    events.length = 0;
    set(database, WORDS, 'two', 'b c c');
    expect(ask()).toEqual([1, 2, 2]);
    expect(holders(database, 'a')).toBe(a);
    expect(holders(database, 'b')).toBe(b);
    expect(recomputed(events).filter(name => name.startsWith('total'))).toEqual(['total(c)']);
    events.length = 0;
    set(database, WORDS, 'two', 'c b c');
    expect(ask()).toEqual([1, 2, 2]);
    expect(recomputed(events)).toEqual(['counts(two)']);
  });
});

it('settled indexes have no names looked at that are the same', () => {
  const events: TraceEvent[] = [];
  const database = createDatabase({ trace: event => events.push(event) });
  const total = totalOf(SETTLED);
  set(database, KEYS, null, ['one', 'two']);
  set(database, WORDS, 'one', 'a b');
  set(database, WORDS, 'two', 'b c');
  SETTLED.settle(database);
  for (const name of ['a', 'b', 'c']) total(database, name);
  set(database, WORDS, 'two', 'b b c');
  SETTLED.settle(database);
  events.length = 0;
  expect(['a', 'b', 'c'].map(name => total(database, name))).toEqual([1, 3, 1]);
  expect(events.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    'holders in counts(b) changed',
    'total(b) changed',
  ]);
});
