import { describe, expect, it } from 'vitest';
import {
  createDatabase,
  type Database,
  drop,
  input,
  type Query,
  query,
  set,
  sweep,
  type TraceEvent,
  touch,
  untracked,
} from '../../server/src/query/database.ts';
import { recomputed } from './recomputed.ts';

const text = input<string, string>('text', () => '');
const lines = query<string, number>('lines', (db, file) => text(db, file).split('\n').length);
const total = query<string, number>('total', (db, files) =>
  files.split(' ').reduce((sum, file) => sum + lines(db, file), 0),
);

function filled(): { readonly db: Database; readonly events: TraceEvent[] } {
  const events: TraceEvent[] = [];
  const db = createDatabase({ trace: event => events.push(event) });
  set(db, text, 'a', 'one');
  set(db, text, 'b', 'one\ntwo');
  total(db, 'a b');
  events.length = 0;
  return { db, events };
}

describe('a query', () => {
  it('is computed once, and again when what it read has changed', () => {
    const { db, events } = filled();
    expect(total(db, 'a b')).toBe(3);
    expect(events).toEqual([]);
    set(db, text, 'a', '1\n2\n3');
    expect(total(db, 'a b')).toBe(5);
    expect(recomputed(events)).toEqual(['lines(a)', 'total(a b)']);
  });

  it('is still valid where what it read was computed again and is the same', () => {
    const { db, events } = filled();
    set(db, text, 'b', 'uno\ndue');
    expect(total(db, 'a b')).toBe(3);
    expect(recomputed(events)).toEqual(['lines(b)']);
    expect(events.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'lines(b) unchanged',
      'total(a b) valid',
    ]);
  });

  it('names what changed', () => {
    const { db, events } = filled();
    set(db, text, 'b', '');
    total(db, 'a b');
    expect(events.map(({ because }) => because)).toEqual(['text(b)', 'lines(b)']);
  });

  it('that nobody asks for is not computed', () => {
    const { db, events } = filled();
    set(db, text, 'a', '1\n2');
    lines(db, 'b');
    expect(events).toEqual([]);
  });

  it('depends on what it read the last time alone', () => {
    const { db, events } = filled();
    const first = query<string, number>('first', (database, files) => {
      const [one, other] = files.split(' ') as [string, string];
      return text(database, one) === '' ? lines(database, other) : 0;
    });
    first(db, 'a b');
    set(db, text, 'a', '');
    first(db, 'a b');
    set(db, text, 'a', 'again');
    first(db, 'a b');
    events.length = 0;
    set(db, text, 'b', '');
    expect(first(db, 'a b')).toBe(0);
    expect(events).toEqual([]);
  });

  it('is given its last answer, and keeps it where it holds the same', () => {
    const db = createDatabase();
    const words = query<string, readonly string[]>('words', (database, file, before) => {
      const now = text(database, file).trim().split(' ');
      return before?.join() === now.join() ? before : now;
    });
    set(db, text, 'a', 'x y');
    const list = words(db, 'a');
    set(db, text, 'a', ' x y ');
    expect(words(db, 'a')).toBe(list);
  });

  it('does not depend on what is read untracked', () => {
    const { db, events } = filled();
    const loose = query<string, number>('loose', (database, file) =>
      untracked(database, () => lines(database, file)),
    );
    loose(db, 'a');
    events.length = 0;
    set(db, text, 'a', '\n\n');
    loose(db, 'a');
    expect(events).toEqual([]);
  });
});

describe('an input', () => {
  it('that is set to what it is changes nothing', () => {
    const { db } = filled();
    const before = db.cells.revision;
    set(db, text, 'a', 'one');
    expect(db.cells.revision).toBe(before);
  });

  it('that was touched is read again when an answer needs it', () => {
    let content = 'x';
    let reads = 0;
    const file = input<string, string>('file', () => {
      reads++;
      return content;
    });
    const length = query<string, number>('length', (db, path) => file(db, path).length);
    const events: TraceEvent[] = [];
    const db = createDatabase({ trace: event => events.push(event) });
    expect(length(db, 'a')).toBe(1);
    touch(db, file, 'a');
    touch(db, file, 'never read');
    expect(reads).toBe(1);
    events.length = 0;
    expect(length(db, 'a')).toBe(1);
    expect(recomputed(events)).toEqual(['file(a)']);
    content = 'xyz';
    touch(db, file, 'a');
    expect(length(db, 'a')).toBe(3);
    expect(reads).toBe(3);
  });

  it('cannot be set while an answer is computed', () => {
    const db = createDatabase();
    const meddling = query<string, void>('meddling', (database, file) => set(database, text, file, 'x'));
    expect(() => meddling(db, 'a')).toThrow('text(a) changes while an answer is computed.');
  });
});

describe('a failure', () => {
  const positive = query<string, number>('positive', (db, file) => {
    const number = Number(text(db, file));
    if (number < 0) throw new Error(`${file} is negative`);
    return number;
  });
  const double = query<string, number>('double', (db, file) => 2 * positive(db, file));

  it('is thrown to all that ask, is computed once, and goes with its cause', () => {
    const events: TraceEvent[] = [];
    const db = createDatabase({ trace: event => events.push(event) });
    set(db, text, 'a', '-1');
    expect(() => double(db, 'a')).toThrow('a is negative');
    events.length = 0;
    expect(() => double(db, 'a')).toThrow('a is negative');
    expect(events).toEqual([]);
    set(db, text, 'a', '4');
    expect(double(db, 'a')).toBe(8);
  });
});

