/** `varsmith generate`: runs what is missing and stores what comes of it. */
import { availableParallelism } from 'node:os';
import { accessChangesOf, agreedTo, askedOf, sharedOf } from '../generate/access-change.ts';
import { answersFor, type GivenAnswer } from '../generate/answers.ts';
import { driftsOf, fixDrifts, machinesOfSecrets, storeMachineKeys } from '../generate/fix.ts';
import type { Limits } from '../generate/limits.ts';
import { findPackages, type PackageSource } from '../generate/packages.ts';
import type { PlanRequest } from '../generate/plan.ts';
import { NO_RECIPE } from '../generate/recipe.ts';
import type { StepResult } from '../generate/results.ts';
import { runPlan, storedValue } from '../generate/run.ts';
import type { Session } from '../generate/session.ts';
import { findSurroundings } from '../generate/surroundings.ts';
import { type Prepared, packagesOf, prepareScript } from '../generate/tools.ts';
import { openVault } from '../generate/vaults.ts';
import type { Parsed } from './arguments.ts';
import type { Audience, Ending } from './audience.ts';
import { peopleAudience } from './audience-people.ts';
import { programAudience } from './audience-program.ts';
import { watcherAudience } from './audience-watcher.ts';
import { readCommand } from './commands/read.ts';
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
} from './generation.ts';
import { givenAnswers } from './given-answers.ts';
import { EXIT, type Io } from './io.ts';
import { mustBeKnownNames } from './names.ts';
import { requestOf, writePlan } from './plan.ts';
import { Cancelled } from './terminal.ts';

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
  const audience = audienceOf(given, open, io);
  try {
    let isRefused = false;
    const run = await withSession(
      open,
      { commit: commits(given, io) },
      audience.note,
      session => runIn(session, open, { ...settings, limits }, audience),
      refused => {
        isRefused = true;
        audience.note(refused.message);
      },
    );
    const ending = isRefused && run.outcome === 'done' ? { ...run, outcome: 'failed' as const } : run;
    audience.ended(ending);
    return ending.outcome === 'done' ? EXIT.ok : EXIT.findings;
  } finally {
    audience.close();
  }
}

function audienceOf(given: Parsed, open: OpenFleet, io: Io): Audience {
  if (given.flag('events')) return watcherAudience(io, placesIn(open));
  return given.flag('json') ? programAudience(open.root, io) : peopleAudience(io);
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
  audience: Audience,
): Promise<Ending> {
  const { ground } = open;
  const { request } = settings;
  const { signal } = audience;
  // Other processes and threads are at work on these while the plan is made; failures are told where they matter.
  const looking = findSurroundings(ground, settings);
  looking.catch(() => undefined);
  const { backend, declared, plan: planOf } = await open.situation({ stale: session.stale });
  const plan = planOf(request);
  mustBeKnownNames(plan, declared.machines);
  const begun = { plan, backend, results: [], access: [], fixed: [] };
  audience.planned(plan);
  if (plan.problems.length > 0) return { ...begun, outcome: 'problems' };
  const vault = await openVault(ground, open.fleet(), backend);
  // A machine that came later gets what was shared before it.
  const shared = sharedOf(plan.generators.all.values(), request.machines);
  const concerned = [...plan.steps.map(step => step.generator), ...shared];
  await vault.examine?.(machinesOfSecrets(concerned));
  const before = driftsOf(shared, vault);
  const access = accessChangesOf(plan.steps, before, vault);
  audience.access(access);
  const asked = askedOf(access);
  const agreed = agreedTo(access);
  const mayGoOn = async (overwritten: number) =>
    settings.isSure || overwritten + asked.length === 0 || audience.mayGoOn({ overwritten, asked });
  let results: readonly StepResult[] = [];
  if (plan.steps.length === 0) {
    if (!(await mayGoOn(0))) return { ...begun, outcome: 'refused' };
  } else {
    // Whatever can be missing is found out before anybody is asked anything.
    const surroundings = await looking;
    const recipes = new Map(
      plan.steps.map(({ generator }) => [
        generator,
        declared.recipe(generator.machines[0] ?? '', generator.name) ?? NO_RECIPE,
      ]),
    );
    const wanted = [...recipes.values()].flatMap(packagesOf);
    const { paths, note } = await findPackages(ground, wanted, settings.packages, signal);
    if (signal.aborted) throw new Cancelled();
    if (note !== null) audience.note(note);
    const scripts = new Map<string, Prepared>();
    for (const [{ key, name }, recipe] of recipes)
      scripts.set(key, await prepareScript(name, recipe, surroundings, paths));
    const machines = machinesOfSecrets(plan.steps.map(step => step.generator));
    const machineKeys = await vault.prepare(machines);
    if (signal.aborted) throw new Cancelled();
    const overwritten = plan.steps.reduce((sum, step) => sum + step.overwrites.length, 0);
    if (!(await mayGoOn(overwritten))) return { ...begun, outcome: 'refused' };
    const answers = await answersFor(plan.steps, {
      given: settings.answers,
      anew: request.regenerate,
      ask: audience.ask,
      async previous(generator, prompt) {
        const file = generator.files.find(one => one.name === prompt.name);
        return file === undefined ? null : storedValue(ground, vault, generator, file);
      },
    });
    if (signal.aborted) throw new Cancelled();
    await storeMachineKeys(machineKeys, vault, session);
    for (const { machine } of machineKeys) audience.note(`Machine ${machine} has a key now.`);
    results = await runPlan(plan, {
      ...{
        ground,
        vault,
        session,
        surroundings,
        scripts,
        answers,
        agreed,
        workers: settings.workers,
        signal,
      },
      onStart: audience.started,
      onResult: audience.result,
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
        vault,
      ),
      ...before.filter(one => !stored.has(one.generator)),
    ];
    await fixDrifts(drifts, vault, session, agreed, ({ generator }) => fixed.push(generator.key));
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
