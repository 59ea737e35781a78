/** `varsmith generate`: runs what is missing and stores what comes of it. */
import { availableParallelism } from 'node:os';
import type { Reporter } from '../../generate/run/reporter.ts';
import { runGeneration } from '../../generate/run/run-generation.ts';
import type { Parsed } from '../arguments.ts';
import { EXIT, type Io } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { placesIn } from '../output/script-places.ts';
import { givenAnswers } from '../reporter/given-answers.ts';
import { peopleReporter } from '../reporter/people-reporter.ts';
import { programReporter } from '../reporter/program-reporter.ts';
import { watcherReporter } from '../reporter/watcher-reporter.ts';
import { commits, limitsFrom, packageSourceFrom, positiveNumber, timeLimitFrom } from '../run-options.ts';
import { readCommand } from '../table/read-command.ts';
import { requestOf, writePlan } from './plan.ts';

export async function generate(args: readonly string[], io: Io): Promise<number> {
  const given = readCommand('generate', args);
  if (given.flag('dry-run')) return writePlan(given, io);
  const packages = packageSourceFrom(given);
  const timeLimitMs = timeLimitFrom(given);
  const workers = positiveNumber('--jobs', given.option('jobs'), availableParallelism());
  const answers = await givenAnswers(given.options('prompt'), given.flag('events'), io);
  const fleet = await openFleet(given.positions[0], io);
  const limits = limitsFrom(given, fleet);
  const reporter = reporterFor(given, fleet, io);
  try {
    const { outcome } = await runGeneration(
      fleet,
      {
        plan: requestOf(given),
        isSure: given.flag('yes'),
        commit: commits(given, io),
        scripts: {
          sandbox: !given.flag('no-sandbox'),
          asRoot: given.flag('as-root'),
          ...{ timeLimitMs, limits },
        },
        ...{ packages, workers, answers },
      },
      {
        ...reporter,
        planned(plan, machines) {
          mustBeKnownNames(plan, machines);
          reporter.planned(plan, machines);
        },
      },
    );
    return outcome === 'done' ? EXIT.ok : EXIT.findings;
  } finally {
    reporter.close();
  }
}

function reporterFor(given: Parsed, fleet: OpenFleet, io: Io): Reporter {
  if (given.flag('events')) return watcherReporter(io, placesIn(fleet));
  return given.flag('json') ? programReporter(fleet.root, io) : peopleReporter(io);
}
