/** `varsmith generate`: runs what is missing and stores what comes of it. */
import { availableParallelism } from 'node:os';
import { accessChangesOf, agreedTo, askedOf, sharedOf } from '../../generate/backends/access-change.ts';
import { openSecretBackend } from '../../generate/backends/open-backend.ts';
import type { PlanRequest } from '../../generate/plan/planner.ts';
import { NO_RECIPE } from '../../generate/plan/recipe.ts';
import { driftsOf, fixDrifts, machinesOfSecrets, storeMachineKeys } from '../../generate/repository/drift.ts';
import type { Session } from '../../generate/repository/session.ts';
import { answersFor, type GivenAnswer } from '../../generate/run/answers.ts';
import type { Limits } from '../../generate/run/chosen-limits.ts';
import { findPackages, type PackageSource } from '../../generate/run/packages.ts';
import { runPlan, storedValue } from '../../generate/run/run.ts';
import { type Prepared, packagesOf, prepareScript } from '../../generate/run/script-commands.ts';
import { findScriptEnvironment } from '../../generate/run/script-environment.ts';
import type { StepResult } from '../../generate/run/step-results.ts';
import { loadShell } from '../../shell/parse/parse.ts';
import type { Parsed } from '../arguments.ts';
import {
  commits,
  limitsFrom,
  type OpenFleet,
  openFleet,
  packageSourceFrom,
  placesIn,
  positiveNumber,
  timeLimitFrom,
  withSession,
} from '../generation.ts';
import { EXIT, type Io } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { givenAnswers } from '../reporter/given-answers.ts';
import { peopleReporter } from '../reporter/people-reporter.ts';
import { programReporter } from '../reporter/program-reporter.ts';
import type { Ending, Reporter } from '../reporter/reporter.ts';
import { Cancelled } from '../reporter/terminal.ts';
import { watcherReporter } from '../reporter/watcher-reporter.ts';
import { readCommand } from '../table/read-command.ts';
import { requestOf, writePlan } from './plan.ts';

export async function generate(args: readonly string[], io: Io): Promise<number> {
  const given = readCommand('generate', args);
  const request = requestOf(given);
  if (given.flag('dry-run')) return writePlan(given, io);
  const settings = {
    request,
    isSure: given.flag('yes'),
    sandbox: !given.flag('no-sandbox'),
    asRoot: given.flag('as-root'),
    packages: packageSourceFrom(given),
    timeLimitMs: timeLimitFrom(given),
    workers: positiveNumber('--jobs', given.option('jobs'), availableParallelism()),
    answers: await givenAnswers(given.options('prompt'), given.flag('events'), io),
  };
  const open = await openFleet(given.positions[0], io);
  const limits = limitsFrom(given, open);
  const reporter = reporterFor(given, open, io);
  try {
    let isRefused = false;
    const run = await withSession(
      open,
      { commit: commits(given, io) },
      reporter.note,
      session => runIn(session, open, { ...settings, limits }, reporter),
      refused => {
        isRefused = true;
        reporter.note(refused.message);
      },
    );
    const ending = isRefused && run.outcome === 'done' ? { ...run, outcome: 'failed' as const } : run;
    reporter.ended(ending);
    return ending.outcome === 'done' ? EXIT.ok : EXIT.findings;
  } finally {
    reporter.close();
  }
}

function reporterFor(given: Parsed, open: OpenFleet, io: Io): Reporter {
  if (given.flag('events')) return watcherReporter(io, placesIn(open));
  return given.flag('json') ? programReporter(open.root, io) : peopleReporter(io);
}

interface Settings {
  readonly request: PlanRequest;
  /** Stored values may be overwritten, and keys given access that have none. */
  readonly isSure: boolean;
  readonly sandbox: boolean;
  readonly asRoot: boolean;
  readonly packages: PackageSource;
  readonly timeLimitMs: number;
  readonly limits: Limits;
  readonly workers: number;
  readonly answers: readonly GivenAnswer[];
}

