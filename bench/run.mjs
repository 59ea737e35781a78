#!/usr/bin/env node
/**
 * `npm run bench`: measures Varsmith beside a floor server and two servers from npm, and prints one table.
 *
 *   --only NAME,…    parts to run: servers, fleet, estate, check, artefacts, scaling, generate, public (default: all)
 *   --clan-core DIR  a checkout of clan-core for the part "check"; skipped without it
 *   --fleets DIR     checkouts of public fleets (fleets.json), each in a folder owner+name; skipped without it
 *   --before DIR     the dist folder of another build, timed in turns in the public fleets
 *   --update         rewrite docs/performance.md with the figures of this run
 *   --quick          few repetitions: to see that it works, not to be quoted
 *   --verbose        the servers' standard error
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { growthChart } from './chart.mjs';
import { writeFleet } from './fleet.mjs';
import { writeNeighbours } from './neighbours.mjs';
import { keptFleets, machineText, page, publicSection, summary, withFleets } from './page.mjs';
import { artefacts } from './parts/artefacts.mjs';
import { checkRepository, scaling } from './parts/check.mjs';
import { largeFleets } from './parts/estate.mjs';
import { publicFleets } from './parts/fleets.mjs';
import { generation } from './parts/generate.mjs';
import { inFleet, sideBySide } from './parts/sessions.mjs';
import { buildProject, findServers, installedVersion, installNeighbours, NAMES, ROOT } from './servers.mjs';
import { estateTable, mainTable, publicTable, scalingTable } from './table.mjs';

const PARTS = ['servers', 'fleet', 'estate', 'check', 'artefacts', 'scaling', 'generate', 'public'];
const FULL = { fresh: 20, edits: 60, check: 10, scaling: 5, generate: 5 };
const QUICK = { fresh: 2, edits: 6, check: 2, scaling: 1, generate: 1 };

function readArguments() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      'clan-core': { type: 'string' },
      fleets: { type: 'string' },
      before: { type: 'string' },
      update: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const parts = values.only?.split(',') ?? PARTS;
  const strange = parts.find(part => !PARTS.includes(part));
  if (strange !== undefined) throw new Error(`no part "${strange}"; there are ${PARTS.join(', ')}`);
  const isPublicAlone = values.only === 'public';
  if (values.update && (values.quick || (values.only !== undefined && !isPublicAlone))) {
    throw new Error('--update writes the figures of a whole run, or of --only public: leave out --quick');
  }
  return {
    ...values,
    parts,
    clanCore: values['clan-core'] && resolve(values['clan-core']),
    fleets: values.fleets && resolve(values.fleets),
  };
}

function tell(message) {
  process.stderr.write(`bench: ${message}\n`);
}

async function runParts({ parts, clanCore, fleets, before, quick, verbose, update }, work) {
  if (parts.includes('servers')) installNeighbours(tell);
  if (!buildProject(tell) && update) throw new Error('--update does not write figures of an older build');
  const fleetRoot = join(work, 'fleet');
  const neighbourRoot = join(work, 'neighbours');
  const context = {
    work,
    tell,
    verbose,
    clanCore,
    repetitions: quick ? QUICK : FULL,
    fleetRoot,
    fleet: writeFleet(fleetRoot, { machines: 50, keys: 200 }),
    neighbourRoot,
    neighbours: writeNeighbours(neighbourRoot),
    servers: await findServers(join(work, 'floor')),
  };
  for (const [name, { missing }] of Object.entries(context.servers)) {
    if (missing !== undefined) tell(`${NAMES[name]} is left out: ${missing}`);
  }
  const figures = {};
  if (parts.includes('servers')) Object.assign(figures, await sideBySide(context));
  if (parts.includes('fleet')) Object.assign(figures, await inFleet(context));
  const large = parts.includes('estate') ? await largeFleets(context) : { figures: {}, sizes: [] };
  Object.assign(figures, large.figures);
  if (parts.includes('check')) Object.assign(figures, await checkRepository(context));
  if (parts.includes('generate')) Object.assign(figures, await generation(context));
  if (parts.includes('artefacts')) Object.assign(figures, artefacts());
  const growth = parts.includes('scaling') ? await scaling(context) : null;
  const open =
    parts.includes('public') && fleets !== undefined
      ? await publicFleets(context, fleets, before && resolve(before))
      : [];
  return { figures, growth, estates: large.sizes, open };
}

async function main() {
  const options = readArguments();
  const work = mkdtempSync(join(tmpdir(), 'varsmith-bench-'));
  try {
    const { figures, growth, estates, open } = await runParts(options, work);
    console.log(`${machineText()}; times are p50 / p95\n`);
    console.log(mainTable(figures, NAMES));
    if (growth !== null) console.log(`\nGrowth, 200 keys:\n\n${scalingTable(growth)}`);
    if (estates.length > 0) console.log(`\nGrowth, 20 generators a machine:\n\n${estateTable(estates)}`);
    if (open.length > 0) console.log(`\nPublic fleets:\n\n${publicTable(open)}`);
    console.log(`\nBars: ${summary(figures)}`);
    keep(options, { figures, growth, estates, open });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function keep({ update, only }, { figures, growth, estates, open }) {
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync(join(ROOT, 'out'), { recursive: true });
  writeFileSync(
    join(ROOT, 'out', 'bench.json'),
    `${JSON.stringify({ date, figures, growth, estates, open }, null, 2)}\n`,
  );
  if (!update) return;
  const path = join(ROOT, 'docs', 'performance.md');
  const shown = open.length === 0 ? keptFleets(readFileSync(path, 'utf8')) : publicSection(open, date);
  if (only === 'public') {
    writeFileSync(path, withFleets(readFileSync(path, 'utf8'), shown));
  } else {
    const versions = {
      bash: installedVersion('bash-language-server'),
      yaml: installedVersion('yaml-language-server'),
    };
    writeFileSync(path, page({ figures, growth, estates, fleets: shown, names: NAMES, versions, date }));
    writeFileSync(join(ROOT, 'docs', 'images', 'growth.svg'), growthChart(estates));
  }
  tell('docs/performance.md is rewritten');
}

main().catch(error => {
  tell(error.message);
  process.exitCode = 1;
});
