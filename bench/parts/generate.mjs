/**
 * 200 small generators, each of one secret file: run by the engine, which encrypts, stores and commits them, and the
 * same scripts bare in a loop of Bash in the same sandbox, which keeps nothing. Rounds of all take turns, so that a busy
 * machine is busy for all of them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { quantile } from '../driver/statistics.mjs';
import { findCli, ROOT } from '../servers.mjs';
import { missing, single } from './cells.mjs';

const GENERATORS = 200;
const SCRIPT = 'openssl rand -base64 32 > "$out/key"';
const ROWS = ['generate-one', 'generate-two', 'generate-loop'];

const FLAKE = `{
  inputs.clan-core.url = "https://example.org/clan-core.tar.gz";
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; meta.name = "bench"; }; in
    { inherit (clan.config) nixosConfigurations clanInternals; };
}
`;

function configuration() {
  const generators = Array.from(
    { length: GENERATORS },
    (_, i) =>
      `    g${i} = { files.key = { }; runtimeInputs = [ pkgs.openssl ]; script = ''\n      ${SCRIPT}\n    ''; };\n`,
  );
  return `{ pkgs, ... }: {\n  clan.core.vars.generators = {\n    first = { files.key = { }; script = "echo > $out/key"; };\n${generators.join('')}  };\n}\n`;
}

/** Rows of the main table: the loop's time, and the engine's over it with one worker and with two. */
export async function generation({ work, repetitions, tell }) {
  const cli = findCli();
  const without = reason => Object.fromEntries(ROWS.map(row => [row, { varsmith: missing(reason) }]));
  if (cli.missing !== undefined) return without(cli.missing);
  const problem = lacking();
  if (problem !== null) return without(problem);
  try {
    return await timedRounds({ work, repetitions, tell }, cli);
  } catch (error) {
    // What fails here must not cost the figures of the other parts.
    tell(error.message);
    return without(error.message);
  }
}

async function timedRounds({ work, repetitions, tell }, cli) {
  tell(`${GENERATORS} generators`);
  const place = join(work, 'generate');
  const fleet = makeFleet(place, cli.command);
  const loop = await makeLoop(place);
  const rounds = [];
  for (let i = 0; i < repetitions.generate; i++) {
    const round = { loop: loop(), one: fleet.generate(1), two: fleet.generate(2) };
    rounds.push(round);
    tell(
      `  loop ${Math.round(round.loop)} ms, engine ${Math.round(round.one)} ms, with two workers ${Math.round(round.two)} ms`,
    );
  }
  const median = values => quantile(values, 0.5);
  return {
    'generate-loop': { varsmith: single(median(rounds.map(({ loop }) => loop))) },
    'generate-one': { varsmith: single(median(rounds.map(({ loop, one }) => one / loop))) },
    'generate-two': { varsmith: single(median(rounds.map(({ loop, two }) => two / loop))) },
  };
}

function lacking() {
  const absent = ['bwrap', 'bash', 'git', 'openssl'].find(name => spawnSync(name, ['--version']).error);
  if (absent !== undefined) return `needs ${absent}`;
  if (!existsSync('/dev/shm')) return 'needs /dev/shm';
  const { status } = spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true']);
  return status === 0 ? null : 'bubblewrap does not work here';
}

/** A fleet under git, as it is before each run. */
function makeFleet(place, command) {
  const root = join(place, 'fleet');
  const home = join(place, 'home');
  mkdirSync(join(root, 'machines/m'), { recursive: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.org\n');
  writeFileSync(join(root, 'flake.nix'), FLAKE);
  writeFileSync(join(root, 'machines/m/configuration.nix'), configuration());
  const env = { HOME: home, PATH: process.env.PATH, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') };
  const run = (program, ...args) =>
    execFileSync(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const varsmith = (...args) => run(command[0], ...command.slice(1), ...args);
  run('git', 'init', '-q');
  // What the rounds leave behind is no fleet's: git would tidy it up in the middle of one.
  run('git', 'config', 'gc.auto', '0');
  run('git', 'add', '-A');
  run('git', 'commit', '-qm', 'Begin');
  varsmith('keygen', '--user', 'ada');
  varsmith('generate', '-g', 'first');
  const begin = run('git', 'rev-parse', 'HEAD').toString().trim();
  return {
    /** Milliseconds of a whole run, after which the fleet is as before. */
    generate(workers) {
      const started = performance.now();
      varsmith('generate', '--jobs', String(workers));
      const milliseconds = performance.now() - started;
      const stored = run('git', 'ls-files', 'vars/*/secret').toString().trim().split('\n').length;
      if (stored !== GENERATORS + 1) throw new Error(`${stored} secrets were stored, not ${GENERATORS + 1}`);
      run('git', 'reset', '-q', '--hard', begin);
      return milliseconds;
    },
  };
}

/** The same scripts in the same box, one after the other. */
async function makeLoop(place) {
  const folder = join('/dev/shm', `varsmith-bench-${process.pid}`);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['bin', 'in', 'out', 'work']) mkdirSync(join(folder, 'box', name), { recursive: true });
  writeFileSync(join(folder, 'passwd'), 'root:x:0:0::/:/bin/false\nvars:x:1000:1000::/tmp:/bin/false\n');
  writeFileSync(join(folder, 'box/script'), `set -euo pipefail\n${SCRIPT}\n`);
  const { sandboxArguments } = await bundled('sandbox/bubblewrap', place);
  const { findSandbox } = await bundled('sandbox/find-sandbox', place);
  const { guards } = (await findSandbox(process.platform, process.env.PATH.split(':'))).sandbox;
  writeFileSync(join(folder, 'filter'), guards.filter ?? '');
  const box = sandboxArguments({
    scratch: join(folder, 'box'),
    readOnly: [],
    shown: [],
    bin: join(folder, 'box/bin'),
    passwd: join(folder, 'passwd'),
    guards,
    temporaryMiB: 1024,
  });
  const command = ['bwrap', ...box, 'bash', '--norc', '/tmp/vars/script'].map(word => `'${word}'`).join(' ');
  const file = join(place, 'loop.sh');
  writeFileSync(
    file,
    `set -e\nfor ((i = 0; i < ${GENERATORS}; i++)); do\n  ${command} 3<'${folder}/filter'\n  rm "${folder}/box/out/key"\ndone\n`,
  );
  return () => {
    const started = performance.now();
    execFileSync('bash', [file], { env: { PATH: process.env.PATH, out: '/tmp/vars/out' }, stdio: 'ignore' });
    return performance.now() - started;
  };
}

/** @param name a module of `server/src/host` */
async function bundled(name, place) {
  const outfile = join(place, `${basename(name)}.mjs`);
  await build({
    entryPoints: [join(ROOT, `server/src/host/${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
