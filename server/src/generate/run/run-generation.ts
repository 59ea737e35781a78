/**
 * Runs a generation from the request to the end: plan, secret backend, packages and commands, keys, answers,
 * scripts, and readers of shared secrets. The entry point for the command line and for editors.
 */
import type { AccessChange } from '../../store/readers.ts';
import {
  accessChangesOf,
  askedOf,
  type ConsentedGains,
  consentTo,
  sharedOf,
} from '../backends/access-change.ts';
import { readPlaces } from '../backends/no-access.ts';
import { openSecretBackend } from '../backends/open-backend.ts';
import type { SecretBackend, SecretPlace } from '../backends/secret-backend.ts';
import type { Declared } from '../plan/declarations.ts';
import type { Generator } from '../plan/generators.ts';
import type { Plan, PlanRequest } from '../plan/plan.ts';
import { NO_RECIPE } from '../plan/recipe.ts';
import {
  driftsOf,
  fixDrifts,
  type GeneratorDrift,
  machinesOfSecrets,
  storeMachineKeys,
} from '../repository/drift.ts';
import type { Session } from '../repository/session.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { Cancelled } from '../run-failure.ts';
import { type Answers, answersFor, type GivenAnswer } from './answers.ts';
import { type Realise, realisedRecipes } from './evaluated-scripts.ts';
import { findPackages, type PackageSource } from './packages.ts';
import type { Reporter, RunResult } from './reporter.ts';
import { runPlan, storedValue } from './run.ts';
import type { RunFleet } from './run-fleet.ts';
import { withSession } from './run-session.ts';
import { type Prepared, packagesOf, prepareScript } from './script-commands.ts';
import {
  findScriptEnvironment,
  type ScriptEnvironment,
  type ScriptEnvironmentOptions,
} from './script-environment.ts';
import type { StepResult } from './step-results.ts';

export interface GenerationRequest {
  readonly plan: PlanRequest;
  /** Whether stored values may be overwritten and keys may gain access without asking. */
  readonly isSure: boolean;
  /** Whether to commit what is stored. */
  readonly commit: boolean;
  readonly scripts: ScriptEnvironmentOptions;
  readonly packages: PackageSource;
  /** Builds what scripts use with Nix; null if Nix was not asked about the fleet. */
  readonly realise: Realise | null;
  /** The number of scripts that may run at the same time. */
  readonly workers: number;
  readonly answers: readonly GivenAnswer[];
}

/**
 * Runs the requested generators and stores their outputs.
 *
 * @returns the ending that was reported to the reporter @throws RunFailure, StoreFailure, HostFailure before
 * anything has run; Cancelled; what the reporter throws
 */
export async function runGeneration(
  fleet: RunFleet,
  request: GenerationRequest,
  reporter: Reporter,
): Promise<RunResult> {
  let isRefused = false;
  const run = await withSession(
    fleet,
    {
      commit: request.commit,
      note: reporter.note,
      onRefused(refused) {
        isRefused = true;
        reporter.note(refused.message);
      },
    },
    session => generateIn(session, fleet, request, reporter),
  );
  const ending = isRefused && run.outcome === 'done' ? { ...run, outcome: 'failed' as const } : run;
  reporter.ended(ending);
  return ending;
}

/**
 * Ends a run that reads what the person cannot decrypt, before anything has run.
 *
 * @throws StoreFailure `no-matching-key`
 */
function mustBeReadable(secretBackend: SecretBackend, places: readonly SecretPlace[]): void {
  for (const place of places) {
    const refusal = secretBackend.refusal?.(place) ?? null;
    if (refusal !== null) throw refusal;
  }
}

/** The state shared by the steps of a run. */
interface Run {
  readonly environment: RunEnvironment;
  readonly session: Session;
  readonly secretBackend: SecretBackend;
  readonly declared: Declared;
  readonly plan: Plan;
  readonly request: GenerationRequest;
  readonly reporter: Reporter;
  /** The gains and losses of access. */
  readonly access: readonly AccessChange[];
  readonly agreed: ConsentedGains;
}

async function generateIn(
  session: Session,
  fleet: RunFleet,
  request: GenerationRequest,
  reporter: Reporter,
): Promise<RunResult> {
  const { environment } = fleet;
  // Runs in parallel with planning; a failure is reported when the result is needed.
  const scriptEnvironment = findScriptEnvironment(environment, request.scripts);
  scriptEnvironment.catch(() => undefined);
  const situation = await fleet.situation({ stale: session.stale });
  const { backend, declared } = situation;
  const plan = situation.plan(request.plan);
  reporter.planned(plan, declared.machines);
  const nothing = { plan, backend, results: [], access: [], fixed: [] };
  if (plan.problems.length > 0) return { ...nothing, outcome: 'problems' };

  const secretBackend = await openSecretBackend(environment, fleet.fleet(), backend);
  // A machine added later gets the secrets that were shared before.
  const shared = sharedOf(plan.generators.all.values(), request.plan.machines);
  await secretBackend.examine?.(machinesOfSecrets([...generatorsOf(plan), ...shared]));
  const drifts = driftsOf(shared, secretBackend);
  mustBeReadable(secretBackend, [
    ...readPlaces(plan, plan.steps),
    ...drifts.flatMap(drift => drift.drifts.map(({ place }) => place)),
  ]);
  const access = accessChangesOf(plan.steps, drifts, secretBackend);
  reporter.access(access);
  const common = { environment, session, secretBackend, declared, plan, request, reporter };
  const run: Run = { ...common, access, agreed: consentTo(access) };

  const results = await runSteps(run, scriptEnvironment);
  if (results === null) return { ...nothing, outcome: 'refused' };
  const isDone = results.every(result => result.outcome === 'stored');
  return {
    ...{ plan, backend, results, access },
    fixed: isDone ? await fixShared(run, shared, drifts, results) : [],
    outcome: isDone ? 'done' : reporter.signal.aborted ? 'cancelled' : 'failed',
  };
}

