/** The performance table says what was measured, what was not, and why. */
import { expect, test } from 'vitest';
import {
  mainTable,
  type PublicFleet,
  publicTable,
  publicVerdict,
  ROWS,
  scalingTable,
  verdict,
} from '../../bench/table.mjs';

const NAMES = { varsmith: 'Varsmith', floor: 'floor' };

function row(id: string) {
  const found = ROWS.find(candidate => candidate.id === id);
  if (found === undefined) throw new Error(`no row ${id}`);
  return found;
}

test('a bar is held against its own statistic', () => {
  expect(verdict(row('start'), { p50: 119, p95: 400 })).toBe('reached');
  expect(verdict(row('keystroke'), { p50: 3, p95: 16.1 })).toBe('not reached');
  expect(verdict(row('memory'), { value: 120 })).toBe('reached');
  expect(verdict(row('burst'), { p50: 9, p95: 10, lost: 1 })).toBe('not reached');
  expect(verdict(row('peak'), { value: 500 })).toBe('');
});

test('what was not measured reaches nothing', () => {
  expect(verdict(row('hover'), { missing: 'no dist/server.js' })).toBe('not measured');
  expect(verdict(row('hover'))).toBe('not measured');
});

test('the table shows only what was run, one line a row', () => {
  const table = mainTable(
    { hover: { varsmith: { missing: 'no server' }, floor: { p50: 0.25, p95: 12.345 } } },
    NAMES,
  );
  expect(table.split('\n')).toEqual([
    '| measure    | bar        | Varsmith    | bar is       | floor       |',
    '| ---------- | ---------- | ----------- | ------------ | ----------- |',
    '| hover (ms) | ≤ 5 ms p95 | – no server | not measured | 0.25 / 12.3 |',
  ]);
});

test('a reason cannot break the table', () => {
  const table = mainTable({ vsix: { varsmith: { missing: 'a | b\nc' } } }, NAMES);
  expect(table).toContain('| – a   b c |');
});

test('growth is told a machine, from each size to the next', () => {
  const size = { files: 1, findings: 0, p95: 0, peakMiB: null };
  const table = scalingTable({
    sizes: [
      { ...size, machines: 10, p50: 100 },
      { ...size, machines: 50, p50: 180 },
    ],
  });
  const last = table.split('\n').map(line => line.split('|').at(-2)?.trim());
  expect(last).toEqual(['ms for each machine more', '------------------------', '-', '2.00']);
  expect(scalingTable({ missing: 'no dist/cli.js' })).toBe('Not measured: no dist/cli.js.');
});

test('a public fleet is held against the example fleet, by its slowest kind of edit', () => {
  const example = fleet('examples/fleet', 10);
  expect(publicVerdict(example, example)).toBe('');
  expect(publicVerdict(example, fleet('a/b', 19))).toBe('reached');
  expect(publicVerdict(example, fleet('a/b', 20))).toBe('not reached');
  const slowHover = { finding: { p50: 1, p95: 2 }, hover: { p50: 1, p95: 20 }, cpuMs: 3 };
  const slow = { ...fleet('a/b', 5), edits: { ...fleet('a/b', 5).edits, string: slowHover } };
  expect(publicVerdict(example, slow)).toBe('not reached');
  const gone = { name: 'a/b', machines: 3, commit: null, missing: 'no checkout' };
  expect(publicVerdict(example, gone)).toBe('not measured');
  expect(publicTable([example, gone]).split('\n').at(-1)).toMatch(
    /^\| a\/b +\| 3 +\| – no checkout +\|[ |]+\| not measured \|$/,
  );
});

test('figures of an earlier build stand above those of the current one', () => {
  const table = publicTable([{ ...fleet('examples/fleet', 10), before: fleet('examples/fleet', 30) }]);
  const rows = table.split('\n').slice(2);
  expect(rows.map(line => line.split('|')[1]?.trim())).toEqual(['examples/fleet, before', 'examples/fleet']);
  expect(rows[0]).toContain('30.0');
});

function fleet(name: string, p95: number): PublicFleet {
  const kind = { finding: { p50: 1, p95 }, hover: { p50: 1, p95 }, cpuMs: 3 };
  return { name, machines: 3, commit: null, edits: { comment: kind, string: kind, secret: kind } };
}
