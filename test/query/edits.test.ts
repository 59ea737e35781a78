/** Whatever is set, touched, asked for and swept, in whatever order: the answers are those of a database that knows nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDatabase,
  type Database,
  input,
  type Query,
  query,
  set,
  sweep,
} from '../../server/src/query/database.ts';
import { runs } from '../support/runs.ts';

const RUNS = runs(300);
const NODES = 8;

/** What a node says: which nodes it reads, and what it adds. */
interface Node {
  readonly reads: readonly number[];
  readonly adds: number;
}

const EMPTY: Node = { reads: [], adds: 0 };
const node = input<number, Node>('node', () => EMPTY);

/** Reads lower nodes alone, as many as the first of them says: what is read depends on what was read. */
const sum = query<number, number>('sum', (db, index) => {
  const { reads, adds } = node(db, index);
  let result = adds;
  for (const lower of reads.filter(other => other < index)) {
    if (result % 5 === 4) throw new Error(`${index} fails`);
    result += sum(db, lower);
    if (result % 3 === 0) break;
  }
  return result % 7;
});

/** Reads any node, itself too. */
const reachable: Query<number, string> = query<number, string>(
  'reachable',
  (db, index) => {
    const found = node(db, index).reads.flatMap(other => reachable(db, other).split(''));
    return [...new Set([String(index), ...found])].sort().join('');
  },
  { initial: () => '' },
);

const ask = (db: Database, index: number): unknown => {
  const answer = (compute: () => unknown) => {
    try {
      return compute();
    } catch (error) {
      return (error as Error).message;
    }
  };
  return [answer(() => sum(db, index)), answer(() => reachable(db, index))];
};

const index = fc.nat({ max: NODES - 1 });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      set: index,
      to: fc.record({ reads: fc.uniqueArray(index, { maxLength: 3 }), adds: fc.nat({ max: 9 }) }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ ask: index }) },
  { weight: 1, arbitrary: fc.record({ sweep: fc.nat({ max: 3 }) }) },
);

describe('after any edits', () => {
  it('answers are those of a fresh database', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), steps => {
        const db = createDatabase();
        const nodes = new Map<number, Node>();
        const fresh = () => {
          const other = createDatabase();
          for (const [key, value] of nodes) set(other, node, key, value);
          return other;
        };
        for (const each of steps) {
          if ('set' in each) {
            nodes.set(each.set, each.to);
            set(db, node, each.set, each.to);
          } else if ('ask' in each) expect(ask(db, each.ask)).toEqual(ask(fresh(), each.ask));
          else sweep(db, each.sweep);
        }
        for (let key = 0; key < NODES; key++) expect(ask(db, key)).toEqual(ask(fresh(), key));
      }),
      { numRuns: RUNS },
    );
  });
});
