// Searches longer than `npm test` does: for crashes in mutated scripts, fleets, worlds and stores, and for edits after which
// something else is said than by a fresh build.
//
//   npm run fuzz                          5,000 of each, 20,000 sequences of edits
//   npm run fuzz -- --runs 20000          as many of each
//   npm run fuzz -- --seed 7              the same cases again; without it, others each time
//   npm run fuzz -- test/fuzz.test.ts     only these files
//
// Says for each file how many runs it had, from which seed, and how long they took. A failure shows the smallest input
// that fails. The exit code is 1 if anything failed.

import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/root.mjs';

/** The files, with how many runs each has by default. */
const FILES = new Map([
  ['test/shell/fuzz.test.ts', 5000],
  ['test/fuzz.test.ts', 5000],
  ['test/fuzz/worlds.test.ts', 5000],
  ['test/fuzz/stored.test.ts', 5000],
  ['test/fuzz/unknown-modules.test.ts', 5000],
  ['test/fuzz/any-edits/any-edits.test.ts', 20_000],
]);

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const runsOfEach = values.runs === undefined ? null : wholeNumber('runs');
const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('seed');

function wholeNumber(name) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`--${name} takes a whole number above 0, not "${values[name]}".`);
  process.exit(2);
}

let failed = 0;
for (const file of positionals.length > 0 ? positionals : FILES.keys()) {
  const runs = runsOfEach ?? FILES.get(file) ?? 5000;
  const started = performance.now();
  const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'programs', '--reporter=dot', file], {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      VARSMITH_TEST_ALL: '1',
      VARSMITH_FUZZ_RUNS: String(runs),
      VARSMITH_FUZZ_SEED: String(seed),
    },
  });
  if (status !== 0) failed++;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${status === 0 ? 'ok' : 'FAILED'}  ${file}: ${runs.toLocaleString('en')} runs, seed ${seed}, ${seconds} s`,
  );
}
process.exit(failed === 0 ? 0 : 1);
