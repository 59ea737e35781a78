#!/usr/bin/env node
// What asking Nix costs as a fleet grows: the synthetic fleet (bench/fleet.mjs --estate) under real Nix in the harness of test/oracle, with
// the question that `--nix` asks. Needs what the oracle needs (test/oracle/README.md); seconds are those of the processor, so that
// other work on the machine changes little.
//
//   npm run nix-cost -- --clones DIR [--nix NIX] [--home DIR] [--machines 10,100,300] [--update]
//
// --update writes the section of docs/nix.md. A machine with all of nixpkgs' modules costs more by a constant of its own, which the
// harness leaves out: the growth with the size of the fleet is what is measured.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { estate } from '../bench/fleet/estate.mjs';
import { writeFiles } from '../bench/fleet.mjs';
import { harvest } from '../test/oracle/harvest.mjs';
import { prepareSources } from '../test/oracle/sources.mjs';
import { writeSection } from './lib/page-sections.mjs';
import { ROOT } from './lib/root.mjs';

const HARNESS = join(ROOT, 'test/oracle/harnessed-flake.nix');
const PAGE = join(ROOT, 'docs/nix.md');
/** Machines that are asked about alone, and machines that one process is asked about. */
const SAMPLES = 3;
const TOGETHER = 8;
const LARGE = [1000, 10_000];
const PROCESSORS = 4;
const RUNNERS = 8;
/** When a worker of nix-eval-jobs is started anew, as `--nix` asks for. */
const WORKER_MEGABYTES = 2048;
const LIMIT_MS = 1_800_000;

/**
 * @typedef {{ seconds: number, megabytes: number }} Cost of a process
 * @typedef {{ machines: number, names: Cost, alone: Cost, more: Cost }} Measure `more`: each further machine in a process
 */

const { values } = parseArgs({
  options: {
    clones: { type: 'string' },
    nix: { type: 'string', default: 'nix' },
    home: { type: 'string', default: join(ROOT, 'out/oracle') },
    machines: { type: 'string', default: '10,100,300' },
    update: { type: 'boolean', default: false },
  },
});

const { machineFacts, machineNames } = await questions();

main();

/** The questions of `--nix`, from their source. @returns {Promise<typeof import('../server/src/witness/question.ts')>} */
async function questions() {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'server/src/witness/question.ts')],
    ...{ bundle: true, write: false, format: 'esm', platform: 'node' },
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

function main() {
  if (values.clones === undefined)
    throw new Error('Say where the clones of test/oracle/sources.json are: --clones DIR.');
  const home = resolve(values.home);
  const prepared = prepareSources({ home, clones: values.clones, nix: values.nix });
  const measures = values.machines.split(',').map(count => measured(Number(count), home, prepared));
  const text = report(measures);
  console.log(text);
  if (values.update) writeSection(PAGE, 'cost', text);
}

/** @returns {Measure} */
function measured(count, home, prepared) {
  const scratch = join(home, 'run', `estate-${count}`);
  const folder = join(scratch, 'fleet');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { files, machines } = estate(count);
  writeFiles(folder, files);
  const spec = harvest(folder, scratch, prepared);
  const ask = question => cost(prepared.nix, spec, inHarness(question, `(import ${HARNESS})`));
  const step = Math.floor(count / SAMPLES);
  const samples = Array.from({ length: SAMPLES }, (_, index) => machines[index * step].name);
  const alone = samples.map(name => ask(machineFacts('fleet', name)));
  const some = machines.slice(0, Math.min(TOGETHER, count)).map(({ name }) => name);
  const facts = some.map(name => `(${inHarness(machineFacts('fleet', name), 'outputs')})`);
  const together = cost(prepared.nix, spec, `let outputs = import ${HARNESS}; in [ ${facts.join(' ')} ]`);
  const single = {
    seconds: mean(alone.map(({ seconds }) => seconds)),
    megabytes: Math.max(...alone.map(({ megabytes }) => megabytes)),
  };
  const result = {
    machines: count,
    names: ask(machineNames('fleet')),
    alone: single,
    more: {
      seconds: Math.max(0, (together.seconds - single.seconds) / (some.length - 1)),
      megabytes: Math.max(0, (together.megabytes - single.megabytes) / (some.length - 1)),
    },
  };
  console.error(`${count} machines: ${JSON.stringify(result)}`);
  return result;
}

