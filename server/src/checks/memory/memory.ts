/**
 * Keeps what the rules find from one run to the next, for as long as everything that it was made of is the same. While
 * an answer is computed, every read is recorded: parts of the fleet, files, other answers. After an edit an answer is
 * still valid if all of that is the same object as before; so a rule does not list what it depends on, and cannot
 * forget any of it. Knows no rule, and not what a fleet is made of.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Unit } from '../../fleet/model/uses.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import type { CheckContext } from '../rule.ts';

/** What answers are made of. */
export interface Input {
  /** Returns what it is in a run: the same object for as long as it is the same. Records nothing. */
  valueIn(run: Run): unknown;
}

/** What an answer was made of. */
export interface Reads {
  readonly values: Map<Input, unknown>;
  readonly files: Set<string>;
}

export interface Answer {
  readonly value: unknown;
  readonly reads: Reads;
  /** The number of the last run in which it was valid. */
  validIn: number;
}

/** All that is kept of one workspace. */
export interface Memory {
  readonly answers: Map<object, Answer>;
  /** Inputs as they were in the last run that asked for them. */
  readonly inputs: Map<Input, unknown>;
  /** What other modules keep, by the object that they keep it under. */
  readonly others: Map<object, unknown>;
  /** By file, and by folder for what it lists: the run before which it changed last. */
  readonly changes: Map<string, number>;
  run: Run | null;
}

export interface Run {
  readonly number: number;
  readonly memory: Memory;
  /** As the caller gave it: reading from it records nothing. */
  readonly given: CheckContext;
  /** As the rules are given it. */
  readonly watched: CheckContext;
  /** Inputs that have been asked for. */
  readonly inputs: Map<Input, unknown>;
  /** The units that are others now than in a state before; see per-unit.ts. */
  units: { readonly since: ReadonlyMap<string, Unit>; readonly changed: readonly string[] } | null;
}

export function createMemory(): Memory {
  return { answers: new Map(), inputs: new Map(), others: new Map(), changes: new Map(), run: null };
}

function clear({ answers, inputs, others, changes }: Memory): void {
  for (const map of [answers, inputs, others, changes]) map.clear();
}

const runs = new WeakMap<Fleet, Run>();

/**
 * Begins a run.
 * @param changed the files that have changed since the run before, relative to the workspace; null: anything may have
 * @param watch makes what the rules are given
 */
export function beginRun(
  memory: Memory,
  given: CheckContext,
  changed: readonly string[] | null,
  watch: (run: Run) => CheckContext,
): Run {
  // What is stored lies in files of many kinds, below folders that come and go as a whole.
  if (changed === null || changed.some(path => !path.endsWith('.nix'))) clear(memory);
  const number = (memory.run?.number ?? 0) + 1;
  for (const path of changed ?? [])
    for (const each of [path, folderOf(path)]) memory.changes.set(each, number);
  let watched: CheckContext | null = null;
  const run: Run = {
    number,
    memory,
    given,
    get watched() {
      watched ??= watch(run);
      return watched;
    },
    inputs: new Map(),
    units: null,
  };
  memory.run = run;
  runs.set(given.fleet, run);
  runs.set(run.watched.fleet, run);
  return run;
}

/** Returns the run over a fleet; null if there is none, or a later state has been checked since. */
export function runOf(fleet: Fleet): Run | null {
  const run = runs.get(fleet);
  return run !== undefined && run.memory.run === run ? run : null;
}

/** Of what is being computed, outermost first. */
const frames: Reads[] = [];

/** Computes a value and returns it with what was read. */
export function noting<T>(compute: () => T): { readonly value: T; readonly reads: Reads } {
  const reads: Reads = { values: new Map(), files: new Set() };
  const depth = frames.push(reads);
  try {
    return { value: compute(), reads };
  } finally {
    frames.length = depth - 1;
  }
}

/** Returns the value of an input, and records that it was read by what is being computed. */
export function ask(run: Run, input: Input): unknown {
  const value = input.valueIn(run);
  frames.at(-1)?.values.set(input, value);
  return value;
}

/** Records that the file, or the folder, was read by what is being computed. */
export function noteFile(path: string): void {
  frames.at(-1)?.files.add(path);
}

/**
 * Returns the answer to a question, computed again only if something that it was made of has changed.
 * @param compute is given the answer from before, if there was one
 */
export function answerTo<T>(run: Run, question: object, compute: (before: T | undefined) => T): T {
  const { answers } = run.memory;
  const before = answers.get(question);
  if (before !== undefined && isValid(run, before)) return before.value as T;
  const answer = { ...noting(() => compute(before?.value as T | undefined)), validIn: run.number };
  answers.set(question, answer);
  return answer.value;
}

/** Returns whether an answer is still valid in a run, and notes that it is. */
function isValid(run: Run, answer: Answer): boolean {
  if (answer.validIn === run.number) return true;
  for (const file of answer.reads.files) if (hasChanged(run, file, answer.validIn)) return false;
  for (const [input, value] of answer.reads.values) if (input.valueIn(run) !== value) return false;
  answer.validIn = run.number;
  return true;
}

/** Returns whether the file has changed since a run. */
export function hasChanged({ memory }: Run, file: string, since: number): boolean {
  return (memory.changes.get(file) ?? 0) > since;
}
