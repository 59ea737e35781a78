#!/usr/bin/env node
// `npm test`: installs what the suites need and runs them all, on a machine that has Node and npm and nothing else.
//   npm test                         what a change waits for
//   npm run test:all                 everything: both VS Codes, every walk, and all cases of searches, from a seed that is printed
//   npm run test:all -- --seed 7     the same cases again
//   npm test -- --only unit,lint     these steps and what they stand on
//   npm test -- --list               the steps
// The last line is `N passed, N failed`, with `, N skipped` where something was skipped. The exit code is 1 when anything
// failed, and also when anything was skipped while CI=true. Uses Node's own modules only: it runs before npm ci.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { installDependencies } from './lib/dependencies.mjs';
import { endOnInterrupt, wasInterrupted } from './lib/process.mjs';
import { STEPS } from './lib/steps.mjs';
import { installSystemPackages } from './lib/system.mjs';

const MAX_FAILURE_LINES = 12;
const MAX_FAILURE_CHARACTERS = 1500;

const seconds = since => (performance.now() - since) / 1000;
const heading = text => console.log(`\n━━ ${text} ${'━'.repeat(Math.max(3, 76 - text.length))}`);

/** The steps named and all they stand on, in the order of the run; of none, those of a change, or all. */
function selected(only, all) {
  if (!only) return STEPS.filter(({ isExtra }) => all || !isExtra);
  const byId = new Map(STEPS.map(step => [step.id, step]));
  const wanted = new Set();
  const take = id => {
    const step = byId.get(id);
    if (!step) throw new Error(`no step "${id}"; there are: ${[...byId.keys()].join(', ')}`);
    wanted.add(id);
    step.needs.forEach(take);
  };
  for (const id of only.split(',')) take(id.trim());
  return STEPS.filter(({ id }) => wanted.has(id));
}

/** Has the searches try all of their cases, others in each run: test/support/runs.ts reads it. */
function searchWholly(seed) {
  process.env.VARSMITH_TEST_ALL = '1';
  process.env.VARSMITH_FUZZ_SEED = seed;
  console.log(`Seed ${seed}: the same cases again with "npm run test:all -- --seed ${seed}"`);
}

/** Runs one step, or says why it cannot run. */
async function perform(step, results, missing, label) {
  const none = { passed: 0, failed: 0, skipped: 0 };
  if (step.linuxOnly && process.platform !== 'linux') return { ...none, skipped: 1, note: 'needs Linux' };
  const lacking = step.packages.filter(name => missing.includes(name));
  if (lacking.length > 0) return { ...none, skipped: 1, note: `needs ${lacking.join(', ')}` };
  const before = step.needs.map(id => ({ id, ...results.get(id) }));
  const broken = before.find(({ failed }) => failed > 0);
  if (broken) return { ...none, failed: 1, note: `not run: ${broken.id} failed` };
  const absent = before.find(({ passed, skipped }) => passed === 0 && skipped > 0);
  if (absent) return { ...none, skipped: 1, note: `needs ${absent.id}` };
  const counts = await step.work(label);
  const without = (step.optional ?? []).filter(name => missing.includes(name));
  const notes = [counts.note, without.length > 0 ? `without ${without.join(', ')}` : undefined];
  return { ...counts, note: notes.filter(Boolean).join('; ') };
}

/** Runs the steps stage by stage, those of one stage side by side. */
async function runAll(steps, missing) {
  const results = new Map();
  for (const stage of new Set(steps.map(step => step.stage))) {
    const together = steps.filter(step => step.stage === stage);
    heading(together.map(({ title }) => title).join(' · '));
    await Promise.all(
      together.map(async step => {
        const started = performance.now();
        const label = together.length > 1 ? step.id : undefined;
        const counts = await perform(step, results, missing, label);
        results.set(step.id, { ...counts, seconds: seconds(started) });
      }),
    );
    if (wasInterrupted()) process.exit();
  }
  return results;
}

function printSummary(steps, results) {
  heading('Summary');
  const cell = (value, width) => String(value || '').padStart(width);
  console.log(
    `${'step'.padEnd(24)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'time'.padStart(9)}`,
  );
  for (const { id } of steps) {
    const { passed, failed, skipped, note, seconds: time } = results.get(id);
    const counts = `${cell(passed, 8)}${cell(failed, 8)}${cell(skipped, 9)}${`${time.toFixed(1)} s`.padStart(9)}`;
    console.log(`${id.padEnd(24)}${counts}${note ? `  ${note}` : ''}`);
  }
}

/** What failed once more, at the end: of a long output that is what is read first, and perhaps all that is kept. */
function printFailures(results) {
  const failures = [...results].flatMap(([id, { failures: some = [] }]) => some.map(text => ({ id, text })));
  if (failures.length === 0) return;
  heading('Failed');
  for (const { id, text } of failures) {
    const lines = text.split('\n').slice(0, MAX_FAILURE_LINES);
    console.log(`[${id}] ${lines.join('\n    ').slice(0, MAX_FAILURE_CHARACTERS)}\n`);
  }
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      list: { type: 'boolean' },
      all: { type: 'boolean', default: false },
      seed: { type: 'string' },
    },
  });
  if (values.list) {
    for (const { id, title, isExtra } of STEPS)
      console.log(`${id.padEnd(22)} ${title}${isExtra ? ' (test:all)' : ''}`);
    return 0;
  }
  if (values.all) searchWholly(values.seed ?? process.env.VARSMITH_FUZZ_SEED ?? String(randomInt(2 ** 31)));
  const steps = selected(values.only, values.all);
  const started = performance.now();

  heading('Prepare');
  if (!(await installDependencies())) {
    console.error('npm ci failed: no test can run');
    console.log('0 passed, 1 failed');
    return 1;
  }
  const names = new Set(steps.flatMap(({ packages, optional = [] }) => [...packages, ...optional]));
  const missing = await installSystemPackages(names);
  if (missing.length > 0) console.log(`Missing system packages: ${missing.join(', ')}`);

  const results = await runAll(steps, missing);
  printFailures(results);
  printSummary(steps, results);
  const total = count => [...results.values()].reduce((sum, result) => sum + result[count], 0);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(total);
  const strict = process.env.CI === 'true';
  console.log(`\n${seconds(started).toFixed(0)} s in all`);
  if (strict && skipped > 0) console.log('A skipped test fails the run, since CI=true.');
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed > 0 || (strict && skipped > 0) ? 1 : 0;
}

endOnInterrupt();
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
