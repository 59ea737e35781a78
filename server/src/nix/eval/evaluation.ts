/**
 * The state of one evaluation: its files, its budget, what is being forced, and who listens. Created once for a
 * snapshot of a workspace; the functions that do the work take it as their first argument.
 */

import type { SourceFile } from '../source.ts';
import type { Expr } from '../syntax.ts';
import { BudgetExceeded } from './budget.ts';
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

/** Hears of imports: `to` is the path of the file that `from` imported. */
export type NoteImport = (from: SourceFile, to: string) => void;

/** What an unknown stands for after all, as whoever started the evaluation can tell; null where nobody can. */
type Resolver = (value: UnknownValue) => Value | null;

export interface Evaluation extends BuiltinContext {
  readonly files: NixFiles;
  /** Builtins and constants: the parent of every file's scope. */
  readonly globals: ReadonlyMap<string, Lazy>;
  /** Hears that `from` imported `to`. */
  readonly noteImport: NoteImport;
  /** Takes up selections while a question is traced: see trace.ts. */
  trace: Trace | null;
  /** Asked where evaluation cannot go on without the value: selections from it stay symbolic. */
  resolver: Resolver | null;
  /** Asked what each selection from an unknown comes to, while somebody knows more than the files say by themselves. */
  settle: Resolver | null;
  /** Weak head normal form. An unknown stays symbolic: `resolve` asks what it stands for. */
  force(lazy: Lazy): Value;
  /** The value of an expression in a scope. */
  evaluate(expr: Expr, scope: Scope): Value;
  /** The value of a file of the workspace, evaluated at most once. `path` is relative to the root. */
  importFile(path: string, at: Origin | null): Value;
  stepsLeft: number;
  depth: number;
  /** Thunks being forced, outermost first: what a cycle is read from. */
  readonly running: Thunk[];
  /** Lengths of `running` where Nix would perhaps not have gone on: see `speculate` in evaluate.ts. */
  readonly boundaries: number[];
  /** Failures passed over so far, so that they hide nothing else. Nix would have ended with one of them. */
  readonly tolerated: Set<FailureValue>;
  /** Values of files by path, as `import` gives them. */
  readonly imports: Map<string, Lazy>;
  /** Drops what was computed from a file, so that it is read anew. Files that import it are the caller's to name. */
  forgetFile(path: string): void;
  /**
   * Sets that all who read them have in common: those that much is made of, others that are read beside them, and those
   * from which selections are watched. See sharing.ts.
   */
  readonly common: WeakMap<AttrsValue, 'made-of' | 'beside' | 'watched'>;
  /** What is made of those, by the file that says how. */
  readonly shared: Map<string, SharedValues>;
  /** Pairs that functions make of names, by the file of the function; see shared-pairs.ts. */
  readonly pairs: Map<string, PairMakers>;
  /** Results of applying whole files to identical arguments, by file and by what identifies those; see functions.ts. */
  readonly applications: Map<string, Map<string, Value>>;
  /**
   * By file: the scope in which a walk looked into the function that the file consists of. What was evaluated there
   * need not be again when the file is read as a module, which is given the same.
   */
  readonly modules: Map<string, Scope>;
}

/** Lets go of what a walk has seen of a file: nobody will read it as a module, or somebody has. */
export function forgetWalked({ modules }: Evaluation, path: string): void {
  const scope = modules.get(path);
  if (scope === undefined) return;
  modules.delete(path);
  clearMade(scope);
}

/** Values hold on to their scopes for long. */
function clearMade({ made }: Scope): void {
  if (made === null) return;
  for (const inner of made.lets.values()) clearMade(inner);
  made.lets.clear();
  made.sets.clear();
}

/**
 * Asks one question with a budget of its own.
 * @returns the answer, or `BudgetExceeded` as a value: the caller counts it as "not analysable".
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
    // V8's own stack limit: the same thing, met earlier. Nothing else may be swallowed here.
    if (error instanceof RangeError && /call stack/i.test(error.message)) return new BudgetExceeded('depth');
    throw error;
  } finally {
    cx.stepsLeft = before;
    cx.depth = depth;
  }
}
