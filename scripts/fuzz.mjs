// Searches longer for crashes than `npm test` does: mutated scripts, fleets, worlds and stores, and renames in fleets.
//
//   npm run fuzz                          5,000 of each
//   npm run fuzz -- --runs 20000          as many
//   npm run fuzz -- test/fuzz.test.ts     only these files
//
// Says for each file how many runs it had and how long they took. A failure shows the seed and the smallest input that
// fails. The exit code is 1 if anything failed.

import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/root.mjs';

const FILES = [
  'test/shell/fuzz.test.ts',
  'test/fuzz.test.ts',
  'test/fuzz/worlds.test.ts',
  'test/fuzz/stored.test.ts',
];

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '5000' } },
  allowPositionals: true,
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`--runs takes a number above 0, not "${values.runs}".`);
  process.exit(2);
}

let failed = 0;
for (const file of positionals.length > 0 ? positionals : FILES) {
  const started = performance.now();
  const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'programs', '--reporter=dot', file], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, VARSMITH_FUZZ_RUNS: String(runs) },
  });
  if (status !== 0) failed++;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${file}: ${runs.toLocaleString('en')} runs, ${seconds} s`);
}
process.exit(failed === 0 ? 0 : 1);
