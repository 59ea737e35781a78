// Attacks the built program for longer than `npm test` does, and says what held: scripts that try to leave the sandbox,
// repositories that mean no good, secrets in output, `kill -9`, a failing disk, tampered files, Git in odd states, a nonsensical editor.
//
//   npm run attack                            all of them, with the counts below
//   npm run attack -- crash tamper            only these
//   npm run attack -- --kills 100             another count: of --kills, --faults, --files, --messages, --inputs, --canaries, --races
//   npm run attack -- --seed 7 --workers 2    the same choices again; this many processes share the counts of an attack
//   npm run attack -- --minutes 10            no attack begins anything after so many minutes: its figures say how far it came
//   npm run attack -- --update                docs/reliability.md is written too, with the latest figures of each attack
//
// Each attack says its figures in a line. The exit code is 1 if anything broke.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endOnInterrupt, run } from './lib/process.mjs';
import { figuresLine, reliabilityPage, sumOf } from './lib/reliability-page.mjs';
import { ROOT } from './lib/root.mjs';

/** By attack: the counts that it takes, with how many there are by default. One without counts is run once. */
const ATTACKS = {
  sandbox: {},
  hostile: { inputs: 20_000 },
  canary: { canaries: 248 },
  crash: { kills: 2000 },
  faults: { faults: 1200 },
  tamper: { files: 1000 },
  git: { races: 20 },
  protocol: { messages: 100_000 },
};

const COUNTS = Object.assign({}, ...Object.values(ATTACKS));
/** Attacks whose counts are many small attempts, which several processes can share. */
const SHARED = new Set(['hostile', 'crash', 'faults', 'tamper', 'protocol']);
const HOURS = 3600;

const { values, positionals } = parseArgs({
  options: {
    ...Object.fromEntries(Object.keys(COUNTS).map(name => [name, { type: 'string' }])),
    seed: { type: 'string', default: '20261122' },
    workers: { type: 'string', default: String(Math.max(1, Math.min(4, cpus().length - 1))) },
    minutes: { type: 'string' },
    update: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const strange = positionals.find(name => !Object.hasOwn(ATTACKS, name));
if (strange !== undefined)
  fail(`There is no attack "${strange}"; there are ${Object.keys(ATTACKS).join(', ')}.`);
const seed = wholeNumber('seed');
const workers = wholeNumber('workers');
const minutes = values.minutes === undefined ? null : wholeNumber('minutes');

function fail(message) {
  console.error(message);
  process.exit(2);
}

function wholeNumber(name) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  return fail(`--${name} takes a whole number above 0, not "${values[name]}".`);
}

const countOf = name => (values[name] === undefined ? COUNTS[name] : wholeNumber(name));

/** One process of an attack: its share of the counts, with choices of its own. */
async function share(attack, part, parts, folder) {
  const report = join(folder, `${attack}-${part}.json`);
  const counts = Object.keys(ATTACKS[attack]).map(name => {
    const all = countOf(name);
    return [
      `VARSMITH_ATTACK_${name.toUpperCase()}`,
      String(Math.floor(((part + 1) * all) / parts) - Math.floor((part * all) / parts)),
    ];
  });
  const code = await run(
    process.execPath,
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--project',
      'programs',
      '--reporter=dot',
      '--silent=passed-only',
      `test/attack/${attack}.test.ts`,
    ],
    {
      env: {
        ...Object.fromEntries(counts),
        VARSMITH_ATTACK_REPORT: report,
        ...(minutes === null ? {} : { VARSMITH_ATTACK_UNTIL: String(Date.now() + minutes * 60_000) }),
        VARSMITH_ATTACK_SEED: String(seed + part * 1_000_003),
      },
      label: parts > 1 ? `${attack} ${part + 1}/${parts}` : attack,
      limitSeconds: 6 * HOURS,
    },
  );
  const lines = linesOf(report);
  const isSilent = lines.length === 0 || (code !== 0 && lines.every(({ broken }) => broken.length === 0));
  const failure = {
    attack,
    figures: {},
    broken: [`the attack itself failed with exit code ${code}`],
    known: [],
  };
  return isSilent ? [...lines, failure] : lines;
}

function linesOf(report) {
  try {
    return readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
  } catch {
    return [];
  }
}

/** Where the latest figures of an attack are kept. */
function latest(attack) {
  mkdirSync(join(ROOT, 'out/attack'), { recursive: true });
  return join(ROOT, 'out/attack', `${attack}.json`);
}

function latestOfAll() {
  const missing = Object.keys(ATTACKS).filter(attack => !existsSync(latest(attack)));
  if (missing.length > 0)
    fail(`--update needs figures of every attack; there are none of ${missing.join(', ')}.`);
  return Object.keys(ATTACKS).map(attack => JSON.parse(readFileSync(latest(attack), 'utf8')));
}

endOnInterrupt();
const folder = mkdtempSync(join(tmpdir(), 'varsmith-attack-'));
const results = [];
try {
  for (const attack of positionals.length > 0 ? positionals : Object.keys(ATTACKS)) {
    const started = performance.now();
    const parts = SHARED.has(attack) ? workers : 1;
    const shares = await Promise.all(
      Array.from({ length: parts }, (_, part) => share(attack, part, parts, folder)),
    );
    const seconds = Math.round((performance.now() - started) / 1000);
    const day = new Date().toISOString().slice(0, 10);
    const result = { ...sumOf(attack, shares.flat()), seconds, seed, day };
    results.push(result);
    writeFileSync(latest(attack), JSON.stringify(result));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log('');
for (const result of results) {
  for (const broken of result.broken) console.log(`BROKEN  ${result.attack}: ${broken}`);
  for (const known of result.known) console.log(`not yet  ${known}`);
}
for (const result of results) console.log(figuresLine(result));
if (values.update) writeFileSync(join(ROOT, 'docs/reliability.md'), reliabilityPage(latestOfAll()));
process.exit(results.some(({ broken }) => broken.length > 0) ? 1 : 0);
