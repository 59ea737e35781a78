/**
 * Runs the steps of a plan, with as many in parallel as there are workers. Results are stored in the order of
 * the plan, all that have ended in the meantime together, so that they do not depend on which script is
 * quicker. A failed step fails its dependents; the others continue.
 */

import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { HostFailure } from '../../host/host-failure.ts';
import { NOTHING_MORE } from '../../host/sandbox/run-script.ts';
import { openSharedSandbox, type SharedSandbox } from '../../host/sandbox/shared-sandbox.ts';
import { limiter } from '../../std.ts';
import type { ConsentedGains } from '../backends/access-change.ts';
import { placeOf, type SecretBackend } from '../backends/secret-backend.ts';
import type { DeclaredFile, Generator } from '../plan/generators.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { MIN_LENGTH } from '../redaction/redact.ts';
import type { Session } from '../repository/session.ts';
import { publicPath } from '../repository/store-step.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { Answers } from './answers.ts';
import { batchTimer } from './batching.ts';
import { type Execution, type ExecutionContext, execute, type Inputs } from './execute.ts';
import type { Prepared } from './script-commands.ts';
import type { ScriptEnvironment } from './script-environment.ts';
import { messageOf, type StepResult, unfinished } from './step-results.ts';
import {
  type EndedStep,
  endedStepOf,
  existingDependents,
  finish,
  isMade,
  type Storing,
  valuesBefore,
} from './storing.ts';

export interface RunOptions {
  readonly environment: RunEnvironment;
  readonly secretBackend: SecretBackend;
  readonly session: Session;
  readonly scriptEnvironment: ScriptEnvironment;
  /** By generator key, one for each step. */
  readonly scripts: ReadonlyMap<string, Prepared>;
  readonly answers: Answers;
  /** The gains of access that were consented to. */
  readonly agreed: ConsentedGains;
  /** The number of scripts that may run at the same time. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Called with each generator when its script starts. */
  onStart?(generator: Generator): void;
  /** Called with each finished step, in the order of the plan. */
  onResult?(result: StepResult): void;
}

type Made = ReadonlyMap<string, Buffer>;

/**
 * Runs the steps of a plan. A failing step does not throw.
 *
 * @returns one result per step, in the order of the plan
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<readonly StepResult[]> {
  const shared = await openSharedSandbox(options.scriptEnvironment);
  try {
    return await runWith(shared, plan, options);
  } finally {
    await shared.close();
  }
}

async function runWith(
  shared: SharedSandbox,
  plan: Plan,
  options: RunOptions,
): Promise<readonly StepResult[]> {
  const { signal } = options;
  const fresh = new Map<string, Made>();
  const limit = limiter(options.workers);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  // Each running script adds a listener; Node warns about a leak above ten.
  setMaxListeners(0, either);
  const context = { scriptEnvironment: options.scriptEnvironment, shared, signal: either };
  const before = await valuesBefore(plan, options);
  const running = new Map<string, Promise<Execution | 'skipped'>>();
  const ended = new Map<string, EndedStep>();
  const storing: Storing = {
    ...options,
    before,
    dependents: existingDependents(plan),
    stale: new Map(options.session.stale),
  };
  const batching = batchTimer(plan.steps.length, options.environment.now);
  for (const step of plan.steps) {
    const { key, dependencies } = step.generator;
    const needed = dependencies.flatMap(dependency => running.get(dependency.key) ?? []);
    const execution = Promise.all(needed).then(async done => {
      if (done.some(dependency => dependency === 'skipped' || dependency.outcome === 'failed'))
        return 'skipped' as const;
      const result = await limit(() => attempt(step.generator, plan, options, fresh, context));
      if (result.outcome === 'made') fresh.set(key, result.outputs);
      return result;
    });
    running.set(
      key,
      execution.then(result => {
        // Storing is prepared while the next script already runs.
        ended.set(key, endedStepOf(step, result, storing));
        batching.tick();
        return result;
      }),
    );
  }

  const results: StepResult[] = [];
  let broken = false;
  while (results.length < plan.steps.length) {
    await running.get((plan.steps[results.length] as PlanStep).generator.key);
    // Everything that has ended in the meantime is stored together, in the order of the plan: the disk and git
    // take as long for many as for one.
    await batching.due(either);
    const batch: EndedStep[] = [];
    for (const step of plan.steps.slice(results.length, results.length + MOST_TOGETHER)) {
      const next = ended.get(step.generator.key);
      if (next === undefined) break;
      batch.push(next);
    }
    const done =
      broken || signal.aborted
        ? batch.map(({ step, execution }) => unfinished(step, execution))
        : await finish(batch, storing);
    batching.stored();
    // If one cannot be stored now, the others will not be stored a moment later either.
    if (done.some((result, at) => result.outcome === 'failed' && isMade(batch[at] as EndedStep))) {
      broken = true;
      stop.abort();
    }
    for (const result of done) {
      results.push(result);
      options.onResult?.(result);
    }
  }
  return results;
}

/** The maximum number of generators that are stored together. */
const MOST_TOGETHER = 400;

