/** `varsmith generate`: runs what is missing and stores what comes of it. */
import { availableParallelism } from 'node:os';
import { answersFor, type Question } from '../generate/answers.ts';
import { driftsOf, fixDrifts, machinesOfSecrets, storeMachineKeys } from '../generate/fix.ts';
import { findPackages } from '../generate/packages.ts';
import type { Plan } from '../generate/plan.ts';
import { NO_RECIPE } from '../generate/recipe.ts';
import { runPlan, type StepResult, storedValue } from '../generate/run.ts';
import { findSurroundings } from '../generate/surroundings.ts';
import { type Prepared, packagesOf, prepareScript } from '../generate/tools.ts';
import { openVault } from '../generate/vaults.ts';
import { readArguments } from './arguments.ts';
import { writeResult } from './generate-text.ts';
import {
  commits,
  openFleet,
  packageSourceFrom,
  positiveNumber,
  say,
  timeLimitFrom,
  withSession,
} from './generation.ts';
import { givenAnswers } from './given-answers.ts';
import { EXIT, type Io, painter, UsageError } from './io.ts';
import { planData, planText, REQUEST, REQUEST_SHORTS, requestOf } from './plan.ts';
import { askFor, Cancelled, confirm, type Terminal } from './terminal.ts';
import { counted } from './words.ts';

const OPTIONS = {
  ...REQUEST,
  prompt: 'value',
  yes: 'flag',
  'no-commit': 'flag',
  'no-sandbox': 'flag',
  packages: 'value',
  timeout: 'value',
  jobs: 'value',
} as const;

export async function generate(args: readonly string[], io: Io): Promise<number> {
  const given = readArguments(args, OPTIONS, 1, { ...REQUEST_SHORTS, y: 'yes', j: 'jobs' });
  const request = requestOf(given);
  const timeLimitMs = timeLimitFrom(given);
  const source = packageSourceFrom(given);
  const workers = positiveNumber('--jobs', given.option('jobs'), availableParallelism());
  const isJson = given.flag('json');
  const answersGiven = await givenAnswers(given.options('prompt'), io);
  const open = await openFleet(given.positions[0], io);
  const { ground, root } = open;
  const signal = io.interruption?.() ?? new AbortController().signal;

  return withSession(open, { commit: commits(given, io) }, io, async session => {
    const { backend, declared, plan: planOf } = await open.situation({ stale: session.stale });
    const plan = planOf(request);
    const paint = painter(io.stderr, io.env);
    const print = (data: object) =>
      io.stdout.write(`${JSON.stringify({ schemaVersion: 1, root, backend, ...data }, null, 2)}\n`);
    if (plan.problems.length > 0) {
      if (isJson) print({ ...planData(plan), results: [], fixed: [] });
      else io.stderr.write(planText({ ...plan, steps: [] }, paint));
      return EXIT.findings;
    }
    if (!isJson && plan.steps.length > 0) io.stderr.write(planText(plan, paint));

    const terminal = terminalOf(io);
    if (!(await mayOverwrite(plan, given.flag('yes'), terminal, io))) return EXIT.findings;
    const vault = await openVault(ground, open.fleet(), backend);
    const scripts = new Map<string, Prepared>();
    let results: readonly StepResult[] = [];
    if (plan.steps.length > 0) {
      // Whatever can be missing is found out before anybody is asked anything.
      const surroundings = await findSurroundings(ground, {
        sandbox: !given.flag('no-sandbox'),
        timeLimitMs,
      });
      const recipes = new Map(
        plan.steps.map(({ generator }) => [
          generator,
          declared.recipe(generator.machines[0] ?? '', generator.name) ?? NO_RECIPE,
        ]),
      );
      const { paths, note } = await findPackages(
        ground,
        [...recipes.values()].flatMap(packagesOf),
        source,
        signal,
      );
      if (note !== null) say(io, note);
      for (const [{ key, name }, recipe] of recipes)
        scripts.set(key, await prepareScript(name, recipe, surroundings, paths));
      const machines = machinesOfSecrets(plan.steps.map(step => step.generator));
      const machineKeys = await vault.prepare(machines);
      if (signal.aborted) throw new Cancelled();
      const answers = await answersFor(plan.steps, {
        given: answersGiven,
        anew: request.regenerate,
        ask: terminal === null ? null : question => ask(terminal, question),
        async previous(generator, prompt) {
          const file = generator.files.find(one => one.name === prompt.name);
          return file === undefined ? null : storedValue(ground, vault, generator, file);
        },
      });
      if (signal.aborted) throw new Cancelled();
      await storeMachineKeys(machineKeys, vault, session);
      for (const { machine } of machineKeys) say(io, `Machine ${machine} has a key now.`);
      const onResult = (result: StepResult) => {
        if (!isJson) writeResult(result, io);
      };
      results = await runPlan(plan, {
        ...{ ground, vault, session, surroundings, scripts, answers, workers, signal, onResult },
      });
    }

    const fixed: string[] = [];
    if (results.every(one => one.outcome === 'stored')) {
      // A machine that came later gets what was shared before it.
      const shared = [...plan.generators.all.values()].filter(one => isShared(one, request.machines));
      await fixDrifts(driftsOf(shared, vault), vault, session, ({ generator }) => fixed.push(generator.key));
    }
    if (isJson) print({ ...planData(plan), results: results.map(resultData), fixed });
    else finish(results, fixed, io);
    return results.every(one => one.outcome === 'stored') ? EXIT.ok : EXIT.findings;
  });
}