async function runIn(
  session: Session,
  open: OpenFleet,
  settings: Settings,
  reporter: Reporter,
): Promise<Ending> {
  const { environment } = open;
  const { request } = settings;
  const { signal } = reporter;
  // Other processes and threads are at work on these while the plan is made; failures are told where they matter.
  const looking = findScriptEnvironment(environment, settings);
  for (const begun of [looking, loadShell()]) begun.catch(() => undefined);
  const { backend, declared, plan: planOf } = await open.situation({ stale: session.stale });
  const plan = planOf(request);
  mustBeKnownNames(plan, declared.machines);
  const begun = { plan, backend, results: [], access: [], fixed: [] };
  reporter.planned(plan);
  if (plan.problems.length > 0) return { ...begun, outcome: 'problems' };
  const secretBackend = await openSecretBackend(environment, open.fleet(), backend);
  // A machine that came later gets what was shared before it.
  const shared = sharedOf(plan.generators.all.values(), request.machines);
  const concerned = [...plan.steps.map(step => step.generator), ...shared];
  await secretBackend.examine?.(machinesOfSecrets(concerned));
  const before = driftsOf(shared, secretBackend);
  const access = accessChangesOf(plan.steps, before, secretBackend);
  reporter.access(access);
  const asked = askedOf(access);
  const agreed = agreedTo(access);
  const mayGoOn = async (overwritten: number) =>
    settings.isSure || overwritten + asked.length === 0 || reporter.mayGoOn({ overwritten, asked });
  let results: readonly StepResult[] = [];
  if (plan.steps.length === 0) {
    if (!(await mayGoOn(0))) return { ...begun, outcome: 'refused' };
  } else {
    // Whatever can be missing is found out before anybody is asked anything.
    const scriptEnvironment = await looking;
    const recipes = new Map(
      plan.steps.map(({ generator }) => [
        generator,
        declared.recipe(generator.machines[0] ?? '', generator.name) ?? NO_RECIPE,
      ]),
    );
    const wanted = [...recipes.values()].flatMap(packagesOf);
    const { paths, note } = await findPackages(environment, wanted, settings.packages, signal);
    if (signal.aborted) throw new Cancelled();
    if (note !== null) reporter.note(note);
    const scripts = new Map<string, Prepared>();
    for (const [{ key, name }, recipe] of recipes)
      scripts.set(key, await prepareScript(name, recipe, scriptEnvironment, paths));
    const machines = machinesOfSecrets(plan.steps.map(step => step.generator));
    const machineKeys = await secretBackend.prepare(machines);
    if (signal.aborted) throw new Cancelled();
    const overwritten = plan.steps.reduce((sum, step) => sum + step.overwrites.length, 0);
    if (!(await mayGoOn(overwritten))) return { ...begun, outcome: 'refused' };
    const answers = await answersFor(plan.steps, {
      given: settings.answers,
      anew: request.regenerate,
      ask: reporter.ask,
      async previous(generator, prompt) {
        const file = generator.files.find(one => one.name === prompt.name);
        return file === undefined ? null : storedValue(environment, secretBackend, generator, file);
      },
    });
    if (signal.aborted) throw new Cancelled();
    await storeMachineKeys(machineKeys, secretBackend, session);
    for (const { machine } of machineKeys) reporter.note(`Machine ${machine} has a key now.`);
    results = await runPlan(plan, {
      ...{
        environment,
        secretBackend,
        session,
        scriptEnvironment,
        scripts,
        answers,
        agreed,
        workers: settings.workers,
        signal,
      },
      onStart: reporter.started,
      onResult: reporter.result,
    });
  }

  const fixed: string[] = [];
  const isDone = results.every(one => one.outcome === 'stored');
  if (isDone) {
    // Of what was not stored now it is known already.
    const stored = new Set(results.map(one => one.step.generator));
    const drifts = [
      ...driftsOf(
        shared.filter(one => stored.has(one)),
        secretBackend,
      ),
      ...before.filter(one => !stored.has(one.generator)),
    ];
    await fixDrifts(drifts, secretBackend, session, agreed, ({ generator }) => fixed.push(generator.key));
  }
  return {
    plan,
    backend,
    results,
    access,
    fixed,
    outcome: isDone ? 'done' : signal.aborted ? 'cancelled' : 'failed',
  };
}
