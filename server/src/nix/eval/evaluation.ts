/**
 * The state of an evaluation: its files, its budget, what is being forced, and its listeners. Created once per
 * snapshot of a workspace; the functions that evaluate take it as their first argument.
 */

import {
  addPart,
  newReads,
  type Reads,
  type Recorder,
  readAnswer,
  recordingReads,
} from '../../query/reads.ts';
import type { SourceFile } from '../source.ts';
import type { Expr } from '../syntax.ts';
import { BudgetExceeded } from './budget.ts';
import type { LiveFile } from './live-files.ts';
import type { Trace } from './selection.ts';
import type { PairMakers, SharedValues } from './sharing-tables.ts';
import type {
  AttrsValue,
  BuiltinContext,
  FailureValue,
  Lazy,
  NixFiles,
  Origin,
  Scope,
  Thunk,
  UnknownValue,
  Value,
} from './value.ts';

/** Called for each import: the file `from` imported the path `to`. */
export type NoteImport = (from: SourceFile, to: string) => void;

/** Returns the value of an unknown, as determined by the owner of the evaluation, or null if it remains unknown. */
type Resolver = (value: UnknownValue) => Value | null;

export interface Evaluation extends BuiltinContext {
  readonly files: NixFiles;
  /** Builtins and constants, which are the parent scope of every file. */
  readonly globals: ReadonlyMap<string, Lazy>;
  /** Called when `from` has imported `to`. */
  readonly noteImport: NoteImport;
  /** Records selections while a question is traced: see trace.ts. */
  trace: Trace | null;
  /** Called when evaluation needs the value of an unknown. Selections from it remain symbolic. */
  resolver: Resolver | null;
  /** Called for the result of each selection from an unknown, while more is known than the files alone say. */
  settle: Resolver | null;
  /** Evaluates to weak head normal form. An unknown remains symbolic; `resolve` determines its value. */
  force(lazy: Lazy): Value;
  /** Returns the value of an expression in a scope. */
  evaluate(expr: Expr, scope: Scope): Value;
  /** Returns the value of a file in the workspace, which is evaluated at most once. `path` is relative to the root. */
  importFile(path: string, at: Origin | null): Value;
  stepsLeft: number;
  depth: number;
  /** Thunks that are being forced, outermost first, from which cycles are read. */
  readonly running: Thunk[];
  /** Lengths of `running` at which Nix might not have continued: see `speculate` in evaluate.ts. */
  readonly boundaries: number[];
  /** Failures that were ignored so far, so that they hide nothing else. Nix would have stopped at one of them. */
  readonly tolerated: Set<FailureValue>;
  /** Imported values by path. */
  readonly imports: Map<string, Lazy>;
  /**
   * Drops what was computed from a file, so that it is read again. The caller has to name the files that import it.
   * @param isEdited true if only the file's own text has changed, so that values of unchanged attributes may be reused
   */
  forgetFile(path: string, isEdited: boolean): void;
  /**
   * Changes the values of an edited file in place, so that only what read something that has changed has to be dropped.
   * @returns false if that is not possible
   */
  renewFile(path: string): boolean;
  /**
   * Sets that are the same for all their readers: those from which many values are made, those that are read besides,
   * and those whose selections are watched. See sharing.ts.
   */
  readonly common: WeakMap<AttrsValue, 'made-of' | 'beside' | 'watched'>;
  /** The values made from those sets, by the file of the expression. */
  readonly shared: Map<string, SharedValues>;
  /** Pairs that functions make from names, by the file of the function; see shared-pairs.ts. */
  readonly pairs: Map<string, PairMakers>;
  /**
   * Results of applying whole files to identical arguments, by file and by the key of the arguments; see
   * functions.ts.
   */
  readonly applications: Map<string, Map<string, Application>>;
  /**
   * By file, the scope in which a walk visited the function that is the whole file. Values from the walk are reused
   * when the file is read as a module with the same arguments.
   */
  readonly modules: Map<string, Scope>;
  /** Records what answers read of the values of edited files. */
  readonly recorder: Recorder;
  /** Edited files, whose values change in place; see renewal.ts. */
  readonly live: Map<string, LiveFile>;
  /** What was read to answer questions about a file. */
  readonly answered: Map<string, Reads>;
  /** By file, what is read later of parts of its answers that can be renewed by themselves. */
  readonly promised: Map<string, Reads>;
  /** Those of the file whose parts can be renewed; null if the answer that is being computed is renewed as a whole. */
  owner: Reads | null;
}

