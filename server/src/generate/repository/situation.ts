/** Collects the inputs of a plan: a fleet and what it has stored, looked up once in advance. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { StaleNotes } from '../../host/files/stale.ts';
import { renamedMachines, renamedText, storedMachines } from '../../store/vars/renamed-machines.ts';
import type { ScannedStore } from '../../store/vars/scan.ts';
import { type StoredLookups, storedFilesIn, storedLookups } from '../../store/vars/stored-lookups.ts';
import { outsideStoreOf } from '../backends/open-backend.ts';
import { backendOf, isKeyed, type ServedBackend } from '../backends/served-backend.ts';
import { type Declared, declarationsOf } from '../plan/declarations.ts';
import type { Generator } from '../plan/generators.ts';
import type { Plan, PlanNote, PlanRequest, Status } from '../plan/plan.ts';
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
    plan(request) {
      const plan = planRun({ ...declared, stored, ...(stale === undefined ? {} : { stale }) }, request);
      return { ...plan, notes: [...plan.notes, ...renamedNotes(plan, declared, files, directory)] };
    },
    status: generator => statusIn(stored, generator, stale?.get(generator.key)),
  };
}

/** Returns a note for each machine that everything is missing for because it looks renamed. */
function renamedNotes(
  { steps, generators }: Plan,
  { machines, machinesComplete }: Declared,
  files: RunEnvironment['files'],
  directory: string,
): PlanNote[] {
  if (
    !machinesComplete ||
    !steps.some(({ reason, generator }) => reason === 'missing' && generator.machine !== null)
  )
    return [];
  const all = new Map(machines.map(name => [name, new Set<string>()]));
  for (const { name, machine } of generators.all.values()) if (machine !== null) all.get(machine)?.add(name);
  return [...renamedMachines(all, storedMachines(files, directory))].map(([name, now]) => ({
    generator: null,
    machines: now,
    message: `There is no machine "${name}" any more. ${renamedText(name, now)}`,
  }));
}
