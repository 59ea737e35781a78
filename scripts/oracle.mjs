#!/usr/bin/env node
// Compares what `varsmith inspect` says of fleets with what real Nix, nixpkgs' `lib` and clan-core say of them: test/oracle.
//
//   npm run oracle -- --clones DIR                     the fleets of this repository
//   npm run oracle -- --clones DIR --checkouts DIR     public fleets too (or VARSMITH_CHECKOUTS=DIR), in folders OWNER+NAME
//   npm run oracle -- … --cases DIR                    any other fleets below a folder (repeatable)
//   npm run oracle -- … --fleet NAME                   only these (repeatable)
//   npm run oracle -- … --nix NIX                      a command, or a folder with Debian's packages unpacked; `nix` by default
//   npm run oracle -- … --keep                         Nix is not asked again where neither fleet nor harness changed
//   npm run oracle -- … --merged                       the entries alone, without `perMachine`
//   npm run oracle -- … --joined                       `inspect --nix`: what is left unknown or wrong once Nix's answer is joined in
//   npm run oracle -- … --update                       writes docs/truth.md and what Nix says of the fleets of this repository
//
// --clones DIR has a clone of each repository of test/oracle/sources.json, in folders OWNER+NAME; copies are made in --home
// (out/oracle by default). Exit codes: 1 if anything is wrong that test/oracle/known-wrong.json does not name, or is no longer
// wrong that it names; 2 if a fleet could not be judged.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { askNix } from '../test/oracle/ask.mjs';
import { clanCoreAt, lockedCommit } from '../test/oracle/clan-core.mjs';
import { compare } from '../test/oracle/compare.mjs';
import { fleetsIn, knownWrong, ownFleets, publicFleets, truthFile } from '../test/oracle/fleets.mjs';
import { harvest } from '../test/oracle/harvest.mjs';
import { counted } from '../test/oracle/rows.mjs';
import { prepareSources } from '../test/oracle/sources.mjs';
import {
  fleetTable,
  joinedTable,
  mendedRows,
  originTable,
  unknownTable,
  wrongRows,
  wrongTable,
} from '../test/oracle/summary.mjs';
import { writeSection } from './lib/page-sections.mjs';
import { ROOT } from './lib/root.mjs';

const PAGE = join(ROOT, 'docs/truth.md');
const NIX_PAGE = join(ROOT, 'docs/nix.md');
const ORACLE = join(ROOT, 'test/oracle');
const MAX_OUTPUT = 2 ** 30;

const { values } = parseArgs({
  options: {
    clones: { type: 'string' },
    checkouts: { type: 'string', default: process.env.VARSMITH_CHECKOUTS },
    cases: { type: 'string', multiple: true, default: [] },
    fleet: { type: 'string', multiple: true, default: [] },
    home: { type: 'string', default: join(ROOT, 'out/oracle') },
    nix: { type: 'string', default: 'nix' },
    cli: { type: 'string', default: join(ROOT, 'dist/cli.js') },
    keep: { type: 'boolean', default: false },
    merged: { type: 'boolean', default: false },
    joined: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
  },
});

