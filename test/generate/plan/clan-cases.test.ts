/** The page of clan-core's own tests names every one of them, and tells where it is here as the titles do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const TESTS = join(__dirname, '../..');
const CASES = Array.from({ length: 60 }, (_, i) => i + 1);

const [held = '', left = ''] = readFileSync(join(__dirname, 'clan-cases.md'), 'utf8').split('## Left out');

/** By case, what stands in the last column. */
function rowsOf(table: string): Map<number, string> {
  const rows = [...table.matchAll(/^\| (\d+)(?:–(\d+))? \|.*?([^|]+)\|$/gm)];
  return new Map(
    rows.flatMap(([, from, to, last = '']) =>
      numbers(from as string, to).map((one): [number, string] => [one, last.trim()]),
    ),
  );
}

function numbers(from: string, to: string | undefined): number[] {
  const first = Number(from);
  return Array.from({ length: Number(to ?? from) - first + 1 }, (_, i) => first + i);
}

/** By case, the files with titles that name it: `case 1`, `cases 12, 24 and 25`, `cases 3 to 7`. */
function titled(): Map<number, string> {
  const found = new Map<number, Set<string>>();
  for (const folder of ['cli', 'generate', 'store'])
    for (const file of readdirSync(join(TESTS, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (!file.endsWith('.test.ts') || file.includes('clan-cases')) continue;
      const text = readFileSync(join(TESTS, folder, file), 'utf8');
      for (const [, list = ''] of text.matchAll(/'cases? (\d+(?:(?:, | and | to )\d+)*): /g))
        for (const part of list.split(/, | and /)) {
          const [from = '', to] = part.split(' to ');
          for (const one of numbers(from, to))
            found.set(
              one,
              (found.get(one) ?? new Set()).add(`\`${folder}/${file.replace('.test.ts', '')}\``),
            );
        }
    }
  return new Map([...found].map(([one, files]) => [one, [...files].join(', ')]));
}

it('every case is held by a test or left out with a reason', () => {
  const [here, absent] = [rowsOf(held), rowsOf(left)];
  expect(CASES.filter(one => here.has(one) === absent.has(one))).toEqual([]);
  expect([...absent.values()].filter(reason => reason.length < 5)).toEqual([]);
});

it('the page says where as the titles do', () => {
  const byNumber = ([a]: readonly [number, string], [b]: readonly [number, string]) => a - b;
  expect([...rowsOf(held)].sort(byNumber)).toEqual([...titled()].sort(byNumber));
});
