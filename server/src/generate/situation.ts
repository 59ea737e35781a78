/**
 * A fleet and what it has stored, as plans are made from it. Pure: a snapshot in, plans out.
 */
import type { Fleet } from '../fleet/model.ts';
import type { StoreFiles } from '../store/files.ts';
import { type StoredLookups, storedLookups } from '../store/state.ts';
import { backendOf, type ServedBackend } from './backend.ts';
import { type Declared, declarationsOf } from './declarations.ts';
import type { Generator } from './generators.ts';
import { type Plan, type PlanRequest, planRun, type Status, statusIn } from './plan.ts';

export interface Situation {
  readonly backend: ServedBackend;
  readonly declared: Declared;
  readonly stored: StoredLookups;
  plan(request: PlanRequest): Plan;
  status(generator: Generator): Status;
}

/**
 * @param stale keys of what an interrupted run has left to be made anew
 * @throws StoreFailure `unsupported` for a backend that is not served
 */
export function situationOf(fleet: Fleet, files: StoreFiles, stale?: ReadonlySet<string>): Situation {
  const backend = backendOf(fleet, files);
  const declared = declarationsOf(fleet, file => files.text(file));
  const stored = storedLookups(files, '', backend);
  return {
    ...{ backend, declared, stored },
    plan: request => planRun({ ...declared, stored, ...(stale === undefined ? {} : { stale }) }, request),
    status: generator => statusIn(stored, generator),
  };
}