try {
  process.exitCode = main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

function main() {
  if (values.clones === undefined)
    throw new Error('Say where the clones of test/oracle/sources.json are: --clones DIR.');
  if (!existsSync(values.cli))
    throw new Error(`There is no ${values.cli}: build first, or name one with --cli.`);
  const home = resolve(values.home);
  const prepared = prepareSources({ home, clones: values.clones, nix: values.nix });
  const isChosen = ({ name }) => values.fleet.length === 0 || values.fleet.includes(name);
  const judgeAll = fleets =>
    fleets
      .filter(isChosen)
      .map(fleet => judge(fleet, home, prepared))
      // Fleets of sops-nix alone have no machines of clan.
      .filter(({ truth }) => Object.keys(truth.machines).length > 0);
  const own = judgeAll(ownFleets());
  const open = judgeAll(values.checkouts === undefined ? [] : publicFleets(values.checkouts));
  const cases = judgeAll(values.cases.flatMap(folder => fleetsIn(folder, `${basename(resolve(folder))}/`)));
  const results = [...own, ...open, ...cases];
  if (results.length === 0) throw new Error('There is no such fleet.');
  printAll(results);
  if (values.update && values.joined) updateJoined(own, open);
  else if (values.update) update(own, open);
  return verdict(results);
}

/** @returns {import('../test/oracle/summary.mjs').Result} */
function judge({ name, folder }, home, prepared) {
  const scratch = join(home, 'run', name.replaceAll('/', '+'));
  mkdirSync(scratch, { recursive: true });
  const commit = lockedCommit(folder, values.clones);
  const isDefault = commit === null || prepared.clanCore.endsWith(`@${commit.slice(0, 12)}`);
  const own = isDefault
    ? prepared
    : { ...prepared, clanCore: clanCoreAt(commit, { clones: values.clones, home }) };
  const state = () => (isDefault ? stateOf(folder) : `${stateOf(folder)} ${commit}`);
  const truth = keptTruth(scratch, state) ?? asked(folder, scratch, own, state);
  const inspected = JSON.parse(
    execFileSync(
      process.execPath,
      [values.cli, 'inspect', folder, '--format', 'json', ...(values.joined ? ['--nix'] : [])],
      {
        encoding: 'utf8',
        maxBuffer: MAX_OUTPUT,
        ...(values.joined ? { env: withHarness(folder, scratch, own, home) } : {}),
      },
    ),
  );
  const rows = compare(truth, inspected, { merged: values.merged });
  writeFileSync(join(scratch, 'rows.json'), JSON.stringify(rows, null, 1));
  const { equal, wrong, unknown } = counted(rows);
  console.log(`${name}: ${equal} equal, ${wrong} wrong, ${unknown} unknown`);
  for (const { where, error } of truth.errors) console.log(`  Nix: ${where}: ${error}`);
  return { fleet: name, truth, rows };
}

/** The environment in which `nix` evaluates the fleet in the harness. */
function withHarness(folder, scratch, prepared, home) {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, 'nix'), { force: true });
  symlinkSync(join(ORACLE, 'harness-nix.mjs'), join(bin, 'nix'));
  const { program, env } = prepared.nix;
  const spec = harvest(folder, scratch, prepared);
  const PATH = `${bin}:${process.env.PATH}`;
  return { ...process.env, ...env, PATH, HOME: home, ORACLE_SPEC: spec, ORACLE_NIX: program };
}

function asked(folder, scratch, prepared, state) {
  const truth = askNix(folder, scratch, prepared);
  writeFileSync(join(scratch, 'truth.json'), JSON.stringify({ of: state(), truth }));
  return truth;
}

function keptTruth(scratch, state) {
  const file = join(scratch, 'truth.json');
  if (!values.keep || !existsSync(file)) return undefined;
  const { of, truth } = JSON.parse(readFileSync(file, 'utf8'));
  return of === state() ? truth : undefined;
}

/** Changes where the fleet or the harness does. */
function stateOf(folder) {
  const hash = createHash('sha256');
  const nix = readdirSync(join(ORACLE, 'nix')).map(name => join(ORACLE, 'nix', name));
  const harness = ['ask.mjs', 'harvest.mjs', 'sources.mjs', 'sources.json'].map(name => join(ORACLE, name));
  const own = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.parentPath.includes('/.git'))
    .map(entry => join(entry.parentPath, entry.name));
  for (const file of [...nix, ...harness, ...own].sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function printAll(results) {
  const known = knownWrong();
  console.log(`\n${fleetTable(results)}\n\n${originTable(results)}\n\n${unknownTable(results)}\n`);
  for (const { fleet, name, why, nix, says, at, cause } of wrongRows(results, known))
    console.log(
      `${cause === null ? 'WRONG' : 'known'}  ${fleet}: ${name}: ${why}; Nix ${short(nix)}, inspect ${short(says)} (${at})`,
    );
  for (const { fleet, name } of mendedRows(results, known))
    console.log(`MENDED ${fleet}: ${name}: take it from test/oracle/known-wrong.json`);
}

function short(value) {
  return JSON.stringify(value)?.slice(0, 120);
}

function verdict(results) {
  const known = knownWrong();
  const fresh = wrongRows(results, known).filter(({ cause }) => cause === null);
  return fresh.length > 0 || mendedRows(results, known).length > 0 ? 1 : 0;
}

/** Writes what is left once Nix's answer is joined in. */
function updateJoined(own, open) {
  if (values.fleet.length > 0 || open.length === 0) throw new Error('This page is of all fleets.');
  writeSection(NIX_PAGE, 'joined', joinedTable(own, open));
}

/** Writes what Nix says of the fleets of this repository, and the sections of which there are figures. */
function update(own, open) {
  for (const { fleet, truth } of own) writeFileSync(truthFile(fleet), `${JSON.stringify(truth, null, 1)}\n`);
  const known = knownWrong();
  if (values.fleet.length > 0) return;
  writeSection(PAGE, 'own fleets', `${fleetTable(own)}\n\n${wrongTable(wrongRows(own, known))}`);
  if (open.length === 0) return;
  const parts = [fleetTable(open), originTable(open)];
  const what = `### What is wrong\n\n${wrongTable(wrongRows(open, known))}`;
  const unknown = `### What is unknown\n\n${unknownTable(open)}`;
  writeSection(PAGE, 'public fleets', [...parts, what, unknown].join('\n\n'));
}
