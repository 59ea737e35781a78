/** `varsmith try`: runs a generator and shows what it writes, without storing anything. */

import { performance } from 'node:perf_hooks';
import type { Generator } from '../../generate/plan/generators.ts';
import { runTrial, type TrialFleet, type TrialReporter, trialFleet } from '../../generate/run/run-trial.ts';
import { EXIT, type Io, say, UsageError } from '../io.ts';
import { mustBeMachine, noSuch } from '../names.ts';
import { openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { trialData, trialEvent, writeTrial } from '../output/runs/trial-text.ts';
import { placesIn } from '../output/script-places.ts';
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
  const packages = packageSourceFrom(parsed);
  const answers = await givenAnswers(parsed.options('prompt'), parsed.flag('events'), io);
  const open = await openFleet(root, io);
  const limits = limitsFrom(parsed, open);
  const fleet = await trialFleet(open);
  const { machine, generator } = chosenGenerator(fleet, name, parsed.option('machine'));
  const scripts = {
    sandbox: !parsed.flag('no-sandbox'),
    asRoot: parsed.flag('as-root'),
    ...{ timeLimitMs, limits },
  };
  const talk = parsed.flag('events') ? openConversation(io) : null;
  try {
    let start = 0;
    const trial = await runTrial(
      fleet,
      { machine, generator, scripts, packages, answers },
      {
        ...reporterFor(talk, io),
        started() {
          start = performance.now();
        },
      },
    );
    const data = trialData(machine, Math.round(performance.now() - start), trial);
    if (talk !== null) talk.tell(trialEvent(trial, data, placesIn(open)));
    else if (parsed.flag('json')) io.stdout.write(`${jsonText({ schemaVersion: 1, ...data })}\n`);
    else writeTrial(trial, data, io);
    return trial.execution.outcome === 'made' ? EXIT.ok : EXIT.findings;
  } finally {
    talk?.close();
  }
}

/**
 * Finds the generator on the named machine, or on the first one that has it.
 * @throws UsageError if there is no such machine or generator
 */
function chosenGenerator(
  { declared, generators }: TrialFleet,
  name: string,
  asked: string | undefined,
): { readonly machine: string; readonly generator: Generator } {
  if (asked !== undefined) mustBeMachine(declared.machines, asked);
  const machine = asked ?? declared.machines.find(machine => generators.on(machine, name) !== undefined);
  const generator = machine === undefined ? undefined : generators.on(machine, name);
  if (machine !== undefined && generator !== undefined) return { machine, generator };
  const there = [...generators.all.values()].filter(
    candidate => asked === undefined || candidate.machines.includes(asked),
  );
  const names = [...new Set(there.map(candidate => candidate.name))].sort();
  throw new UsageError(noSuch('generator', name, names, asked));
}

/** Returns a reporter that talks to the program on the other side, or else to a person, who is not asked. */
function reporterFor(talk: Conversation | null, io: Io): Omit<TrialReporter, 'started'> {
  if (talk === null)
    return {
      signal: io.interruption?.() ?? new AbortController().signal,
      note: message => say(io, message),
      ask: null,
    };
  return {
    signal: talk.signal,
    note: message => talk.tell({ event: 'note', message }),
    async ask(generator, prompt) {
      const answer = await talk.ask({ ...promptEvent(generator, prompt), optional: true, previous: null });
      return typeof answer === 'string' ? answer : null;
    },
  };
}
