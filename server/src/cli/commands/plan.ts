import { accessChangesOf, accessData, sharedOf } from '../../generate/backends/access-change.ts';
import { accessSummary } from '../../generate/backends/access-words.ts';
import { readPlaces } from '../../generate/backends/no-access.ts';
import { lookInto, refusalAtHand } from '../../generate/backends/open-backend.ts';
import type { ServedBackend } from '../../generate/backends/served-backend.ts';
import { generatorTally } from '../../generate/plan/generator-tally.ts';
import { chosen } from '../../generate/plan/generators.ts';
import type { Plan, PlanNote, PlanRequest } from '../../generate/plan/plan.ts';
import { driftsOf } from '../../generate/repository/drift.ts';
import { notedIn } from '../../generate/repository/earlier-runs.ts';
import type { AccessChange } from '../../store/readers.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { lackingIn, tallyText } from '../../store/vars/tally.ts';
import type { Parsed } from '../arguments.ts';
import { EXIT, type Io, painter, printable, say } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { askedByOption } from '../nix-option.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { noGeneratorsMessage } from '../output/no-generators.ts';
import { planData, planText } from '../output/plan-text.ts';
import { readCommand } from '../table/read-command.ts';

/** Returns the request that the options describe. */
export function requestOf(parsed: Parsed): PlanRequest {
  return {
    machines: parsed.options('machine'),
    generators: parsed.options('generator'),
    regenerate: parsed.flag('regenerate'),
    skipUnknown: parsed.flag('skip-unknown'),
  };
}

export async function plan(args: readonly string[], io: Io): Promise<number> {
  return writePlan(readCommand('plan', args), io);
}

/**
 * Prints what a run would do, also for `generate --dry-run`.
 * @returns the exit code
 */
export async function writePlan(parsed: Parsed, io: Io): Promise<number> {
  const open = await openFleet(parsed.positions[0], io, { scan: 'files' });
  await askedByOption(parsed, open.workspace, io);
  const { environment, root, scanned, situation } = open;
  const { stale, owed, unknown: unknownRuns } = await notedIn(environment);
  if (unknownRuns !== null) say(io, unknownRuns);
  const { backend, declared, plan: planOf, status } = await situation({ scanned, stale });
  const request = requestOf(parsed);
  const plan = planOf(request);
  mustBeKnownNames(plan, declared.machines);
  const { access, unknown } = await accessOf(plan, request, open, backend);
  const notes = [
    ...plan.notes,
    ...(owed === null ? [] : [{ generator: null, machines: [], message: owed.message }]),
    ...(unknown === null ? [] : [unknown]),
  ];
  const planned = { ...plan, notes };
  const { nix } = open.fleet();
  const tally = generatorTally(chosen(plan.generators, request), status);
  if (parsed.flag('json')) {
    io.stdout.write(
      `${jsonText({ schemaVersion: 1, root, backend, ...planData(planned, nix), summary: tally, access: accessData(access) })}\n`,
    );
  } else {
    const paint = painter(io.stdout, io.env);
    if (lackingIn(tally) + tally.unknown > 0) io.stdout.write(`${tallyText(tally, ', ')}.\n`);
    const none = `Nothing to generate: ${noGeneratorsMessage(open.fleet())}`;
    io.stdout.write(planText(planned, paint, none, nix));
    for (const line of accessSummary(access))
      io.stdout.write(`${paint('yellow', 'access:')} ${printable(line)}\n`);
  }
  return planned.problems.length > 0 ? EXIT.findings : EXIT.ok;
}

/** Returns the changes of access in a run. The person who runs it gains access in any case. */
async function accessOf(
  { steps, problems, generators }: Plan,
  { machines }: PlanRequest,
  open: OpenFleet,
  backend: ServedBackend,
): Promise<{ readonly access: readonly AccessChange[]; readonly unknown: PlanNote | null }> {
  const none = { access: [], unknown: null };
  if (problems.length > 0) return none;
  try {
    const secretBackend = await lookInto(open.environment, open.fleet(), backend, await open.scanned());
    if (secretBackend === null) return none;
    const drifts = driftsOf(sharedOf(generators.all.values(), machines), secretBackend);
    const concerned = [
      ...readPlaces({ generators }, steps),
      ...drifts.flatMap(drift => drift.drifts.map(({ place }) => place)),
    ];
    const refusal = await refusalAtHand(open.environment, open.fleet(), backend, concerned);
    // Who cannot decrypt a secret gives it to nobody.
    if (refusal !== null)
      return { ...none, unknown: { generator: null, machines: [], message: refusal.message } };
    return { ...none, access: accessChangesOf(steps, drifts, secretBackend) };
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    return {
      ...none,
      unknown: {
        generator: null,
        machines: [],
        message: `Who gains access is unknown: ${error.message}`,
      },
    };
  }
}
