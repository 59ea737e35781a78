#!/usr/bin/env node
/**
 * Measures an editor session while Nix is being asked: keystrokes before, during and after, how long after Nix's last answer the views
 * have it, and the server's memory. A stand-in that keeps processors busy takes the place of Nix.
 *
 *   node bench/nix.mjs [--machines 50] [--keys 200] [--seconds 2]     of the built dist/server.js
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startServer } from './driver/connection.mjs';
import { didOpen, openable, toggling } from './driver/document.mjs';
import { followFindings } from './driver/findings.mjs';
import { withDefaults } from './driver/options.mjs';
import { statistics } from './driver/statistics.mjs';
import { writeFleet } from './fleet.mjs';

const { values } = parseArgs({
  options: {
    machines: { type: 'string', default: '50' },
    keys: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '2' },
  },
});
const directory = mkdtempSync(join(tmpdir(), 'bench-nix-'));
const root = join(directory, 'fleet');
const bin = join(directory, 'bin');
const log = join(directory, 'answered');

const ok = value => ({ ok: value });

/** The facts of each machine as Nix would print them, which are those that Varsmith reads: nothing is contradicted. */
function factsByMachine() {
  const cli = join(import.meta.dirname, '../dist/cli.js');
  const read = spawnSync(process.execPath, [cli, 'inspect', root, '--format', 'json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const facts = new Map();
  for (const generator of JSON.parse(read.stdout).generators)
    for (const machine of generator.machines ?? []) {
      const body = generator.perMachine?.find(other => other.machine === machine) ?? generator;
      facts.set(machine, { ...facts.get(machine), [generator.name]: factsOf(generator, body) });
    }
  return facts;
}

function factsOf({ share, validation, script }, { files, prompts, dependencies, runtimeInputs }) {
  const values = (item, names) =>
    Object.fromEntries(names.map(name => [name, ok(item[name] ?? (name === 'group' ? 'root' : null))]));
  const byName = (items, names) =>
    ok(Object.fromEntries(items.map(item => [item.name, values(item, names)])));
  return {
    ...{ share: ok(share), validation: ok(validation), script: ok(script?.text ?? '') },
    files: byName(files, ['secret', 'deploy', 'owner', 'group', 'mode', 'neededFor']),
    prompts: byName(prompts, ['type', 'description', 'persist']),
    dependencies: ok(dependencies.map(({ name }) => name)),
    runtimeInputs: ok(runtimeInputs),
  };
}

/** Writes a program called `nix` that takes its time with each machine, computing all the while. */
function writeNix(fleet, seconds) {
  const nothing = { sops: ok(null), age: ok(null), templates: ok(null), positions: ok([]) };
  const machines = Object.fromEntries(
    [...factsByMachine()].map(([name, generators]) => [
      name,
      { hasVars: true, generatorNames: Object.keys(generators), generators, ...nothing },
    ]),
  );
  const answers = {
    metadata: { path: '/nix/store/source', locked: { narHash: 'sha256-AAAA' }, revision: 'abc1234def' },
    names: { nixos: fleet.machines.map(({ name }) => name), darwin: [] },
    machines,
  };
  const source = `#!${process.execPath}
const answers = ${JSON.stringify(answers)};
const [first] = process.argv.slice(2);
const question = process.argv.at(-1);
if (first === '--version') console.log('nix (Nix) 2.26.3');
else if (first === 'flake') console.log(JSON.stringify(answers.metadata));
else if (!/names "/.test(question)) console.log(JSON.stringify(answers.names));
else {
  for (const end = Date.now() + ${seconds * 1000}; Date.now() < end; ) Math.sqrt(Math.random());
  console.log(JSON.stringify(answers.machines[/names "([^"]+)"/.exec(question)[1]]));
  require('node:fs').appendFileSync(${JSON.stringify(log)}, 'x');
}
`;
  mkdirSync(bin);
  const program = join(bin, 'nix');
  writeFileSync(program, source);
  chmodSync(program, 0o755);
}

/** The memory of the server's own process, in MiB. */
function serverMiB(server) {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function main() {
  const fleet = writeFleet(root, { machines: Number(values.machines), keys: Number(values.keys) });
  writeNix(fleet, Number(values.seconds));
  process.env.PATH = `${bin}:${process.env.PATH}`;
  process.env.HOME = directory;
  process.env.XDG_CACHE_HOME = join(directory, 'cache');
  const path = join(root, fleet.edits.host.file);
  const options = withDefaults({
    files: [path],
    root,
    command: [process.execPath, join(import.meta.dirname, '../dist/server.js'), '--stdio'],
    pull: 'no',
    timeout: 600_000,
  });
  const server = startServer(options);
  await server.initialize();
  const untilFindings = followFindings(server, options, false);
  const document = openable(path, 'nix');
  await untilFindings(document, () => server.notify('textDocument/didOpen', didOpen(document)));
  const edit = toggling(document, fleet.edits.host, true);
  const type = async isOver => {
    const times = [];
    for (let count = 0; !isOver(count); count++) {
      const change = edit.next();
      const { milliseconds } = await untilFindings(document, () =>
        server.notify('textDocument/didChange', change),
      );
      times.push(milliseconds);
      await wait(50);
    }
    return times;
  };
  // The server keeps what it has compiled once it has run for half a minute, which takes memory for a while.
  const begun = performance.now();
  await type(() => performance.now() - begun > 35_000);
  const rows = [['before', statistics(await type(count => count >= 60)), serverMiB(server)]];

  let answeredAt = null;
  const asked = server.request('varsmith/askNix', { trusted: true }).then(answer => {
    answeredAt = performance.now();
    return answer;
  });
  rows.push(['while Nix runs', statistics(await type(() => answeredAt !== null)), serverMiB(server)]);
  const { result } = await asked;
  const disagreement = await server.request('varsmith/disagreement');
  // The stand-in notes its last answer on the clock of the file system.
  const late = performance.timeOrigin + answeredAt - statSync(log).mtimeMs;
  const fleetAsked = await server.request('varsmith/fleet', { filter: { text: '', lacking: false } });
  rows.push(['after', statistics(await type(count => count >= 60)), serverMiB(server)]);

  const answer = result[0]?.answer;
  console.log(`${disagreement.result.facts} facts contradicted`);
  console.log(
    `${values.machines} machines; ${availableParallelism()} processors; ` +
      `Nix busy for ${values.seconds} s a machine, ${((answer?.milliseconds ?? 0) / 1000).toFixed(0)} s in all\n`,
  );
  console.log('| keystroke in a host | p50, ms | p95, ms | server, MiB |\n|---|---:|---:|---:|');
  for (const [name, { p50, p95 }, memory] of rows)
    console.log(`| ${name} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${memory.toFixed(0)} |`);
  console.log(
    `\nThe answer is joined ${late.toFixed(0)} ms after Nix's last process, and the fleet view has it ${fleetAsked.milliseconds.toFixed(0)} ms later.`,
  );
  await server.stop();
  rmSync(directory, { recursive: true });
}

await main();
