/**
 * A run: the steps of a plan, as many at a time as there are workers, stored one after the other in the order of the
 * plan. What comes of it does not depend on which script is quicker. A step that fails takes with it what depends on
 * it; the others go on.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere } from '../host/atomic.ts';
import { HostFailure } from '../host/failure.ts';
import { varFolder } from '../store/changes.ts';
import { StoreFailure } from '../store/failure.ts';
import type { Answers } from './answers.ts';
import { type Execution, execute, type Inputs, type Surroundings } from './execute.ts';
import type { DeclaredFile, Generator } from './generators.ts';
import type { Ground } from './ground.ts';
import type { Plan, PlanStep } from './plan.ts';
import { MIN_LENGTH } from './redact.ts';
import type { Session, Unchanged } from './session.ts';
import { hashChanges, outputChanges } from './store-step.ts';
import type { Prepared } from './tools.ts';
import { placeOf, type Vault } from './vault.ts';
import { whereOf } from './words.ts';

export interface RunOptions {
  readonly ground: Ground;
  readonly vault: Vault;
  readonly session: Session;
  readonly surroundings: Surroundings;
  /** By key of the generator: one for each step. */
  readonly scripts: ReadonlyMap<string, Prepared>;
  readonly answers: Answers;
  /** How many scripts may run at the same time. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Hears of each step when it is done with, in the order of the plan. */
  onResult?(result: StepResult): void;
}

export interface FileResult {
  readonly name: string;
  readonly secret: boolean;
  /** Of public files; null for secret ones and for those that were not there. */
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

/**
 * - `stored`: its values are in the repository;
 * - `failed`: see the message; nothing of it was stored;
 * - `skipped`: something that it depends on failed;
 * - `cancelled`: it was not begun, or not brought to its end.
 */
export interface StepResult {
  readonly step: PlanStep;
  readonly outcome: 'stored' | 'failed' | 'skipped' | 'cancelled';
  /** A sentence; empty for `stored`. */
  readonly message: string;
  /** The end of what the script said, without secrets. */
  readonly output: string;
  readonly files: readonly FileResult[];
  readonly undeclared: readonly string[];
  /** False: plaintexts lay on a disk while it ran. */
  readonly inMemory: boolean;
}

type Made = ReadonlyMap<string, Buffer>;

/** @returns one result for each step, in the order of the plan; nothing is thrown for a step that fails */
export async function runPlan(plan: Plan, options: RunOptions): Promise<readonly StepResult[]> {
  const { signal } = options;
  const fresh = new Map<string, Made>();
  const limit = limiter(options.workers);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const before = await valuesBefore(plan.steps, options);
  const running = new Map<string, Promise<Execution | 'skipped'>>();
  for (const step of plan.steps) {
    const { key, dependencies } = step.generator;
    const needed = dependencies.flatMap(one => running.get(one.key) ?? []);
    const execution = Promise.all(needed).then(async done => {
      if (done.some(one => one === 'skipped' || one.outcome === 'failed')) return 'skipped' as const;
      const result = await limit(() => attempt(step.generator, plan, options, fresh, either));
      if (result.outcome === 'made') fresh.set(key, result.outputs);
      return result;
    });
    running.set(key, execution);
  }

  const results: StepResult[] = [];
  const dependents = presentDependents(plan);
  const stale = new Set(options.session.stale);
  let broken = false;
  for (const step of plan.steps) {
    const execution = (await running.get(step.generator.key)) as Execution | 'skipped';
    const result =
      broken || signal.aborted
        ? unfinished(step, execution)
        : await finish(step, execution, before.get(step) ?? [], dependents, stale, options);
    // What cannot be stored now could not be stored a moment later either.
    if (execution !== 'skipped' && execution.outcome === 'made' && result.outcome === 'failed') {
      broken = true;
      stop.abort();
    }
    results.push(result);
    options.onResult?.(result);
  }
  return results;
}

async function attempt(
  generator: Generator,
  plan: Plan,
  options: RunOptions,
  fresh: ReadonlyMap<string, Made>,
  signal: AbortSignal,
): Promise<Execution> {
  if (signal.aborted) return { outcome: 'cancelled' };
  try {
    const inputs = await inputsOf(generator, plan, options, fresh);
    const script = options.scripts.get(generator.key) as Prepared;
    return await execute(generator, script, inputs, options.surroundings, signal);
  } catch (error) {
    return { outcome: 'failed', message: messageOf(error), output: '', outputs: new Map(), undeclared: [] };
  }
}

/** Values that this run has made, or else those that are stored. */
async function inputsOf(
  generator: Generator,
  plan: Plan,
  { ground, vault, answers }: RunOptions,
  fresh: ReadonlyMap<string, Made>,
): Promise<Inputs> {
  const dependencies = new Map<string, Map<string, Buffer>>();
  const secrets: Uint8Array[] = [];
  for (const { name, key } of generator.dependencies) {
    const target = plan.generators.all.get(key);
    const values = new Map<string, Buffer>();
    for (const file of target?.files ?? []) {
      const value =
        fresh.get(key)?.get(file.name) ?? (await storedValue(ground, vault, target as Generator, file));
      if (value === null) throw new HostFailure('changed', `needs ${name}/${file.name}, which is gone`);
      values.set(file.name, value);
      if (file.secret) secrets.push(value);
    }
    dependencies.set(name, values);
  }
  const own = answers.get(generator.key) ?? new Map<string, Buffer>();
  for (const { name, type, persist } of generator.prompts) {
    const value = own.get(name);
    const isPublic = persist && generator.files.some(file => file.name === name && !file.secret);
    const isVisible = !persist && (type === 'line' || type === 'multiline');
    if (value === undefined || isPublic || (isVisible && value.length < MIN_LENGTH)) continue;
    secrets.push(value);
  }
  return { dependencies, secrets, answers: own };
}

/** @throws StoreFailure */
export async function storedValue(
  ground: Ground,
  vault: Vault,
  generator: Generator,
  file: DeclaredFile,
): Promise<Buffer | null> {
  return file.secret ? vault.open(placeOf(generator, file)) : storedPublic(ground, generator, file);
}

/** The bytes of a public value; null where there is none. */
export async function storedPublic(
  ground: Ground,
  generator: Generator,
  file: DeclaredFile,
): Promise<Buffer | null> {
  const path = publicPath(ground, generator, file);
  return ground.files.kind(path) === 'file' ? readIfThere(join(ground.root, path)) : null;
}

function publicPath({ directory }: Ground, { key }: Generator, { name }: DeclaredFile): string {
  return `${varFolder(directory, key, name)}/value`;
}

async function finish(
  step: PlanStep,
  execution: Execution | 'skipped',
  unchanged: readonly Before[],
  dependents: ReadonlyMap<string, readonly string[]>,
  stale: Set<string>,
  options: RunOptions,
): Promise<StepResult> {
  if (execution === 'skipped' || execution.outcome !== 'made') return unfinished(step, execution);
  const { generator } = step;
  const { ground, vault, session } = options;
  try {
    const files: FileResult[] = [];
    for (const file of generator.files) {
      const path = publicPath(ground, generator, file);
      const before = file.secret ? null : (unchanged.find(one => one.path === path)?.bytes ?? null);
      const after = file.secret ? null : (execution.outputs.get(file.name) ?? null);
      files.push({ name: file.name, secret: file.secret, before, after });
    }
    const changes = [
      ...(await outputChanges(ground, vault, generator, execution.outputs)),
      ...hashChanges(ground, generator),
    ];
    // A store outside of the repository changes by itself: cut off in between, its values do not fit the files.
    const own = changes.some(change => change.kind === 'outside') ? [generator.key] : [];
    await session.noteStale(noted(stale, [...(dependents.get(generator.key) ?? []), ...own]));
    await session.apply(
      changes,
      `vars: update via generator ${generator.name} (${commitPlace(generator)})`,
      unchanged,
    );
    if (stale.delete(generator.key)) await session.noteStale(stale);
    const { undeclared, inMemory } = execution;
    return { step, outcome: 'stored', message: '', output: '', files, undeclared, inMemory };
  } catch (error) {
    const message = `Generator "${generator.name}" (${whereOf(generator)}) ran, but: ${messageOf(error)}`;
    return { ...NOTHING, step, outcome: 'failed', message };
  }
}

interface Before extends Unchanged {
  /** Of a public value that is there. */
  readonly bytes: Buffer | null;
}

/** The files that a run is about to replace, as they are now: what others change in the meantime is theirs. */
async function valuesBefore(
  steps: readonly PlanStep[],
  { ground, vault }: RunOptions,
): Promise<ReadonlyMap<PlanStep, readonly Before[]>> {
  const found = new Map<PlanStep, readonly Before[]>();
  for (const step of steps) {
    const { generator } = step;
    const before: Before[] = [];
    for (const file of generator.files) {
      const paths = file.secret
        ? vault.paths(placeOf(generator, file))
        : [publicPath(ground, generator, file)];
      for (const path of paths) {
        const bytes = await readIfThere(join(ground.root, path));
        before.push({ path, sha256: bytes && sha256(bytes), bytes: file.secret ? null : bytes });
      }
    }
    found.set(step, before);
  }
  return found;
}

/** By key: the steps that were made from it before and are there, so that nothing but this run tells that they are old. */
function presentDependents({ steps }: Plan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { generator, missing } of steps)
    for (const { key } of missing.length > 0 ? [] : generator.dependencies)
      found.set(key, [...(found.get(key) ?? []), generator.key]);
  return found;
}

