/**
 * From what scripts have made to what lies in the repository: several generators at once where they have ended at the
 * same time, since the disk and git take many as one, and one by one where one of them cannot be stored.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere } from '../host/atomic.ts';
import type { Change } from '../store/changes.ts';
import type { Execution } from './execute.ts';
import type { Generator } from './generators.ts';
import type { Ground } from './ground.ts';
import type { Plan, PlanStep } from './plan.ts';
import { type FileResult, messageOf, NOTHING, type StepResult, unfinished } from './results.ts';
import { CommitFailure, type Session, type Unchanged, type Work } from './session.ts';
import { hashChanges, outputChanges, publicPath } from './store-step.ts';
import { placeOf, type Vault } from './vault.ts';
import { whereOf } from './words.ts';

export interface Ended {
  readonly step: PlanStep;
  readonly execution: Execution | 'skipped';
}

export interface Storing {
  readonly ground: Ground;
  readonly vault: Vault;
  readonly session: Session;
  readonly signal: AbortSignal;
  /** By key: what is noted as old when it changes. */
  readonly dependents: ReadonlyMap<string, readonly string[]>;
  /** Keys that are noted as old. */
  readonly stale: Set<string>;
}

/** Stores what was made of a batch: together, or one after the other where one of them cannot be stored. */
export async function finish(batch: readonly Ended[], storing: Storing): Promise<StepResult[]> {
  const made = batch.filter(isMade);
  if (made.length > 1) {
    try {
      const works = await Promise.all(made.map(one => workOf(one, storing)));
      await store(works, storing);
      const stored = new Map(works.map(work => [work.result.step, work.result]));
      return batch.map(({ step, execution }) => stored.get(step) ?? unfinished(step, execution));
    } catch (error) {
      if (error instanceof CommitFailure)
        return batch.map(one =>
          isMade(one) ? failed(one.step, error) : unfinished(one.step, one.execution),
        );
      // Nothing was changed; which of them is to blame is found out below.
    }
  }
  const results: StepResult[] = [];
  for (const one of batch) {
    const isStopped = storing.signal.aborted || results.some(result => isRefused(result, batch));
    results.push(
      isMade(one) && !isStopped ? await finishOne(one, storing) : unfinished(one.step, one.execution),
    );
  }
  return results;
}

type Finished = Ended & { readonly execution: Extract<Execution, { outcome: 'made' }> };

export function isMade(one: Ended): one is Finished {
  return one.execution !== 'skipped' && one.execution.outcome === 'made';
}

/** Made, and not stored. */
function isRefused({ step, outcome }: StepResult, batch: readonly Ended[]): boolean {
  return outcome === 'failed' && batch.some(one => one.step === step && isMade(one));
}

async function finishOne(one: Finished, storing: Storing): Promise<StepResult> {
  try {
    const work = await workOf(one, storing);
    await store([work], storing);
    return work.result;
  } catch (error) {
    return failed(one.step, error);
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

/** What storing it changes, and what is to be said of it then. */
async function workOf({ step, execution }: Finished, { ground, vault }: Storing): Promise<StepWork> {
  const { generator } = step;
  const values = new Map<string, Pick<FileResult, 'before' | 'after'>>();
  const unchanged: Unchanged[] = [];
  for (const file of generator.files.filter(one => !one.secret)) {
    const path = publicPath(generator, file);
    const before = await readIfThere(join(ground.root, path));
    unchanged.push({ path, sha256: before === null ? null : sha256(before) });
    values.set(file.name, { before, after: execution.outputs.get(file.name) ?? null });
  }
  const changes = [
    ...(await outputChanges(ground.files, vault, generator, execution.outputs)),
    ...hashChanges(ground.files, generator),
  ];
  const files = generator.files.map(
    (file): FileResult => ({
      ...{ name: file.name, secret: file.secret, before: null, after: null },
      ...values.get(file.name),
      path: file.secret
        ? writtenBelow(changes, vault.folder(placeOf(generator, file)))
        : publicPath(generator, file),
    }),
  );
  const { undeclared, inMemory } = execution;
  const message = `vars: update via generator ${generator.name} (${commitPlace(generator)})`;
  const result: StepResult = { ...NOTHING, step, outcome: 'stored', files, undeclared, inMemory };
  return { changes, message, unchanged, result };
}

async function store(works: readonly StepWork[], { session, dependents, stale }: Storing): Promise<void> {
  const keys = works.map(work => work.result.step.generator.key);
  const older = keys.flatMap(key => dependents.get(key) ?? []).filter(key => !stale.has(key));
  if (older.length > 0) {
    for (const key of older) stale.add(key);
    await session.noteStale(stale);
  }
  await session.applyAll(works);
  const fresh = keys.filter(key => stale.delete(key));
  if (fresh.length > 0) await session.noteStale(stale);
}

function writtenBelow(changes: readonly Change[], folder: string): string | null {
  return changes.find(one => one.kind === 'write' && one.path.startsWith(`${folder}/`))?.path ?? null;
}

/** By key: the steps that were made from it before and are there, so that nothing but this run tells that they are old. */
export function presentDependents({ steps }: Plan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { generator, missing } of steps)
    for (const { key } of missing.length > 0 ? [] : generator.dependencies)
      found.set(key, [...(found.get(key) ?? []), generator.key]);
  return found;
}

function commitPlace({ machine }: Generator): string {
  return machine === null ? 'shared' : `machine: ${machine}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
