/** The performance table says what was measured, what was not, and why. */
import { expect, test } from 'vitest';
import { mainTable, ROWS, scalingTable, verdict } from '../../bench/table.mjs';

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
