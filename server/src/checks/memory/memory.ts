/**
 * Keeps the results of rules from one run to the next while their inputs are unchanged. The fleet and the files
 * are inputs of a database that records what a rule reads while it runs, so that a rule need not list its
 * dependencies and cannot miss any. Knows no rules, and not what a fleet consists of.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import { reportingOffsets } from '../../nix/live-places.ts';
import {
  createDatabase,
  type Database,
  input,
  isKnown,
  set,
  sweep,
  type TraceEvent,
} from '../../query/database.ts';
import type { Steps } from '../../query/steps.ts';
import type { CheckContext } from '../rule.ts';

/** Everything that is kept for one workspace. */
export interface Memory {
  database: Database;
  run: Run | null;
  /** Drops all results. */
  clear(): void;
}

export interface Run {
  readonly number: number;
  readonly memory: Memory;
  /** The context from the caller; reading from it records nothing. */
  readonly given: CheckContext;
  /** The context that rules receive; reading from it is recorded. */
  readonly watched: CheckContext;
}

/** The number of the last run before which a file or a folder listing changed. */
const FILE = input<string, number>('file', () => 0);

/**
 * Creates an empty memory.
 *
 * @param trace called with what is recomputed, and why
 */
export function createMemory(trace?: (event: TraceEvent) => void): Memory {
  // What depends on offsets depends on the file.
  const noteOffsets = ({ path }: { readonly path: string }) => noteFile(memory, path);
  const create = () =>
    createDatabase({
      context: memory,
      around: compute => reportingOffsets(noteOffsets, compute),
      ...(trace && { trace }),
    });
  const memory: Memory = {
    database: createDatabase(),
    run: null,
    clear() {
      memory.database = create();
    },
  };
  memory.clear();
  return memory;
}

/** The number of runs after which an unused result is dropped, such as one for a partly typed name. */
const KEPT_RUNS = 100;

const runs = new WeakMap<Fleet, Run>();

/** The context for rules and the inputs it consists of. */
export interface Watching {
  watch(run: Run): CheckContext;
  /** Re-reads all inputs that results of earlier runs depend on. */
  reread(database: Database): Steps<void>;
}

/**
 * Begins a run.
 *
 * @param changed the files changed since the previous run, relative to the workspace, or null if any file may
 * have changed
 */
export function* beginRun(
  memory: Memory,
  context: CheckContext,
  changed: readonly string[] | null,
  watching: Watching,
): Steps<Run> {
  // Stored values are in files of many kinds, in folders that may appear or disappear as a whole.
  if (changed === null || changed.some(path => !path.endsWith('.nix'))) memory.clear();
  const { database } = memory;
  let watched: CheckContext | null = null;
  const run: Run = {
    number: (memory.run?.number ?? 0) + 1,
    memory,
    given: context,
    get watched() {
      watched ??= watching.watch(run);
      return watched;
    },
  };
  memory.run = run;
  for (const path of changed ?? [])
    for (const changedPath of [path, folderOf(path)])
      if (isKnown(database, FILE, changedPath)) set(database, FILE, changedPath, run.number);
  yield* watching.reread(database);
  sweep(database, KEPT_RUNS);
  runs.set(context.fleet, run);
  runs.set(run.watched.fleet, run);
  return run;
}

/** Returns the run over a fleet, or null if there is none or a later state has been checked since. */
export function runOf(fleet: Fleet): Run | null {
  const run = runs.get(fleet);
  return run !== undefined && run.memory.run === run ? run : null;
}

/** Returns the current run of a memory's database. */
export function currentRun({ context }: Database): Run {
  return (context as Memory).run as Run;
}

/** Records that the current computation has read the file or folder. */
export function noteFile({ database }: Memory, path: string): void {
  FILE(database, path);
}
