// Compares the tables that describe clan-core with a clone of it, and says what differs:
//
//   node scripts/clan-core.mjs --clan-core DIR [--nixpkgs-lib DIR]
//
// --clan-core    a clone of clan-core with its history, at the commit that the tables name
// --nixpkgs-lib  the folder `lib` of a checkout of nixpkgs: the options are evaluated with it and Nix as well
//
// The catalogue and the options that our own model reads are compared by the tests of test/fleet, which ask for the clone
// by VARSMITH_CLAN_CORE; options by clan-options.mjs, which also makes them anew.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/root.mjs';

const TESTS = ['test/data.test.ts', 'catalogue', 'clan-core-data', 'clan-options'];

const { values: given } = parseArgs({
  options: { 'clan-core': { type: 'string' }, 'nixpkgs-lib': { type: 'string' } },
});
const clone = resolve(given['clan-core'] ?? '');
if (given['clan-core'] === undefined || !existsSync(join(clone, 'clanServices')))
  fail('--clan-core DIR is needed, a clone of clan-core.');

const services = join(ROOT, 'server/src/fleet/catalogue/data/services.json');
const { commit } = JSON.parse(readFileSync(services, 'utf8'));
const head = spawnSync('git', ['-C', clone, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).stdout.trim();
if (head !== commit) fail(`The tables describe ${commit}, the clone is at ${head}.`);

const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
run([vitest, 'run', '--project', 'unit', ...TESTS], { VARSMITH_CLAN_CORE: clone });
if (given['nixpkgs-lib'] === undefined)
  process.stdout.write('Options are not evaluated with Nix: --nixpkgs-lib is not given.\n');
else {
  const options = join(ROOT, 'scripts', 'clan-options.mjs');
  run([options, '--check', '--clan-core', clone, '--nixpkgs-lib', resolve(given['nixpkgs-lib'])], {});
}

function run(args, environment) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}

function fail(message) {
  process.stderr.write(`clan-core: ${message}\n`);
  process.exit(2);
}
