/** The table of the seed documents' statements names tests that there are, and no statement is without one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const WORKBENCH = join(__dirname, '../workbench');

interface Row {
  readonly number: string;
  readonly where: string;
  readonly step: string;
}

const rows: readonly Row[] = [
  ...readFileSync(join(__dirname, 'README.md'), 'utf8').matchAll(
    /^\| (\d\.\w+) \|.*\| ([\w-]+) \| ?(.*?) ?\|$/gm,
  ),
].map(([, number = '', where = '', step = '']) => ({ number, where, step }));

/** By file, the numbers that its titles begin with. */
const titled = new Map(
  readdirSync(__dirname)
    .filter(file => file.endsWith('.test.ts') && file !== 'statements.test.ts')
    .map(file => {
      const text = readFileSync(join(__dirname, file), 'utf8');
      const numbers = [...text.matchAll(/['"`](\d\.\w+): /g)].map(([, number = '']) => number);
      return [file.replace('.test.ts', ''), new Set(numbers)] as const;
    }),
);

const steps = readdirSync(WORKBENCH)
  .filter(file => file.startsWith('walk'))
  .map(file => readFileSync(join(WORKBENCH, file), 'utf8'))
  .join('\n');

describe('the table', () => {
  test('has each statement once', () => {
    const numbers = rows.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    const many = (seed: string) => numbers.filter(number => number.startsWith(seed)).length;
    expect(['0.', '1.', '2.', '3.', '4.'].map(many)).toEqual([10, 29, 3, 17, 14]);
  });

  test('names a test for each statement that is more than context', () => {
    const without = rows.filter(
      ({ number, where }) => where !== 'context' && titled.get(where)?.has(number) !== true,
    );
    expect(without).toEqual([]);
  });

  test('has each test, in the file where it is', () => {
    const listed = new Set(rows.map(({ number, where }) => `${where} ${number}`));
    const missing = [...titled].flatMap(([file, numbers]) =>
      [...numbers].map(number => `${file} ${number}`).filter(each => !listed.has(each)),
    );
    expect(missing).toEqual([]);
  });

  test('names steps of the walks that there are', () => {
    const named = rows.filter(({ step }) => step !== '');
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ step }) => !steps.includes(`'${step}'`))).toEqual([]);
  });
});
