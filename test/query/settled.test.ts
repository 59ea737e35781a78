/** Copies of answers that stand between a query and very many dependents. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBeOutdated } from '../../server/src/query/cell.ts';
import {
  createDatabase,
  type Database,
  drop,
  input,
  outdatedKeys,
  query,
  set,
  sweep,
  type TraceEvent,
  touch,
  unsettledAmong,
} from '../../server/src/query/database.ts';
import { settled } from '../../server/src/query/settled.ts';
import { finish } from '../../server/src/query/steps.ts';
import { runs } from '../support/runs.ts';
import { recomputed } from './recomputed.ts';

const text = input<string, string>('text', () => '');
const length = query<string, number>('length', (db, file) => text(db, file).length, { isKept: true });
const lengths = settled(length);
const shown = query<string, string>('shown', (db, file) => `${file}: ${lengths.answers(db, file)}`);

function filled(): { readonly db: Database; readonly events: TraceEvent[] } {
  const events: TraceEvent[] = [];
  const db = createDatabase({ trace: event => events.push(event) });
  set(db, text, 'a', 'one');
  set(db, text, 'b', 'two');
  for (const file of ['a', 'b']) shown(db, file);
  events.length = 0;
  return { db, events };
}

describe('settled answers', () => {
  it('do not have dependents looked at while they stay the same', () => {
    const { db, events } = filled();
    set(db, text, 'a', 'six');
    expect(unsettledAmong(db, shown, ['a', 'b', 'c'])).toEqual(['c']);
    finish(lengths.settling(db));
    expect(unsettledAmong(db, shown, ['a', 'b'])).toEqual([]);
    expect(events.map(({ name, outcome }) => [name, outcome])).toEqual([['length(a)', 'unchanged']]);
  });

  it('have dependents computed again once they are settled', () => {
    const { db, events } = filled();
    set(db, text, 'a', 'three');
    expect(shown(db, 'a')).toBe('a: 3');
    finish(lengths.settling(db));
    expect(shown(db, 'a')).toBe('a: 5');
    expect(recomputed(events)).toEqual(['length(a)', 'settled length(a)', 'shown(a)']);
  });

  it('are settled in steps, of which each leaves the others to be done', () => {
    const { db } = filled();
    set(db, text, 'a', 'three');
    set(db, text, 'b', 'seven');
    lengths.settling(db).next();
    finish(lengths.settling(db));
    expect(['a', 'b'].map(file => shown(db, file))).toEqual(['a: 5', 'b: 5']);
  });

  it('are right although an answer came back before anybody looked', () => {
    const { db } = filled();
    set(db, text, 'a', 'three');
    finish(lengths.settling(db));
    set(db, text, 'a', 'one');
    finish(lengths.settling(db));
    expect(shown(db, 'a')).toBe('a: 3');
  });

  it('outlast sweeps as long as something depends on them', () => {
    const { db, events } = filled();
    for (let sweeps = 0; sweeps < 5; sweeps++) {
      sweep(db, 0);
      shown(db, 'a');
    }
    expect(recomputed(events)).toEqual([]);
    set(db, text, 'a', 'three');
    finish(lengths.settling(db));
    expect(shown(db, 'a')).toBe('a: 5');
  });

  it('are gone with the last that depends on them', () => {
    const { db, events } = filled();
    for (let sweeps = 0; sweeps < 3; sweeps++) sweep(db, 0);
    set(db, text, 'a', 'three');
    finish(lengths.settling(db));
    expect(recomputed(events)).toEqual([]);
    expect(shown(db, 'a')).toBe('a: 5');
  });
});

it('kept answers that are marked are listed, after any changes', () => {
  const file = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ file, text: fc.constantFrom('', 'one', 'two') }),
    fc.record({ asked: file }),
    fc.record({ touched: file }),
    fc.record({ dropped: file }),
    fc.record({ sweeps: fc.nat({ max: 2 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const db = createDatabase();
      for (const change of steps) {
        if ('text' in change) set(db, text, change.file, change.text);
        else if ('asked' in change) length(db, change.asked);
        else if ('touched' in change) touch(db, text, change.touched);
        else if ('dropped' in change) drop(db, length, change.dropped);
        else sweep(db, change.sweeps);
        const cells = [...(db.tables.get(length.kind)?.values() ?? [])];
        const outdated = cells.filter(mayBeOutdated).map(({ key }) => key);
        expect(outdatedKeys(db, length).sort()).toEqual(outdated.sort());
      }
    }),
    { numRuns: runs(300) },
  );
});
