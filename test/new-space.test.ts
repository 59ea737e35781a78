import { execFileSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';

/** Runs code in a process of its own, since the flags of V8 are the whole process's; returns what it prints as JSON. */
function inOwnProcess(code: string): unknown {
  const { outputFiles } = buildSync({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const env = { ...process.env, NODE_OPTIONS: '' };
  return JSON.parse(
    execFileSync(process.execPath, ['-e', outputFiles.map(({ text }) => text).join('')], {
      env,
      encoding: 'utf8',
    }),
  );
}

const SETUP = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { fixNewSpace, widenNewSpace } from '../server/src/new-space.ts';
  const capacity = () => {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    return Math.round((space.space_used_size + space.space_available_size) / 2 ** 20);
  };
  const work = () => Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
`;

test('a fixed space stays small, whatever survives', () => {
  expect(inOwnProcess(`${SETUP} fixNewSpace(); work(); console.log(capacity());`)).toBe(1);
});

test('a widened space is as large at once, and no larger after much work', () => {
  const code = `${SETUP}
    fixNewSpace();
    widenNewSpace(4);
    const atOnce = capacity();
    work();
    console.log(JSON.stringify([atOnce, capacity()]));`;
  expect(inOwnProcess(code)).toEqual([4, 4]);
});

test('a size that is not allowed ends with what there is', () => {
  expect(inOwnProcess(`${SETUP} widenNewSpace(200); console.log(capacity() < 100);`)).toBe(true);
});
