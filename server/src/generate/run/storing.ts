/**
 * Stores the results of scripts in the repository: several generators at once if they ended at the same time,
 * because the disk and git take as long for many as for one, and one by one if any of them cannot be stored.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { AfterwardsFailure, HostFailure } from '../../host/host-failure.ts';
import { type ConsentedGains, mustBeAgreed } from '../backends/access-change.ts';
import { accessMessage } from '../backends/access-words.ts';
import { placeOf, placesOf, type SecretBackend, type SecretChange } from '../backends/secret-backend.ts';
import type { Generator } from '../plan/generators.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { whereOf } from '../plan/plan-words.ts';
import type { Session, Unchanged, Work } from '../repository/session.ts';
import { hashChanges, outputChanges, publicPath } from '../repository/store-step.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { Execution } from './execute.ts';
import { type FileResult, messageOf, NOTHING, type StepResult, unfinished } from './step-results.ts';

export interface EndedStep {
  readonly step: PlanStep;
  readonly execution: Execution | 'skipped';
  /** The changes that store it, as of when it ended; null if there is nothing to store. */
  readonly work: Promise<StepWork> | null;
}

export interface Storing {
  readonly environment: RunEnvironment;
  readonly secretBackend: SecretBackend;
  readonly session: Session;
  readonly signal: AbortSignal;
  /** The gains of access that were consented to. */
  readonly agreed: ConsentedGains;
  /** The values that the run replaces, as they were before. */
  readonly before: ReadonlyMap<PlanStep, readonly PreviousFile[]>;
  /** By key: the generators to note as outdated when it changes. */
  readonly dependents: ReadonlyMap<string, readonly string[]>;
  /** Generators noted as outdated, so that the next run regenerates them. */
  readonly stale: Map<string, readonly string[]>;
}

export interface PreviousFile extends Unchanged {
  /** The content of an existing public value. */
  readonly bytes: Buffer | null;
}

/**
 * Returns the current state of files that a run is about to replace, to detect changes by others in the
 * meantime.
 */
export async function valuesBefore(
  { steps }: Plan,
  { environment, secretBackend }: Pick<Storing, 'environment' | 'secretBackend'>,
): Promise<ReadonlyMap<PlanStep, readonly PreviousFile[]>> {
  const values = new Map<PlanStep, readonly PreviousFile[]>();
  for (const step of steps) {
    const { generator } = step;
    const before: PreviousFile[] = [];
    for (const file of generator.files) {
      const paths = file.secret
        ? secretBackend.paths(placeOf(generator, file))
        : [publicPath(environment, generator, file)];
      for (const path of paths) {
        const bytes = await readIfThere(join(environment.root, path));
        before.push({ path, sha256: bytes && sha256(bytes), bytes: file.secret ? null : bytes });
      }
    }
    values.set(step, before);
  }
  return values;
}

/** Stores the results of a batch: together, or one by one if any of them cannot be stored. */
export async function finish(batch: readonly EndedStep[], storing: Storing): Promise<StepResult[]> {
  const made = batch.filter(isMade);
  if (made.length > 1) {
    try {
      const works = await Promise.all(made.map(step => step.work));
      // A store outside of the repository cannot be rolled back, so its changes are applied one by one.
      if (!works.some(hasOutside)) {
        await store(works, storing);
        const stored = new Map(works.map(work => [work.result.step, work.result]));
        return batch.map(({ step, execution }) => stored.get(step) ?? unfinished(step, execution));
      }
    } catch (error) {
      if (error instanceof AfterwardsFailure)
        return batch.map(step =>
          isMade(step) ? failed(step.step, error) : unfinished(step.step, step.execution),
        );
      // Refused before anything was changed; the loop below finds the cause.
    }
  }
  const results: StepResult[] = [];
  for (const ended of batch) {
    const isStopped = storing.signal.aborted || results.some(result => isRefused(result, batch));
    results.push(
      isMade(ended) && !isStopped ? await finishOne(ended, storing) : unfinished(ended.step, ended.execution),
    );
  }
  return results;
}

type Finished = EndedStep & {
  readonly execution: Extract<Execution, { outcome: 'made' }>;
  readonly work: Promise<StepWork>;
};