function isShared(
  { machine, machines }: { machine: string | null; machines: readonly string[] },
  asked: readonly string[],
) {
  return machine === null && (asked.length === 0 || machines.some(one => asked.includes(one)));
}

function terminalOf({ stdin, stderr }: Io): Terminal | null {
  return stdin?.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : null;
}

async function ask(terminal: Terminal, { generator, prompt, previous }: Question): Promise<Uint8Array> {
  const title = `${generator.name}/${prompt.name} for ${generator.machines.join(', ')}`;
  const label = prompt.description === prompt.name ? title : `${prompt.description} [${title}]`;
  const hidden = prompt.type === 'hidden' || prompt.type === 'multiline-hidden';
  const multiline = prompt.type.startsWith('multiline');
  for (;;) {
    const value = await askFor(terminal, {
      label,
      hidden,
      multiline,
      previous: previous?.toString('utf8') ?? null,
    });
    if (value !== '' || !prompt.required) return Buffer.from(value, 'utf8');
    terminal.output.write('An answer is needed.\n');
  }
}

/** Values that are complete are lost when their generators run again: that is to be wished for. */
async function mayOverwrite(
  plan: Plan,
  isSure: boolean,
  terminal: Terminal | null,
  io: Io,
): Promise<boolean> {
  const count = plan.steps.reduce((sum, step) => sum + step.overwrites.length, 0);
  if (count === 0 || isSure) return true;
  const what = counted(count, 'stored value');
  if (terminal !== null) {
    const sure = await confirm(terminal, `Overwrite ${what}?`);
    if (!sure) say(io, 'Nothing was changed.');
    return sure;
  }
  throw new UsageError(`This would overwrite ${what}. Say --yes, or look at "varsmith plan" first.`);
}

function resultData({ step, outcome, message, output, files, undeclared }: StepResult) {
  const { key, name, machine, machines } = step.generator;
  return {
    ...{ key, generator: name, machine, machines, outcome, message, output, undeclared },
    files: files.map(file => ({ name: file.name, secret: file.secret })),
  };
}

function finish(results: readonly StepResult[], fixed: readonly string[], io: Io): void {
  const stored = results.filter(one => one.outcome === 'stored').length;
  if (results.some(one => !one.inMemory))
    say(
      io,
      'There is no memory file system here: secrets lay on a disk, overwritten afterwards, while scripts ran.',
    );
  for (const key of fixed) io.stdout.write(`Access to ${key} brought up to date\n`);
  if (results.length === 0) io.stdout.write('Nothing to generate.\n');
  else if (stored < results.length)
    say(
      io,
      `${stored} of ${counted(results.length, 'generator')} stored. What is stored stays; run it again for the rest.`,
    );
}
