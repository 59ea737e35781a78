/** `varsmith try`: what a generator writes, without storing anything. */
import { performance } from 'node:perf_hooks';
import { RunFailure } from '../generate/failure.ts';
import { findPackages } from '../generate/packages.ts';
import { findSurroundings } from '../generate/surroundings.ts';
import { packagesOf } from '../generate/tools.ts';
import { tryGenerator as runTrial, type Trial } from '../generate/try.ts';
import { mustBeMachine } from '../generate/vars.ts';
import { readArguments } from './arguments.ts';
import { shownValue } from './generate-text.ts';
import { EVERYTHING, openFleet, packageSourceFrom, say, timeLimitFrom } from './generation.ts';
import { givenAnswers } from './given-answers.ts';
import { EXIT, type Io, painter, printable, UsageError } from './io.ts';

const OPTIONS = {
  machine: 'value',
  prompt: 'value',
  'no-sandbox': 'flag',
  packages: 'value',
  timeout: 'value',
  json: 'flag',
} as const;

export async function tryGenerator(args: readonly string[], io: Io): Promise<number> {
  const given = readArguments(args, OPTIONS, 2, { m: 'machine' });
  const [name, root] = given.positions;
  if (name === undefined) throw new UsageError('Which generator? `varsmith try GENERATOR [ROOT]`.');
  const timeLimitMs = timeLimitFrom(given);
  const source = packageSourceFrom(given);
  const answers = await givenAnswers(given.options('prompt'), io);
  const { ground, situation } = await openFleet(root, io);
  const { declared, plan } = await situation({ asksStore: false });
  const { generators } = plan(EVERYTHING);
  const asked = given.option('machine');
  if (asked !== undefined) mustBeMachine(declared.machines, asked);
  const machine = asked ?? declared.machines.find(one => generators.on(one, name) !== undefined);
  if (machine === undefined) throw new RunFailure(`No generator "${name}" is to be seen on any machine.`);
  const signal = io.interruption?.() ?? new AbortController().signal;
  const surroundings = await findSurroundings(ground, { sandbox: !given.flag('no-sandbox'), timeLimitMs });
  const start = performance.now();
  const trial = await runTrial(machine, name, {
    ...{ generators, given: answers, surroundings, signal },
    recipe: (on, of) => declared.recipe(on, of),
    async packages(recipe) {
      const { paths, note } = await findPackages(ground, packagesOf(recipe), source, signal);
      if (note !== null) say(io, note);
      return paths;
    },
  });
  const milliseconds = Math.round(performance.now() - start);
  const data = { machine, milliseconds, ...trialData(trial) };
  if (given.flag('json')) io.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...data }, null, 2)}\n`);
  else writeTrial(trial, data, io);
  return trial.execution.outcome === 'made' ? EXIT.ok : EXIT.findings;
}

function trialData({ generator, execution, madeUp, dependencies }: Trial) {
  const outputs = execution.outcome === 'cancelled' ? new Map<string, Buffer>() : execution.outputs;
  return {
    generator: generator.name,
    outcome: execution.outcome,
    message: execution.outcome === 'failed' ? execution.message : '',
    output: execution.outcome === 'failed' ? execution.output : '',
    files: generator.files.map(({ name, secret }) => {
      const value = outputs.get(name);
      return {
        ...{ name, secret, written: value !== undefined, size: value?.length ?? null },
        value: secret || value === undefined ? null : value.toString('utf8'),
      };
    }),
    undeclared: execution.outcome === 'cancelled' ? [] : execution.undeclared,
    madeUp,
    dependencies,
  };
}

function writeTrial(
  { execution, generator }: Trial,
  data: ReturnType<typeof trialData> & { milliseconds: number },
  io: Io,
): void {
  const paint = painter(io.stdout, io.env);
  const name = printable(generator.name);
  const ended =
    execution.outcome === 'made'
      ? 'ended well'
      : execution.outcome === 'cancelled'
        ? 'was cancelled'
        : execution.message;
  const lines = [`${name} ${ended} (${data.milliseconds} ms). Nothing was stored.`];
  for (const file of data.files) {
    const what = file.secret ? 'secret' : 'public';
    const outputs = execution.outcome === 'cancelled' ? null : execution.outputs.get(file.name);
    const shown = file.secret ? '' : `: ${shownValue(outputs ?? null)}`;
    lines.push(
      file.written
        ? `  ${paint('green', '✓')} ${printable(file.name)} (${what}, ${file.size} bytes)${shown}`
        : `  ${paint('red', '✗')} ${printable(file.name)} (${what}) was not written`,
    );
  }
  for (const one of data.undeclared)
    lines.push(`  ${paint('yellow', '?')} ${printable(one)} is not declared and would not be kept`);
  if (data.madeUp.length > 0) lines.push(`Answers made up for: ${printable(data.madeUp.join(', '))}`);
  if (data.dependencies.length > 0) lines.push(`Run before it: ${printable(data.dependencies.join(', '))}`);
  io.stdout.write(`${lines.join('\n')}\n`);
  for (const line of data.output.split('\n').filter(one => one !== ''))
    io.stderr.write(`  ${printable(line)}\n`);
}
