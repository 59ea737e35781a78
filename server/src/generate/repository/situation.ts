/** Collects the inputs of a plan: a fleet and what it has stored, looked up once in advance. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { StaleNotes } from '../../host/files/stale.ts';
import type { ScannedStore } from '../../store/vars/scan.ts';
import { type StoredLookups, storedFilesIn, storedLookups } from '../../store/vars/stored-lookups.ts';
import { outsideStoreOf } from '../backends/open-backend.ts';
import { backendOf, isKeyed, type ServedBackend } from '../backends/served-backend.ts';
import { type Declared, declarationsOf } from '../plan/declarations.ts';
import type { Generator } from '../plan/generators.ts';
import type { Plan, PlanRequest, Status } from '../plan/plan.ts';
import { planRun, statusIn } from '../plan/planner.ts';
import type { RunEnvironment } from '../run-environment.ts';

export interface Situation {
  readonly backend: ServedBackend;
  readonly declared: Declared;
  readonly stored: StoredLookups;
  plan(request: PlanRequest): Plan;
  status(generator: Generator): Status;
}

export interface SituationOptions {
  /** Notes of generators to regenerate. */
  readonly stale?: StaleNotes;
  /** False to skip a store outside of the repository; none of its values count as stored. */
  readonly asksStore?: boolean;
  /** Returns a scan of the store made in the meantime; called when needed. */
  readonly scanned?: () => Promise<ScannedStore | null>;
}

/**
 * Collects the inputs of a plan.
 *
 * @throws StoreFailure `unsupported` for an unsupported backend; StoreFailure, HostFailure if a store outside
 * of the repository cannot be listed
 */
export async function situationOf(
  fleet: Fleet,
  environment: RunEnvironment,
  { stale, asksStore = true, scanned }: SituationOptions = {},
): Promise<Situation> {
  const { files, directory } = environment;
  const backend = backendOf(fleet, environment);
  const entries = new Set(
    asksStore && !isKeyed(backend) ? await outsideStoreOf(environment, fleet, backend).list() : [],
  );
  const declared = declarationsOf(fleet, file => files.text(file));
  const stored = storedLookups(
    (await scanned?.())?.files ?? storedFilesIn(files),
    directory,
    isKeyed(backend) ? backend : (key, file) => entries.has(`${key}/${file}`),
  );
  return {
    ...{ backend, declared, stored },
    plan: request => planRun({ ...declared, stored, ...(stale === undefined ? {} : { stale }) }, request),
    status: generator => statusIn(stored, generator, stale?.get(generator.key)),
  };
}
