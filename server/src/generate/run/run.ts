/**
 * A run: the steps of a plan, as many at a time as there are workers, stored in the order of the plan, what has ended
 * meanwhile together. What comes of it does not depend on which script is quicker. A step that fails takes with it what depends on
 * it; the others go on.
 */
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { HostFailure } from '../../host/host-failure.ts';
import { NOTHING_MORE } from '../../host/sandbox/run-script.ts';
import { openSharedSandbox, type SharedSandbox } from '../../host/sandbox/shared-sandbox.ts';
import type { Agreed } from '../backends/access-change.ts';
import { placeOf, type SecretBackend } from '../backends/secret-backend.ts';
import type { DeclaredFile, Generator } from '../plan/generators.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import type { Session } from '../repository/session.ts';
import { publicPath } from '../repository/store-step.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { Answers } from './answers.ts';
import { batchTimer } from './batching.ts';
import { type Execution, type ExecutionContext, execute, type Inputs } from './execute.ts';
import { MIN_LENGTH } from './redact.ts';
import type { Prepared } from './script-commands.ts';
import type { ScriptEnvironment } from './script-environment.ts';
import { messageOf, type StepResult, unfinished } from './step-results.ts';
import {
  type Ended,
  endedWith,
  finish,
  isMade,
  presentDependents,
  type Storing,
  valuesBefore,
} from './storing.ts';

export interface RunOptions {
  readonly environment: RunEnvironment;
  readonly secretBackend: SecretBackend;
  readonly session: Session;
  readonly scriptEnvironment: ScriptEnvironment;
  /** By key of the generator: one for each step. */
  readonly scripts: ReadonlyMap<string, Prepared>;
  readonly answers: Answers;
  /** The gains of access that were agreed to. */
  readonly agreed: Agreed;
  /** How many scripts may run at the same time. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Called with each generator when its script begins. */
  onStart?(generator: Generator): void;
  /** Called with each step when it is done with, in the order of the plan. */
  onResult?(result: StepResult): void;
}

type Made = ReadonlyMap<string, Buffer>;

/** @returns one result for each step, in the order of the plan; nothing is thrown for a step that fails */
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
  // Each script that runs listens; Node takes more than ten listeners for a mistake.
  setMaxListeners(0, either);
  const context = { scriptEnvironment: options.scriptEnvironment, shared, signal: either };
  const before = await valuesBefore(plan, options);
  const running = new Map<string, Promise<Execution | 'skipped'>>();
  const ended = new Map<string, Ended>();
  const storing: Storing = {
    ...options,
    before,
    dependents: presentDependents(plan),
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
        // Made ready while the next script runs already.
        ended.set(key, endedWith(step, result, storing));
        batching.tick();
        return result;
      }),
    );
  }

  const results: StepResult[] = [];
  let broken = false;
  while (results.length < plan.steps.length) {
    await running.get((plan.steps[results.length] as PlanStep).generator.key);
    // What has ended in the meantime, in the order of the plan, is stored together: the disk and git take many as one.
    await batching.due(either);
    const batch: Ended[] = [];
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
    // What cannot be stored now could not be stored a moment later either.
    if (done.some((result, at) => result.outcome === 'failed' && isMade(batch[at] as Ended))) {
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

/** Of generators that are stored together. */
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

/** Values that this run has made, or else those that are stored. */
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
      if (value === null) throw new HostFailure('changed', `needs ${name}/${file.name}, which is gone`);
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

/** @throws StoreFailure */
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

/** Returns the bytes of a public value; null where there is none. */
export async function storedPublic(
  environment: RunEnvironment,
  generator: Generator,
  file: DeclaredFile,
): Promise<Buffer | null> {
  const path = publicPath(environment, generator, file);
  return environment.files.kind(path) === 'file' ? readIfThere(join(environment.root, path)) : null;
}

/** Runs as many at a time as there are workers, the first to ask first. */
function limiter(workers: number): <T>(run: () => Promise<T>) => Promise<T> {
  let free = Math.max(1, workers);
  const waiting: (() => void)[] = [];
  return async run => {
    if (free > 0) free--;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
