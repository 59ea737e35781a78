/**
 * Asks about many machines with nix-eval-jobs. One that crashes its worker, hangs or prints without end stops the program, which then is
 * started again without the machines that it was at; those are left to be asked about one by one.
 */

import type { NixMachine } from '../fleet/model/nix-answer.ts';
import type { NixLimits, NixReply } from '../host/programs/nix-evaluator.ts';
import type { NixJobs } from '../host/programs/nix-jobs.ts';
import { factsAsJobs } from './question.ts';

/** The largest number of machines in one expression, which is an argument of a program and may have 128 KiB. */
const MAX_JOBS = 256;

/** How often in a row it may end without any answer, before all other machines are asked about one by one. */
const MAX_FAILURES = 2;

export interface AskingJobs {
  readonly jobs: NixJobs | null;
  readonly reference: string;
  readonly limits: NixLimits;
  readonly workers: number;
  readonly now: () => number;
}

type NamedMachine = Pick<NixMachine, 'name' | 'class'>;

/**
 * Asks about the machines, if nix-eval-jobs is there and has something to share out.
 * @param onValue called for each machine that evaluates, with the milliseconds that it took
 * @returns the replies of machines that do not evaluate, by name
 */
export async function askInJobs(
  asking: AskingJobs,
  machines: readonly NamedMachine[],
  onValue: (machine: NamedMachine, value: unknown, milliseconds: number) => unknown,
): Promise<ReadonlyMap<string, NixReply>> {
  const failed = new Map<string, NixReply>();
  let open = machines;
  let failures = 0;
  while (asking.jobs !== null && open.length > 1 && failures < MAX_FAILURES) {
    const batch = open.slice(0, MAX_JOBS);
    const answered = await askBatch(asking.jobs, asking, batch, (machine, reply, milliseconds) => {
      if (reply.kind === 'value') onValue(machine, reply.value, milliseconds);
      else failed.set(machine.name, reply);
    });
    const unanswered = batch.filter(machine => !answered.has(machine));
    failures = answered.size === 0 ? failures + 1 : 0;
    // Jobs are handed out in order: where it ended early, the first ones are those that it was at.
    open = [...unanswered.slice(asking.workers), ...open.slice(MAX_JOBS)];
  }
  return failed;
}

/** Returns the machines that were answered for. */
async function askBatch(
  jobs: NixJobs,
  { reference, limits, workers, now }: AskingJobs,
  batch: readonly NamedMachine[],
  onReply: (machine: NamedMachine, reply: NixReply, milliseconds: number) => unknown,
): Promise<ReadonlySet<NamedMachine>> {
  // Names that need no quotes, in the order of the machines: nix-eval-jobs takes them alphabetically.
  const machineOf = new Map(batch.map((machine, index) => [`m${String(index).padStart(3, '0')}`, machine]));
  const order = [...machineOf.keys()];
  const names = new Map([...machineOf].map(([job, { name }]) => [job, name]));
  const answered = new Set<NamedMachine>();
  const begun = now();
  const doneAt: number[] = [];
  await jobs.evaluate(factsAsJobs(reference, names), {
    ...{ limits, workers },
    onReply(job, reply) {
      const machine = machineOf.get(job);
      if (machine === undefined || answered.has(machine)) return;
      answered.add(machine);
      // It began when a worker had become free for it.
      const since = doneAt[order.indexOf(job) - workers] ?? begun;
      const time = now();
      doneAt.push(time);
      onReply(machine, reply, Math.max(0, Math.round(time - since)));
    },
  });
  return answered;
}
