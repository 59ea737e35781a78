/** `varsmith generate`: runs the generators whose values are missing or outdated, and stores the results. */
import { availableParallelism } from 'node:os';
import type { Reporter } from '../../generate/run/reporter.ts';
import { runGeneration } from '../../generate/run/run-generation.ts';
import type { Parsed } from '../arguments.ts';
import { EXIT, type Io } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { askedByOption } from '../nix-option.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { placesIn } from '../output/script-places.ts';
import { givenAnswers } from '../reporter/given-answers.ts';
import { programReporter } from '../reporter/program-reporter.ts';
import { textReporter } from '../reporter/text-reporter.ts';
import { watcherReporter } from '../reporter/watcher-reporter.ts';
import { commits, limitsFrom, packageSourceFrom, positiveNumber, timeLimitFrom } from '../run-options.ts';
import { readCommand } from '../table/read-command.ts';
import { requestOf, writePlan } from './plan.ts';

export async function generate(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('generate', args);
  if (parsed.flag('dry-run')) return writePlan(parsed, io);
  const packages = packageSourceFrom(parsed);
  const timeLimitMs = timeLimitFrom(parsed);
  const workers = positiveNumber('--jobs', parsed.option('jobs'), availableParallelism());
  const answers = await givenAnswers(parsed.options('prompt'), parsed.flag('events'), io);
  const fleet = await openFleet(parsed.positions[0], io);
  const asked = await askedByOption(parsed, fleet.workspace, io);
  const realise =
    asked === null
      ? null
      : (await import('../../workspace/nix-witness.ts')).realiserFor(fleet.root, { env: io.env });
  const limits = limitsFrom(parsed, fleet);
  const reporter = reporterFor(parsed, fleet, io);
  try {
    const { outcome } = await runGeneration(
      fleet,
      {
        plan: requestOf(parsed),
        isSure: parsed.flag('yes'),
        commit: commits(parsed, io),
        scripts: {
          sandbox: !parsed.flag('no-sandbox'),
          asRoot: parsed.flag('as-root'),
          ...{ timeLimitMs, limits },
        },
        ...{ packages, realise, workers, answers },
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

function reporterFor(parsed: Parsed, fleet: OpenFleet, io: Io): Reporter {
  if (parsed.flag('events')) return watcherReporter(io, placesIn(fleet));
  return parsed.flag('json') ? programReporter(fleet.root, io) : textReporter(io);
}
