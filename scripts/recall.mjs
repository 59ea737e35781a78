#!/usr/bin/env node
// Plants single mistakes in copies of fleets and counts which `varsmith check` sees: test/recall.
//
//   npm run recall -- --checkouts DIR              fleets in DIR (or VARSMITH_CHECKOUTS=DIR), and the example fleet
//   npm run recall -- … --seed 7                   which mistakes are drawn; repeatable; without it, others each time
//   npm run recall -- … --per-fleet 2 --cap 16     most of a kind in a fleet, and in all
//   npm run recall -- … --operator NAME            only mistakes of this kind (repeatable)
//   npm run recall -- … --fleet NAME               only in these fleets (repeatable)
//   npm run recall -- … --list                     how many places each kind of mistake has
//   npm run recall -- … --missed                   what was missed, one a line, and findings that do not point at a mistake
//   npm run recall -- … --out FILE                 all results, one JSON a line
//   npm run recall -- … --update                   writes docs/truth.md
//
// Nothing is changed in DIR. Needs dist/ (npm run build), bash and nix-instantiate.

import { randomInt } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFleet } from '../test/recall/fleet.mjs';
import { checkInProcess } from '../test/recall/in-process.mjs';
import { fleetTable, missedLines, operatorTable, strayLines } from '../test/recall/report.mjs';
import { planned, tried } from '../test/recall/run.mjs';
import { writeSection } from './lib/page-sections.mjs';
import { ROOT } from './lib/root.mjs';

const PAGE = join(ROOT, 'docs/truth.md');

const { values } = parseArgs({
  options: {
    checkouts: { type: 'string', default: process.env.VARSMITH_CHECKOUTS },
    seed: { type: 'string', multiple: true, default: [] },
    'per-fleet': { type: 'string', default: '2' },
    cap: { type: 'string', default: '16' },
    operator: { type: 'string', multiple: true, default: [] },
    fleet: { type: 'string', multiple: true, default: [] },
    list: { type: 'boolean', default: false },
    missed: { type: 'boolean', default: false },
    out: { type: 'string' },
    update: { type: 'boolean', default: false },
  },
});

const wholeNumber = (name, text) => {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} takes a whole number above 0, not "${text}".`);
};

const folder = mkdtempSync(join(tmpdir(), 'varsmith-recall-'));
const clear = () => rmSync(folder, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    clear();
    process.exit(1);
  });
try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
} finally {
  clear();
}

async function main() {
  if (values.checkouts === undefined) throw new Error('Say where fleets are: --checkouts DIR.');
  if (!existsSync(join(ROOT, 'dist/cli.js'))) throw new Error('There is no dist/cli.js: build first.');
  const limits = {
    perFleet: wholeNumber('per-fleet', values['per-fleet']),
    cap: wholeNumber('cap', values.cap),
    operators: values.operator,
  };
  const given = values.seed.length > 0 ? values.seed : [String(randomInt(1, 2 ** 31))];
  const seeds = given.map(text => wholeNumber('seed', text));
  const fleets = copiedFleets().map(readFleet);
  if (fleets.length === 0) throw new Error('There is no such fleet.');
  if (values.list) {
    for (const { operator, sites } of planned(fleets, { ...limits, seed: seeds[0] }))
      console.log(`${String(sites).padStart(6)}  ${operator}`);
    return;
  }
  const check = await checkInProcess(join(folder, 'program'));
  const results = [];
  for (const seed of seeds)
    for await (const result of tried(fleets, { ...limits, seed }, check)) {
      results.push(result);
      if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify({ seed, ...result })}\n`);
    }
  report(results, seeds, limits);
}

/** Copies of the fleets chosen, since each is changed in place. */
function copiedFleets() {
  const isChosen = name => values.fleet.length === 0 || values.fleet.includes(name);
  const checkouts = readdirSync(values.checkouts).map(name => [name, join(values.checkouts, name)]);
  const own = ['example-fleet', join(ROOT, 'examples/fleet')];
  return [...checkouts, own]
    .filter(([name, path]) => isChosen(name) && statSync(path).isDirectory())
    .map(([name, path]) => {
      const copy = join(folder, 'fleets', name);
      cpSync(path, copy, { recursive: true, verbatimSymlinks: true });
      return copy;
    });
}

function report(results, seeds, { perFleet, cap }) {
  if (values.missed) console.log([...missedLines(results), '', ...strayLines(results), ''].join('\n'));
  const drawn = `Seeds ${seeds.join(' and ')}, for each at most ${perFleet} of a kind in a fleet and ${cap} in all.`;
  const text = `${drawn}\n\n${operatorTable(results)}\n\n### By fleet\n\n${fleetTable(results)}`;
  console.log(text);
  if (values.update) writeSection(PAGE, 'recall', text);
  const failed = results.filter(({ error }) => error !== undefined);
  for (const { operator, fleet, file, error } of failed)
    console.error(`${operator} ${fleet} ${file}: ${error}`);
  if (failed.length > 0) process.exitCode = 1;
}