/**
 * Runs the steps of the plan.
 *
 * @returns null if its consequences were not accepted
 */
async function runSteps(
  run: Run,
  finding: Promise<ScriptEnvironment>,
): Promise<readonly StepResult[] | null> {
  const { environment, session, secretBackend, plan, request, reporter, agreed } = run;
  const { signal } = reporter;
  if (plan.steps.length === 0) return (await isConfirmed(run, 0)) ? [] : null;
  // Everything that may be missing is checked before the first question.
  const scriptEnvironment = await finding;
  const scripts = await prepareScripts(run, scriptEnvironment);
  const machineKeys = await secretBackend.prepare(machinesOfSecrets(generatorsOf(plan)));
  mustGoOn(signal);
  await session.mustHaveAuthor();
  const overwritten = plan.steps.reduce((sum, step) => sum + step.overwrites.length, 0);
  if (!(await isConfirmed(run, overwritten))) return null;
  const answers = await answersOf(run);
  mustGoOn(signal);
  await storeMachineKeys(machineKeys, secretBackend, session);
  for (const { machine } of machineKeys) reporter.note(`Machine ${machine} has a key now.`);
  return runPlan(plan, {
    ...{ environment, secretBackend, session, scriptEnvironment, scripts, answers, agreed, signal },
    workers: request.workers,
    onStart: reporter.started,
    onResult: reporter.result,
  });
}

/** Asks whether to continue if values are overwritten or access is given. */
async function isConfirmed({ request, reporter, access }: Run, overwritten: number): Promise<boolean> {
  const asked = askedOf(access);
  return request.isSure || overwritten + asked.length === 0 || reporter.confirmRun({ overwritten, asked });
}

/**
 * Finds the packages and commands of all scripts.
 *
 * @returns the scripts by generator key
 */
async function prepareScripts(
  { environment, declared, plan, request, reporter }: Run,
  scriptEnvironment: ScriptEnvironment,
): Promise<ReadonlyMap<string, Prepared>> {
  const declaredRecipes = generatorsOf(plan).map(({ key, name, machines: [machine = ''] }) => ({
    ...{ key, name, machine },
    recipe: declared.recipe(machine, name) ?? NO_RECIPE,
  }));
  const { note, signal } = reporter;
  const realise = request.packages === 'host' ? null : request.realise;
  const recipes = await realisedRecipes(declaredRecipes, realise, { note, signal });
  const wanted = recipes.flatMap(({ recipe, packages }) =>
    packagesOf(recipe).filter(name => !packages.has(name)),
  );
  const resolved = await findPackages(environment, wanted, request.packages, signal);
  mustGoOn(signal);
  if (resolved.note !== null) note(resolved.note);
  const scripts = new Map<string, Prepared>();
  for (const { key, name, recipe, packages } of recipes) {
    const paths = new Map([...resolved.paths, ...packages]);
    scripts.set(key, await prepareScript(name, recipe, scriptEnvironment, paths));
  }
  return scripts;
}

function answersOf({ environment, secretBackend, plan, request, reporter }: Run): Promise<Answers> {
  return answersFor(plan.steps, {
    givenAnswers: request.answers,
    asksAgain: request.plan.regenerate,
    ask: reporter.ask,
    async previous(generator, prompt) {
      const file = generator.files.find(({ name }) => name === prompt.name);
      return file === undefined ? null : storedValue(environment, secretBackend, generator, file);
    },
  });
}

/**
 * Re-encrypts shared secrets to their intended readers.
 *
 * @param before the drifts before the run, which persist for secrets it has not stored @returns the keys of the
 * generators whose secrets were re-encrypted
 */
async function fixShared(
  { session, secretBackend, agreed }: Run,
  shared: readonly Generator[],
  before: readonly GeneratorDrift[],
  results: readonly StepResult[],
): Promise<readonly string[]> {
  const stored = new Set(results.map(({ step }) => step.generator));
  const drifts = [
    ...driftsOf(
      shared.filter(generator => stored.has(generator)),
      secretBackend,
    ),
    ...before.filter(({ generator }) => !stored.has(generator)),
  ];
  const fixed: string[] = [];
  await fixDrifts(drifts, secretBackend, session, agreed, ({ generator }) => fixed.push(generator.key));
  return fixed;
}

function generatorsOf({ steps }: Plan): Generator[] {
  return steps.map(step => step.generator);
}

/**
 * Ends the run if the user has cancelled it.
 *
 * @throws Cancelled
 */
function mustGoOn(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled();
}