/** Starts to prepare the changes that store a step. */
export function endedStepOf(step: PlanStep, execution: Execution | 'skipped', storing: Storing): EndedStep {
  if (execution === 'skipped' || execution.outcome !== 'made') return { step, execution, work: null };
  const work = workOf(step, execution, storing);
  // Errors are handled when it is stored, which a cancelled run never does.
  work.catch(() => undefined);
  return { step, execution, work };
}

export function isMade(step: EndedStep): step is Finished {
  return step.execution !== 'skipped' && step.execution.outcome === 'made';
}

/** Returns whether a step was executed but could not be stored. */
function isRefused({ step, outcome }: StepResult, batch: readonly EndedStep[]): boolean {
  return outcome === 'failed' && batch.some(other => other.step === step && isMade(other));
}

async function finishOne(finished: Finished, storing: Storing): Promise<StepResult> {
  try {
    // Recomputed, because earlier changes of the batch may have affected it.
    const work = await workOf(finished.step, finished.execution, storing);
    await store([work], storing);
    return work.result;
  } catch (error) {
    return failed(finished.step, error);
  }
}

function failed(step: PlanStep, error: unknown): StepResult {
  const { generator } = step;
  const message = `Generator "${generator.name}" (${whereOf(generator)}) ran, but: ${messageOf(error)}`;
  return { ...NOTHING, step, outcome: 'failed', message };
}

interface StepWork extends Work {
  readonly result: StepResult;
}

/** Returns the changes that store a step, and the result to report. */
async function workOf(
  step: PlanStep,
  execution: Finished['execution'],
  { environment, secretBackend, before, agreed }: Storing,
): Promise<StepWork> {
  const { generator } = step;
  const unchanged = before.get(step) ?? [];
  const access = placesOf(generator).map(place => secretBackend.change(place));
  for (const change of access) mustBeAgreed(change, agreed);
  const changes = [
    ...(await outputChanges(environment, secretBackend, generator, execution.outputs)),
    ...hashChanges(environment, generator),
  ];
  const files = generator.files.map((file): FileResult => {
    const { name, secret } = file;
    if (secret) {
      const path = writtenTo(changes, secretBackend.paths(placeOf(generator, file)));
      return { name, secret, path, before: null, after: null };
    }
    const path = publicPath(environment, generator, file);
    const bytes = unchanged.find(file => file.path === path)?.bytes ?? null;
    return { name, secret, path, before: bytes, after: execution.outputs.get(name) ?? null };
  });
  const { undeclared } = execution;
  const message = `vars: update via generator ${generator.name} (${commitPlace(generator)})${accessMessage(access)}`;
  const result: StepResult = { ...NOTHING, step, outcome: 'stored', files, undeclared };
  return { changes, message, unchanged, result };
}

async function store(works: readonly StepWork[], { session, dependents, stale }: Storing): Promise<void> {
  const keys = works.map(work => work.result.step.generator.key);
  // A store outside of the repository changes separately; after an interruption its values do not match the
  // files.
  const outsideKeys = works.filter(hasOutside).map(work => work.result.step.generator.key);
  const older = [...keys.flatMap(key => dependents.get(key) ?? []), ...outsideKeys].filter(
    key => !stale.has(key),
  );
  if (older.length > 0) {
    await session.noteStale(new Map([...stale, ...older.map(key => [key, []] as const)]));
    for (const key of older) stale.set(key, []);
  }
  await session.applyAll(works);
  const fresh = keys.filter(key => stale.delete(key));
  if (fresh.length > 0) await session.noteStale(stale).catch(stillNoted);
}

function stillNoted(error: unknown): never {
  if (!(error instanceof HostFailure)) throw error;
  throw new AfterwardsFailure(
    error.kind,
    'The files are stored; the note that they were being replaced cannot be removed, so the next run generates them again.',
  );
}

function hasOutside({ changes }: Work): boolean {
  return changes.some(change => change.kind === 'outside');
}

function writtenTo(changes: readonly SecretChange[], paths: readonly string[]): string | null {
  return paths.find(path => changes.some(change => change.kind === 'write' && change.path === path)) ?? null;
}

/**
 * Returns, by key, the existing generators made from its previous values, which only this run knows to be
 * outdated.
 */
export function existingDependents({ steps }: Plan): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const { generator, missing } of steps)
    for (const { key } of missing.length > 0 ? [] : generator.dependencies)
      dependents.set(key, [...(dependents.get(key) ?? []), generator.key]);
  return dependents;
}

function commitPlace({ machine }: Generator): string {
  return machine === null ? 'shared' : `machine: ${machine}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
