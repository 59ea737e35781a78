/** The servers of a run: how each is started, or why it cannot be. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFloor } from './floor.mjs';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BENCH = join(ROOT, 'bench');

/** Columns of the table, in order. */
export const NAMES = {
  varsmith: 'Varsmith',
  floor: 'floor (parses only)',
  bash: 'bash-language-server',
  yaml: 'yaml-language-server',
};

/** `command`, or `missing` with the reason. */
export async function findServers(directory) {
  return {
    varsmith: inTree('dist/server.js', ['--stdio']),
    floor: await floorServer(directory),
    bash: neighbour('bash-language-server', 'out/cli.js', ['start']),
    yaml: neighbour('yaml-language-server', 'bin/yaml-language-server', ['--stdio']),
  };
}

function inTree(path, args) {
  const program = join(ROOT, path);
  return existsSync(program) ? { command: [process.execPath, program, ...args] } : { missing: `no ${path}` };
}

async function floorServer(directory) {
  try {
    return { command: [process.execPath, await buildFloor(directory), '--stdio'] };
  } catch (error) {
    return { missing: `does not build: ${error.message.split('\n')[0]}` };
  }
}

function neighbour(name, path, args) {
  return installedVersion(name) === null
    ? { missing: 'not installed' }
    : inTree(join('bench/node_modules', name, path), args);
}

/** The command line program, or why there is none. */
export function findCli() {
  return inTree('dist/cli.js', []);
}

/** Installs the neighbours if they are not as bench/package.json has them. Failure is told, not thrown. */
export function installNeighbours(tell) {
  const { dependencies } = readJson(join(BENCH, 'package.json'));
  if (Object.entries(dependencies).every(([name, version]) => installedVersion(name) === version)) return;
  tell('installing the servers to compare with');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: BENCH,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) tell('npm ci failed: the servers that are missing are left out');
}

export function installedVersion(name) {
  const manifest = join(BENCH, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? readJson(manifest).version : null;
}

/** Builds the project. False if that failed, and that is told: what is there may be of an older source. */
export function buildProject(tell) {
  tell('building');
  const script = join(ROOT, 'scripts', 'build.mjs');
  const { status } = spawnSync(process.execPath, [script], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) tell('the build failed: what was built before, if anything, is measured');
  return status === 0;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