/** The question with the outputs of the harness in the place of the flake. */
function inHarness(question, outputs) {
  return question.replace(/builtins\.getFlake "[^"]*"/, () => outputs);
}

/** What an evaluation costs, by Nix's own statistics. @returns {Cost} */
function cost(nix, spec, expression) {
  const statistics = join(spec, '..', 'statistics.json');
  const { status, stderr } = spawnSync(
    nix.program,
    ['eval', '--impure', '--read-only', '--json', '--expr', expression],
    {
      env: {
        ...process.env,
        ...nix.env,
        ORACLE_SPEC: spec,
        NIX_SHOW_STATS: '1',
        NIX_SHOW_STATS_PATH: statistics,
      },
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      timeout: LIMIT_MS,
    },
  );
  if (status !== 0) throw new Error(`Nix does not evaluate the fleet: ${stderr.slice(-2000)}`);
  const { cpuTime, gc } = JSON.parse(readFileSync(statistics, 'utf8'));
  return { seconds: cpuTime, megabytes: gc.totalBytes / 2 ** 20 };
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** The line through points, by least squares. */
function line(points) {
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const covariance = mean(points.map(([at, value]) => (at - x) * (value - y)));
  // What does not grow has a slope of noise, of either sign.
  const slope = Math.max(0, covariance / mean(points.map(([at]) => (at - x) ** 2)));
  return { start: y - slope * x, slope, at: count => Math.max(0, y + slope * (count - x)) };
}

/** @param {readonly Measure[]} measures */
function report(measures) {
  const fitted = of => line(measures.map(measure => [measure.machines, of(measure)]));
  const alone = fitted(({ alone: { seconds } }) => seconds);
  const memory = fitted(({ alone: { megabytes } }) => megabytes);
  const more = fitted(measure => measure.more.seconds);
  const moreMemory = fitted(measure => measure.more.megabytes);
  const rows = measures.map(
    measure =>
      `| ${number(measure.machines)} | ${measure.names.seconds.toFixed(2)} s | ${measure.alone.seconds.toFixed(2)} s | ${measure.more.seconds.toFixed(2)} s | ${measure.alone.megabytes.toFixed(0)} MB |`,
  );
  const large = LARGE.flatMap(count => {
    const single = count * alone.at(count);
    // A worker that has used up its memory starts anew.
    const restarts = (count * moreMemory.at(count)) / WORKER_MEGABYTES;
    const inJobs = runners => {
      const starts = Math.max(runners * PROCESSORS, restarts);
      return starts * alone.at(count) + (count - starts) * more.at(count);
    };
    const [jobs, sharded] = [inJobs(1), inJobs(RUNNERS)];
    const shard = Math.ceil(count / RUNNERS);
    const ways = [
      ['one runner, a process a machine', single, single / PROCESSORS],
      ['one runner, nix-eval-jobs', jobs, jobs / PROCESSORS],
      [
        `${RUNNERS} runners (\`--shard\`, ${number(shard)} machines each), a process a machine`,
        single,
        single / PROCESSORS / RUNNERS,
      ],
      [`${RUNNERS} runners, nix-eval-jobs`, sharded, sharded / PROCESSORS / RUNNERS],
    ];
    return ways.map(
      ([way, processor, wall]) =>
        `| ${number(count)} | ${way} | ${duration(processor)} | ${duration(wall)} | ${(memory.at(count) / 1024).toFixed(1)} GB |`,
    );
  });
  return `\
| machines of the fleet | their names | a machine alone | each further one in the same process | allocated |
|---:|---:|---:|---:|---:|
${rows.join('\n')}

Fitted: a machine alone costs ${alone.start.toFixed(2)} s and ${(1000 * alone.slope).toFixed(1)} ms for each machine that the fleet has, since every process evaluates the
inventory anew; a further one in the same process ${more.start.toFixed(2)} s${more.slope > 0.00005 ? ` and ${(1000 * more.slope).toFixed(1)} ms` : ', whatever the size of the fleet'}. From that, with ${PROCESSORS} processors a runner:

| machines | what runs where | processor time | until the answer | a process allocates |
|---:|---|---:|---:|---:|
${large.join('\n')}`;
}

function number(value) {
  return value.toLocaleString('en');
}

function duration(seconds) {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
