/**
 * Keeps what the rules find from one run to the next, for as long as everything that it was made of is the same. The fleet
 * and the files are inputs of a database: what a rule reads of them is recorded while it runs, so a rule does not list what
 * it depends on, and cannot forget any of it. Knows no rule, and not what a fleet is made of.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import {
  createDatabase,
  type Database,
  input,
  isKnown,
  set,
  sweep,
  type TraceEvent,
} from '../../query/database.ts';
import type { CheckContext } from '../rule.ts';

/** All that is kept of one workspace. */
export interface Memory {
  database: Database;
  run: Run | null;
  /** Drops all answers. */
  clear(): void;
}

export interface Run {
  readonly number: number;
  readonly memory: Memory;
  /** As the caller gave it: reading from it records nothing. */
  readonly given: CheckContext;
  /** As the rules are given it. */
  readonly watched: CheckContext;
}

/** Counts the changes of a file, or of what a folder lists: the number of the last run before which it changed. */
const FILE = input<string, number>('file', () => 0);

/** @param trace is told what is computed again, and why */
export function createMemory(trace?: (event: TraceEvent) => void): Memory {
  const create = () => createDatabase({ context: memory, ...(trace && { trace }) });
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

/** How many changes ago an answer without readers was last asked for at most: names that were typed letter by letter go. */
const KEPT_RUNS = 1000;

const runs = new WeakMap<Fleet, Run>();

/** What rules are given, and the inputs that it is made of. */
export interface Watching {
  watch(run: Run): CheckContext;
  /** Reads again all inputs that the answers of earlier runs depend on. */
  reread(database: Database): void;
}

/**
 * Begins a run.
 * @param changed the files that have changed since the run before, relative to the workspace; null: anything may have
 */
export function beginRun(
  memory: Memory,
  given: CheckContext,
  changed: readonly string[] | null,
  watching: Watching,
): Run {
  // What is stored lies in files of many kinds, below folders that come and go as a whole.
  if (changed === null || changed.some(path => !path.endsWith('.nix'))) memory.clear();
  const { database } = memory;
  let watched: CheckContext | null = null;
  const run: Run = {
    number: (memory.run?.number ?? 0) + 1,
    memory,
    given,
    get watched() {
      watched ??= watching.watch(run);
      return watched;
    },
  };
  memory.run = run;
  for (const path of changed ?? [])
    for (const each of [path, folderOf(path)])
      if (isKnown(database, FILE, each)) set(database, FILE, each, run.number);
  watching.reread(database);
  sweep(database, KEPT_RUNS);
  runs.set(given.fleet, run);
  runs.set(run.watched.fleet, run);
  return run;
}

/** Returns the run over a fleet; null if there is none, or a later state has been checked since. */
export function runOf(fleet: Fleet): Run | null {
  const run = runs.get(fleet);
  return run !== undefined && run.memory.run === run ? run : null;
}

/** Returns the run that a database of a memory is in. */
export function currentRun({ context }: Database): Run {
  return (context as Memory).run as Run;
}

/** Records that the file, or the folder, was read by what is being computed. */
export function noteFile({ database }: Memory, path: string): void {
  FILE(database, path);
}