async function attempt(
  generator: Generator,
  plan: Plan,
  options: RunOptions,
  fresh: ReadonlyMap<string, Made>,
  context: ExecutionContext,
): Promise<Execution> {
  if (context.signal.aborted) return { outcome: 'cancelled' };
  try {
    const inputs = await inputsOf(generator, plan, options, fresh);
    const script = options.scripts.get(generator.key) as Prepared;
    options.onStart?.(generator);
    return await execute(generator, script, inputs, context);
  } catch (error) {
    const nothing = { output: '', line: null, outputs: new Map(), undeclared: NOTHING_MORE };
    return { outcome: 'failed', message: messageOf(error), ...nothing };
  }
}

/** Returns the inputs of a generator: values that this run has made, or else stored ones. */
async function inputsOf(
  generator: Generator,
  plan: Plan,
  { environment, secretBackend, answers }: RunOptions,
  fresh: ReadonlyMap<string, Made>,
): Promise<Inputs> {
  const dependencies = new Map<string, Map<string, Buffer>>();
  const secrets: Uint8Array[] = [];
  for (const { name, key } of generator.dependencies) {
    const target = plan.generators.all.get(key);
    const values = new Map<string, Buffer>();
    for (const file of target?.files ?? []) {
      const value =
        fresh.get(key)?.get(file.name) ??
        (await storedValue(environment, secretBackend, target as Generator, file));
      if (value === null)
        throw new HostFailure('changed', `needs ${name}/${file.name}, which no longer exists`);
      values.set(file.name, value);
      if (file.secret) secrets.push(value);
    }
    dependencies.set(name, values);
  }
  const generatorAnswers = answers.get(generator.key) ?? new Map<string, Buffer>();
  for (const { name, type, persist } of generator.prompts) {
    const value = generatorAnswers.get(name);
    const isPublic = persist && generator.files.some(file => file.name === name && !file.secret);
    const isVisible = !persist && (type === 'line' || type === 'multiline');
    if (value === undefined || isPublic || (isVisible && value.length < MIN_LENGTH)) continue;
    secrets.push(value);
  }
  return { dependencies, secrets, answers: generatorAnswers };
}

/**
 * Returns the stored value of a file.
 *
 * @throws StoreFailure
 */
export async function storedValue(
  environment: RunEnvironment,
  secretBackend: SecretBackend,
  generator: Generator,
  file: DeclaredFile,
): Promise<Buffer | null> {
  return file.secret
    ? secretBackend.open(placeOf(generator, file))
    : storedPublic(environment, generator, file);
}

/** Returns the bytes of a public value, or null if it does not exist. */
export async function storedPublic(
  environment: RunEnvironment,
  generator: Generator,
  file: DeclaredFile,
): Promise<Buffer | null> {
  const path = publicPath(environment, generator, file);
  return environment.files.kind(path) === 'file' ? readIfThere(join(environment.root, path)) : null;
}
