/** Large fleets of twenty generators a machine: a cold `inspect` as they grow, and keystrokes in the largest. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from '../driver/measure.mjs';
import { statistics } from '../driver/statistics.mjs';
import { bystanders } from '../fleet/bystanders.mjs';
import { estate } from '../fleet/estate.mjs';
import { writeFiles } from '../fleet.mjs';
import { findCli } from '../servers.mjs';
import { missing, single, timed } from './cells.mjs';
import { repeat, runProgram } from './program.mjs';

const SIZES = [100, 300, 1000];
/** Larger than any fleet known; measured once, to see whether time and memory still grow with the machines. */
const HUGE = 5000;
const FILES = { 'files-inspect': 4300, 'more-files-inspect': 10_000 };
const ROWS = ['estate-inspect', 'estate-peak', ...Object.keys(FILES), 'estate-keystroke', 'estate-shared'];

/** Rows of the main table, and the sizes for the table of growth. */
export async function largeFleets(context) {
  const cli = findCli();
  if (cli.missing !== undefined) {
    return { figures: Object.fromEntries(ROWS.map(row => [row, { varsmith: cli }])), sizes: [] };
  }
  const sizes = [];
  const figures = {};
  try {
    for (const machines of SIZES)
      sizes.push(await inspectEstate(context, cli, machines, context.repetitions.scaling));
    const largest = sizes.at(-1);
    figures['estate-inspect'] = { varsmith: timed(largest) };
    figures['estate-peak'] = { varsmith: single(largest.peakMiB) };
    for (const [row, count] of Object.entries(FILES))
      figures[row] = { varsmith: await inspectFiles(context, cli, count) };
    sizes.push(await inspectEstate(context, cli, HUGE, 1));
  } catch (error) {
    context.tell(error.message);
  }
  Object.assign(figures, await keystrokes(context));
  return { figures, sizes };
}

function rootOf({ work }, machines) {
  const root = join(work, `estate-${machines}`);
  mkdirSync(root, { recursive: true });
  return root;
}

async function inspectEstate(context, cli, machines, times) {
  const { tell } = context;
  tell(`inspect on ${machines} machines`);
  const root = rootOf(context, machines);
  const { files } = estate(machines);
  writeFiles(root, files);
  const runs = await repeat(times, () => inspect(cli, root));
  const looked = await inspect(cli, root, true);
  const found = JSON.parse(looked.output);
  return {
    machines,
    files: files.size,
    generators: found.machines.reduce((sum, machine) => sum + machine.generators.length, 0),
    ...statistics(runs.map(run => run.milliseconds)),
    peakMiB: looked.peakMiB,
  };
}

async function inspectFiles({ work, tell, repetitions }, cli, count) {
  tell(`inspect on ${count} files`);
  const root = join(work, `bystanders-${count}`);
  writeFiles(root, bystanders(count));
  const runs = await repeat(repetitions.scaling, () => inspect(cli, root));
  return timed(statistics(runs.map(run => run.milliseconds)));
}

function inspect(cli, root, look = false) {
  return runProgram([...cli.command, 'inspect', root, '--format', 'json'], look);
}

/** In a machine's own file, and in a module that all machines import. */
async function keystrokes(context) {
  const { servers, tell, verbose, repetitions } = context;
  const machines = SIZES.at(-1);
  const { edits } = estate(machines);
  const figures = {};
  for (const [row, edit] of Object.entries({
    'estate-keystroke': edits.machine,
    'estate-shared': edits.shared,
  })) {
    tell(`varsmith: ${edit.file} of ${machines} machines`);
    const root = rootOf(context, machines);
    try {
      if (servers.varsmith.missing !== undefined) throw new Error(servers.varsmith.missing);
      const session = await measure({
        name: 'varsmith',
        command: servers.varsmith.command,
        verbose,
        root,
        files: [join(root, edit.file)],
        break: edit,
        pull: 'no',
        untilChanged: true,
        openBroken: true,
        startReps: 1,
        edits: repetitions.edits,
        reps: 0,
        methods: [],
        // An edit before the end of the first analysis, which takes seconds, would take away a finding that nobody has seen.
        settle: 10_000,
        timeout: 60_000,
      });
      figures[row] = { varsmith: timed(session.keystroke) };
    } catch (error) {
      tell(error.message);
      figures[row] = { varsmith: missing(error.message) };
    }
  }
  return figures;
}