describe('cancelling', () => {
  it('ends the computation, and the next call computes what is missing', () => {
    let isCancelled = false;
    const computed: string[] = [];
    const db = createDatabase({
      throwIfCancelled() {
        if (isCancelled) throw new Error('cancelled');
      },
    });
    const part = query<string, string>('part', (database, file) => {
      computed.push(file);
      const value = text(database, file);
      if (value === 'stop') isCancelled = true;
      return value;
    });
    const both = query<string, string>(
      'both',
      database => part(database, 'a') + part(database, 'b') + part(database, 'c'),
    );
    for (const file of ['a', 'b', 'c']) set(db, text, file, file);
    expect(both(db, '')).toBe('abc');
    set(db, text, 'b', 'stop');
    set(db, text, 'c', 'd');
    computed.length = 0;
    expect(() => both(db, '')).toThrow('cancelled');
    isCancelled = false;
    expect(both(db, '')).toBe('astopd');
    // What was done before the end is not done again.
    expect(computed).toEqual(['b', 'c']);
  });
});

describe('a circle', () => {
  const next: Query<string, string> = query<string, string>('next', (db, node) => {
    const to = text(db, node);
    return to === '' ? node : next(db, to);
  });

  it('is an error that names it, and is gone with its cause', () => {
    const db = createDatabase();
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ] as const)
      set(db, text, from, to);
    expect(() => next(db, 'a')).toThrow(
      'A query needs its own answer: next(a) → next(b) → next(c) → next(a)',
    );
    set(db, text, 'c', '');
    expect(next(db, 'a')).toBe('c');
    expect(next(db, 'b')).toBe('c');
  });

  it('that an edit turns round is none', () => {
    const db = createDatabase();
    set(db, text, 'a', 'b');
    set(db, text, 'b', '');
    expect(next(db, 'a')).toBe('b');
    set(db, text, 'b', 'a');
    set(db, text, 'a', '');
    expect(next(db, 'b')).toBe('a');
    expect(next(db, 'a')).toBe('a');
  });

  it('that is declared as a fixpoint is computed until it stays', () => {
    const edges = input<string, readonly string[]>('edges', () => []);
    const reachable: Query<string, string> = query<string, string>(
      'reachable',
      (db, node) =>
        [...new Set([node, ...edges(db, node).flatMap(to => reachable(db, to).split(''))])].sort().join(''),
      { initial: () => '' },
    );
    const db = createDatabase();
    set(db, edges, 'a', ['b']);
    set(db, edges, 'b', ['c']);
    set(db, edges, 'c', ['a', 'd']);
    expect(['a', 'b', 'c', 'd'].map(node => reachable(db, node))).toEqual(['abcd', 'abcd', 'abcd', 'd']);
    set(db, edges, 'c', ['d']);
    expect(['a', 'b', 'c', 'd'].map(node => reachable(db, node))).toEqual(['abcd', 'bcd', 'cd', 'd']);
  });

  it('that never stays is an error', () => {
    const growing: Query<string, number> = query<string, number>(
      'growing',
      (db, key) => growing(db, key) + 1,
      { initial: () => 0 },
    );
    expect(() => growing(createDatabase(), 'a')).toThrow('growing(a) does not settle.');
  });
});

describe('sweeping', () => {
  it('drops what nothing depends on and nobody has asked for of late', () => {
    const { db, events } = filled();
    lines(db, 'c');
    sweep(db, 1);
    total(db, 'a b');
    sweep(db, 1);
    total(db, 'a b');
    sweep(db, 1);
    events.length = 0;
    total(db, 'a b');
    expect(recomputed(events)).toEqual([]);
    lines(db, 'c');
    expect(recomputed(events)).toEqual(['text(c)', 'lines(c)']);
  });

  it('keeps what is used, however much changes', () => {
    const { db, events } = filled();
    lines(db, 'c');
    for (let change = 0; change < 5; change++) set(db, text, 'a', `${change}`);
    sweep(db, 0);
    events.length = 0;
    lines(db, 'c');
    expect(recomputed(events)).toEqual([]);
  });

  it('keeps what is declared to be kept, until it is dropped', () => {
    const { db, events } = filled();
    const kept = query<string, number>('kept', (database, key) => lines(database, key), { isKept: true });
    kept(db, 'a');
    for (let sweeps = 0; sweeps < 5; sweeps++) sweep(db, 0);
    events.length = 0;
    kept(db, 'a');
    expect(recomputed(events)).toEqual([]);
    drop(db, kept, 'a');
    kept(db, 'a');
    expect(recomputed(events)).toEqual(['kept(a)']);
  });

  it('keeps what was set', () => {
    const db = createDatabase();
    set(db, text, 'a', '1\n2');
    text(db, 'a');
    for (const content of ['x', 'y', 'z']) set(db, text, 'b', content);
    sweep(db, 0);
    expect(lines(db, 'a')).toBe(2);
  });
});

it('databases share nothing', () => {
  const [left, right] = [createDatabase(), createDatabase()];
  set(left, text, 'a', '1\n2');
  expect(lines(left, 'a')).toBe(2);
  expect(lines(right, 'a')).toBe(1);
});