function noted(stale: Set<string>, keys: readonly string[]): ReadonlySet<string> {
  for (const key of keys) stale.add(key);
  return stale;
}

const NOTHING = { message: '', output: '', files: [], undeclared: [], inMemory: true } as const;

function unfinished(step: PlanStep, execution: Execution | 'skipped'): StepResult {
  const { generator } = step;
  const name = `Generator "${generator.name}" (${whereOf(generator)})`;
  if (execution === 'skipped')
    return {
      ...NOTHING,
      step,
      outcome: 'skipped',
      message: `${name} was not run: something that it depends on failed.`,
    };
  if (execution.outcome === 'failed')
    return {
      ...NOTHING,
      step,
      outcome: 'failed',
      message: `${name} ${execution.message.replace(/\.$/, '')}.`,
      output: execution.output,
    };
  return {
    ...NOTHING,
    step,
    outcome: 'cancelled',
    message: `${name} was cancelled; nothing of it was stored.`,
  };
}

function commitPlace({ machine }: Generator): string {
  return machine === null ? 'shared' : `machine: ${machine}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** In words for a person, and without anything that an error could quote. */
export function messageOf(error: unknown): string {
  if (error instanceof HostFailure || error instanceof StoreFailure) return error.message;
  // Anything else is a mistake of this program; its words could quote what it was working on.
  return `something unexpected happened (${error instanceof Error ? error.name : typeof error})`;
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
