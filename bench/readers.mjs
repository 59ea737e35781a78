#!/usr/bin/env node
/**
 * Measures what the quick reader of Nix (server/src/nix/parse/quick.ts) is worth: builds the command line with it and
 * without, runs `check` with both in turn, and prints the median of the ratios. It stays as long as one is above 1.15.
 *
 *   --clan-core DIR  a checkout of clan-core to check as well
 *   --machines N     machines of the synthetic fleet (default: 1000)
 *   --rounds N       counted rounds of two runs (default: 7); one more warms up
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { estate } from './fleet/estate.mjs';
import { writeFiles } from './fleet.mjs';
import { ROOT } from './servers.mjs';

const { values: options } = parseArgs({
  options: {
    'clan-core': { type: 'string' },
    machines: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '7' },
  },
});

/** What takes the place of the quick reader: every text is for the grammar. */
const NOT_QUICK = `import type { SyntaxTree } from '../syntax.ts';
export function readQuickly(_text: string): SyntaxTree | 'unsure' {
  return 'unsure';
}
`;

/** Builds the command line of a copy of the sources. @returns its program */
function built(work, name, change) {
  const root = join(work, name);
  mkdirSync(root);
  const sources = ['LICENSE', 'client', 'package.json', 'scripts', 'server', 'tsconfig.json'];
  for (const source of sources) cpSync(join(ROOT, source), join(root, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  change(root);
  const done = spawnSync(process.execPath, ['scripts/build.mjs', '--only', 'cli'], { cwd: root });
  if (done.status !== 0) throw new Error(`${name} was not built: ${done.stderr}`);
  return join(root, 'dist/cli.js');
}

/** Seconds of a whole process: on the clock, and of processors. */
function run(program, fleet) {
  const script = `TIMEFORMAT='%R %U %S'; time "$0" "$1" check "$2" --format json > /dev/null 2>&1`;
  const done = spawnSync('bash', ['-c', script, process.execPath, program, fleet], { encoding: 'utf8' });
  const [clock, user, system] = done.stderr.trim().split(/\s+/).map(Number);
  return { clock, processors: user + system };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function compare(name, fleet, { quick, slow }) {
  const rounds = [];
  for (let round = 0; round <= Number(options.rounds); round++) {
    const pair = { quick: run(quick, fleet), slow: run(slow, fleet) };
    if (round > 0) rounds.push(pair);
  }
  const figures = ['clock', 'processors'].map(figure => {
    const seconds = reader => median(rounds.map(round => round[reader][figure])).toFixed(2);
    const ratio = median(rounds.map(round => round.slow[figure] / round.quick[figure])).toFixed(2);
    return `${figure} ${seconds('quick')} s with, ${seconds('slow')} s without: × ${ratio}`;
  });
  console.log(`${name}: ${figures.join('; ')}`);
}

const work = mkdtempSync(join(tmpdir(), 'varsmith-readers-'));
try {
  const programs = {
    quick: built(work, 'with', () => {}),
    slow: built(work, 'without', root =>
      writeFileSync(join(root, 'server/src/nix/parse/quick.ts'), NOT_QUICK),
    ),
  };
  const fleet = join(work, 'fleet');
  mkdirSync(fleet);
  writeFiles(fleet, estate(Number(options.machines)).files);
  if (options['clan-core'] !== undefined) compare('clan-core', resolve(options['clan-core']), programs);
  compare(`${options.machines} machines`, fleet, programs);
} finally {
  rmSync(work, { recursive: true, force: true });
}
