/** `varsmith try`: shows what a generator writes, without storing anything. */

import { performance } from 'node:perf_hooks';
import type { TrialEvent } from '../../../../client/src/run-protocol.ts';
import type { Generator } from '../../generate/plan/generators.ts';
import { EVERYTHING } from '../../generate/plan/plan.ts';
import { countText } from '../../generate/plan/plan-words.ts';
import { type GivenAnswer, givenFor } from '../../generate/run/answers.ts';
import { findPackages } from '../../generate/run/packages.ts';
import { notingDisk } from '../../generate/run/run-session.ts';
import { packagesOf } from '../../generate/run/script-commands.ts';
import { findScriptEnvironment } from '../../generate/run/script-environment.ts';
import { NOTHING } from '../../generate/run/step-results.ts';
import { tryGenerator as runTrial, type Trial } from '../../generate/run/trial.ts';
import { Cancelled } from '../../generate/run-failure.ts';
import { EXIT, type Io, painter, printable, say, UsageError } from '../io.ts';
import { mustBeMachine, noSuch } from '../names.ts';
import { openFleet } from '../open-fleet.ts';
import { shownValue } from '../output/generate-text.ts';
import { jsonText } from '../output/json-text.ts';
import { placesIn, type WhereOf } from '../output/script-places.ts';
import { type Conversation, openConversation } from '../reporter/conversation.ts';
import { givenAnswers } from '../reporter/given-answers.ts';
import { promptEvent } from '../reporter/watcher-reporter.ts';
import { limitsFrom, packageSourceFrom, timeLimitFrom } from '../run-options.ts';
import { readCommand } from '../table/read-command.ts';

export async function tryGenerator(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('try', args);
  const [name, root] = parsed.positions;
  if (name === undefined) throw new UsageError('Which generator? `varsmith try GENERATOR [ROOT]`.');
  const timeLimitMs = timeLimitFrom(parsed);
  const source = packageSourceFrom(parsed);
  const answers = await givenAnswers(parsed.options('prompt'), parsed.flag('events'), io);
  const open = await openFleet(root, io);
  const limits = limitsFrom(parsed, open);
  const { environment, situation } = open;
  const { declared, plan } = await situation({ asksStore: false });
  const { generators } = plan(EVERYTHING);
  const asked = parsed.option('machine');
  if (asked !== undefined) mustBeMachine(declared.machines, asked);
  const machine = asked ?? declared.machines.find(machine => generators.on(machine, name) !== undefined);
  const generator = machine === undefined ? undefined : generators.on(machine, name);
  if (machine === undefined || generator === undefined) {
    const there = [...generators.all.values()].filter(
      candidate => asked === undefined || candidate.machines.includes(asked),
    );
    const names = [...new Set(there.map(candidate => candidate.name))].sort();
    throw new UsageError(noSuch('generator', name, names, asked));
  }
  const talk = parsed.flag('events') ? openConversation(io) : null;
  const signal = talk?.signal ?? io.interruption?.() ?? new AbortController().signal;
  const tell = (message: string) =>
    talk === null ? say(io, message) : talk.tell({ event: 'note', message });
  try {
    if (talk !== null && generator !== undefined) answers.push(...(await askedFor(generator, answers, talk)));
    const scriptEnvironment = await findScriptEnvironment(environment, {
      sandbox: !parsed.flag('no-sandbox'),
      asRoot: parsed.flag('as-root'),
      timeLimitMs,
      limits,
    });
    const start = performance.now();
    const trial = await notingDisk(open, tell, () =>
      runTrial(machine, name, {
        ...{ generators, givenAnswers: answers, scriptEnvironment, signal },
        recipe: (on, of) => declared.recipe(on, of),
        async packages(recipe) {
          const { paths, note } = await findPackages(environment, packagesOf(recipe), source, signal);
          if (signal.aborted) throw new Cancelled();
          if (note !== null) tell(note);
          return paths;
        },
      }),
    );
    const milliseconds = Math.round(performance.now() - start);
    const data = { machine, milliseconds, ...trialData(trial) };
    if (talk !== null) talk.tell(trialEvent(trial, data, placesIn(open)));
    else if (parsed.flag('json')) io.stdout.write(`${jsonText({ schemaVersion: 1, ...data })}\n`);
    else writeTrial(trial, data, io);
    return trial.execution.outcome === 'made' ? EXIT.ok : EXIT.findings;
  } finally {
    talk?.close();
  }
}

/** Asks the watching program for the missing answers to prompts. It may leave some to be made up. */
async function askedFor(
  generator: Generator,
  givenAnswers: readonly GivenAnswer[],
  talk: Conversation,
): Promise<GivenAnswer[]> {
  const answers: GivenAnswer[] = [];
  for (const prompt of generator.prompts) {
    if (givenFor(givenAnswers, generator, prompt) !== null) continue;
    const answer = await talk.ask({ ...promptEvent(generator, prompt), optional: true, previous: null });
    if (typeof answer !== 'string') continue;
    const value = Buffer.from(answer, 'utf8');
    answers.push({ machine: null, generator: generator.name, prompt: prompt.name, value });
  }
  return answers;
}

type TrialData = ReturnType<typeof trialData> & { readonly machine: string; readonly milliseconds: number };

function trialEvent({ execution, generator }: Trial, data: TrialData, whereOf: WhereOf): TrialEvent {
  const outputs = execution.outcome === 'cancelled' ? null : execution.outputs;
  const line = execution.outcome === 'failed' ? execution.line : null;
  return {
    event: 'trial',
    ...data,
    files: data.files.map(file => ({ ...file, value: isText(outputs?.get(file.name)) ? file.value : null })),
    where: whereOf(data.machine, generator.name, line),
  };
}

function isText(bytes: Buffer | undefined): boolean {
  return bytes !== undefined && Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}

function trialData({ generator, execution, madeUp, dependencies }: Trial) {
  const { outputs, undeclared } =
    execution.outcome === 'cancelled'
      ? { outputs: new Map<string, Buffer>(), undeclared: NOTHING.undeclared }
      : execution;
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
    undeclared: undeclared.names,
    undeclaredMore: undeclared.more,
    madeUp,
    dependencies,
  };
}

function writeTrial({ execution, generator }: Trial, data: TrialData, io: Io): void {
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
  for (const undeclared of data.undeclared)
    lines.push(`  ${paint('yellow', '?')} ${printable(undeclared)} is not declared and would not be kept`);
  if (data.undeclaredMore > 0)
    lines.push(`  ${paint('yellow', '?')} and ${countText(data.undeclaredMore)} more that are not declared`);
  if (data.madeUp.length > 0) lines.push(`Answers made up for: ${printable(data.madeUp.join(', '))}`);
  if (data.dependencies.length > 0) lines.push(`Run before it: ${printable(data.dependencies.join(', '))}`);
  io.stdout.write(`${lines.join('\n')}\n`);
  for (const line of data.output.split('\n').filter(line => line !== ''))
    io.stderr.write(`  ${printable(line)}\n`);
}
