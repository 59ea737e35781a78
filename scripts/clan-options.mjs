// Makes the tables of server/src/fleet/options/data: the options of a clan, of an inventory, and of the roles of
// clan-core's services.
//
//   node scripts/clan-options.mjs --clan-core DIR --nixpkgs-lib DIR [--commit COMMIT] [--update | --check]
//
// --clan-core    a clone of clan-core with its history
// --nixpkgs-lib  the folder `lib` of a checkout of nixpkgs
// --commit       the commit to describe; the newest of the clone unless it is given, with --check that of the tables
// --check        says where the tables differ from that commit, and fails if they do; looks at no earlier commits
//
// Evaluates the options with `nix-instantiate` (Nix 2.8 or newer) at that commit, and at each earlier one that changed
// them, as far back as they evaluate: that tells which options there once were, and which had another type.
// Without --update it prints the tables. Writes nothing into the clone.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { clanOptionsTables, differences, pathsIn } from './lib/clan-options-tables.mjs';
import { ROOT } from './lib/root.mjs';

const DATA = join(ROOT, 'server', 'src', 'fleet', 'options', 'data');
const MAX_OUTPUT = 2 ** 30;
const CLAN_MODULES = ['modules/clan/default.nix'];
/** Where the inventory's module was, newest first. */
const INVENTORY_MODULES = [
  'modules/inventoryClass/inventory.nix',
  'lib/modules/inventoryClass/inventory.nix',
  'lib/modules/inventoryClass/interface.nix',
];
/** What is known of earlier commits. */
const OF_HISTORY = ['since', 'settled', 'former', 'changed'];
/** What evaluation of a module needs beside its own folder. */
const NEEDED = ['lib', 'modules'];
/** So many versions without options that evaluate end the walk into the past. */
const GIVE_UP_AFTER = 3;

const { values: given } = parseArgs({
  options: {
    'clan-core': { type: 'string' },
    'nixpkgs-lib': { type: 'string' },
    commit: { type: 'string' },
    update: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});
if (given['clan-core'] === undefined || given['nixpkgs-lib'] === undefined)
  fail('--clan-core DIR and --nixpkgs-lib DIR are needed.');
const clone = resolve(given['clan-core']);
const nixpkgsLib = resolve(given['nixpkgs-lib']);
const scratch = mkdtempSync(join(tmpdir(), 'clan-options-'));

try {
  const kept = given.check ? keptTable('clan-options.json').commit : 'HEAD';
  const commit = git('rev-parse', given.commit ?? kept).trim();
  const clan = described(commit, CLAN_MODULES, 'clan');
  const inventory = described(commit, INVENTORY_MODULES, 'inventory');
  if (clan === null || inventory === null) fail(`The options of ${commit} do not evaluate.`);
  const services = {};
  for (const name of servicesOf(commit)) {
    const found = described(commit, [`clanServices/${name}/default.nix`], 'service');
    if (found === null) process.stderr.write(`${name}: does not evaluate, left out\n`);
    else services[name] = found;
  }
  const tables = clanOptionsTables({ commit, clan, inventory, services });
  if (given.check) check(tables);
  else if (given.update) update(tables);
  else process.stdout.write(`${JSON.stringify(tables, null, 2)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function fail(message) {
  process.stderr.write(`clan-options: ${message}\n`);
  process.exit(2);
}

function keptTable(name) {
  return JSON.parse(readFileSync(join(DATA, name), 'utf8'));
}

function update(tables) {
  for (const [name, table] of Object.entries(tables)) writeFileSync(join(DATA, name), JSON.stringify(table));
  execFileSync(join(ROOT, 'node_modules', '.bin', 'biome'), ['format', '--write', DATA]);
}

/** Says where the tables that are kept differ. */
function check(tables) {
  const differing = Object.entries(tables).flatMap(([name, table]) =>
    differingPaths(keptTable(name), table, name),
  );
  for (const path of differing) process.stdout.write(`${path} differs\n`);
  if (differing.length > 0) process.exitCode = 1;
}

/** The places where two values differ: the deepest of them. */
function differingPaths(one, other, path) {
  if (isDeepStrictEqual(one, other)) return [];
  const isSet = value => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isSet(one) || !isSet(other)) return [path];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter(name => !OF_HISTORY.includes(name) || one.since === undefined)
    .flatMap(name => differingPaths(one[name], other[name], `${path} ${name}`));
}

function git(...args) {
  return execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', maxBuffer: MAX_OUTPUT });
}

function servicesOf(commit) {
  return git('ls-tree', '-d', '--name-only', `${commit}:clanServices`).trim().split('\n');
}

/**
 * The options of a module at a commit, with what earlier commits had in their place.
 * @param modules where the module is, or was
 * @returns null if it does not evaluate
 */
function described(commit, modules, kind) {
  const now = evaluated(commit, modules, kind);
  if (now === null || given.check) return now && { options: now };
  const folders = modules.map(path => path.slice(0, path.lastIndexOf('/')));
  const commits = git('log', '--format=%H %ct', commit, '--', ...folders.map(path => `${path}/*.nix`))
    .trim()
    .split('\n')
    .map(line => line.split(' '));
  const former = new Set();
  const changed = new Set();
  let since = Number(git('show', '-s', '--format=%ct', commit));
  let settled = since;
  let isSame = true;
  let failed = 0;
  for (const [each, seconds] of commits) {
    const then = evaluated(each, modules, kind);
    if (then === null) {
      if (++failed > GIVE_UP_AFTER) break;
      continue;
    }
    since = Math.min(since, Number(seconds));
    const before = differences(now, then, kind);
    for (const path of before.gone) former.add(path);
    for (const path of before.changed) changed.add(path);
    const added = differences(then, now, kind).gone;
    isSame &&= before.gone.length + before.changed.length + added.length === 0;
    if (isSame) settled = Math.min(settled, Number(seconds));
  }
  const known = new Set(pathsIn(now, kind));
  return {
    since,
    settled,
    options: now,
    former: [...former].filter(path => !known.has(path)).sort(),
    changed: [...changed].sort(),
  };
}

/** What a module declares at a commit; null where it is not there or does not evaluate. */
function evaluated(commit, modules, kind) {
  const module = modules.find(
    path => spawnSync('git', ['-C', clone, 'cat-file', '-e', `${commit}:${path}`]).status === 0,
  );
  if (module === undefined) return null;
  const folder = join(scratch, 'checkout');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const wanted = [...NEEDED, module.slice(0, module.lastIndexOf('/'))].filter(
    path => spawnSync('git', ['-C', clone, 'cat-file', '-e', `${commit}:${path}`]).status === 0,
  );
  const archive = execFileSync('git', ['-C', clone, 'archive', commit, ...wanted], { maxBuffer: MAX_OUTPUT });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  const run = spawnSync(
    'nix-instantiate',
    [
      ...['--eval', '--strict', '--json', join(ROOT, 'scripts', 'clan-options.nix')],
      ...['--arg', 'clanCore', folder, '--arg', 'nixpkgsLib', nixpkgsLib],
      ...['--argstr', 'module', module, '--argstr', 'kind', kind],
    ],
    { encoding: 'utf8', maxBuffer: MAX_OUTPUT },
  );
  return run.status === 0 ? JSON.parse(run.stdout) : null;
}