/** Answers a question about a file, and notes what was read for it. */
export function answering<T>(cx: Evaluation, path: string, question: () => T): T {
  const { recorder, answered } = cx;
  if (!recorder.isOn) return question();
  let reads = answered.get(path);
  if (reads === undefined) {
    reads = { ...newReads(), grows: true };
    answered.set(path, reads);
  }
  if (recorder.current !== null) readAnswer(recorder, reads);
  return ownedBy(cx, null, () => recordingReads(recorder, reads, question));
}

/** Answers a question about a file such that parts of the answer can be renewed by themselves: see `promising`. */
export function answeringInParts<T>(cx: Evaluation, path: string, question: () => T): T {
  return answering(cx, path, () => promising(cx, path, question));
}

/** Computes parts of an answer about a file. What is read for them later does not make the whole answer stale. */
export function promising<T>(cx: Evaluation, path: string, compute: () => T): T {
  if (!cx.recorder.isOn) return compute();
  const promised = cx.promised.get(path) ?? { ...newReads(), grows: true };
  cx.promised.set(path, promised);
  return ownedBy(cx, promised, compute);
}

function ownedBy<T>(cx: Evaluation, owner: Reads | null, compute: () => T): T {
  const before = cx.owner;
  cx.owner = owner;
  try {
    return compute();
  } finally {
    cx.owner = before;
  }
}

/** Records what is read later of a part that can be renewed by itself, if whoever asks for it now does so. */
export function readPromise({ recorder, owner }: Evaluation, later: Reads | null): void {
  if (owner === null) readAnswer(recorder, later);
  else if (later !== null) addPart(owner, later);
}

/** The result of applying a whole file, and how to apply it again if the file is edited. */
export interface Application {
  readonly result: Thunk;
  readonly apply: (() => Value) | null;
}

/** Drops what answers about a file have left behind: what they read, and the values of a walk. */
export function forgetAnswered(cx: Evaluation, path: string): void {
  cx.answered.delete(path);
  cx.promised.delete(path);
  forgetWalked(cx, path);
}

/** Drops the values that a walk has kept for a file, once it was read as a module or certainly will not be. */
export function forgetWalked({ modules }: Evaluation, path: string): void {
  const scope = modules.get(path);
  if (scope === undefined) return;
  modules.delete(path);
  clearMade(scope);
}

/** Cleared because values keep their scopes alive. */
function clearMade({ made }: Scope): void {
  if (made === null) return;
  for (const inner of made.lets.values()) clearMade(inner);
  made.lets.clear();
  made.sets.clear();
}

/**
 * Asks a question with a budget of its own.
 * @returns the answer, or `BudgetExceeded` as a value, which the caller counts as "not analysable"
 */
export function withBudget<T>(cx: Evaluation, steps: number, question: () => T): T | BudgetExceeded {
  const before = cx.stepsLeft;
  const depth = cx.depth;
  const running = cx.running.length;
  cx.stepsLeft = steps;
  try {
    return question();
  } catch (error) {
    cx.running.length = running;
    if (error instanceof BudgetExceeded) return error;
    // V8's own stack limit was reached first. Other errors must not be swallowed.
    if (error instanceof RangeError && /call stack/i.test(error.message)) return new BudgetExceeded('depth');
    throw error;
  } finally {
    cx.stepsLeft = before;
    cx.depth = depth;
  }
}
