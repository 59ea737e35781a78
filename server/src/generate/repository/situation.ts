/** A fleet and what it has stored, as plans are made from it: what is there is looked up once, before. */
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
  /** What is noted to be made anew. */
  readonly stale?: StaleNotes;
  /** False: a store outside of the repository is not asked, and nothing in it counts as there. */
  readonly asksStore?: boolean;
  /** A scan of the store that was made meanwhile; asked for when it is needed. */
  readonly scanned?: () => Promise<ScannedStore | null>;
}

/**
 * @throws StoreFailure `unsupported` for a backend that is not served; StoreFailure, HostFailure where a store outside
 *   of the repository does not tell what is there
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
