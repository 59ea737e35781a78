/**
 * Brings cells up to date: verifies the dependencies of a cell first, and computes the cell again only if one of them
 * has changed. Also handles failures, cycles and cancellation.
 */
import type { createReactiveSystem, ReactiveFlags } from 'alien-signals/system';
import {
  type Cell,
  COMPUTING,
  changedDependency,
  DIRTY,
  forgetTail,
  has,
  mayBeOutdated,
  NO_VALUE,
  nameOf,
  type Outcome,
  PENDING,
} from './cell.ts';

/** The number of rounds after which a query that reads itself counts as never settling. */
const MAX_ROUNDS = 100;

/** The callbacks of the owner of cells. */
export interface CellOwner {
  /**
   * Computes a cell, which may read others, or reads an input that was not set.
   * @param before the previous value; undefined if there is none
   */
  readonly compute: (cell: Cell, before: unknown) => unknown;
  /** Called when a cell was computed or found to be still valid; `null` without a listener. */
  readonly settled: ((cell: Cell, outcome: Outcome, because: Cell | null) => void) | null;
  /** Called when a cell loses its last dependent, and when a cell without dependents is read. */
  readonly unused: (cell: Cell) => void;
  /** Called when a kept cell may be out of date. */
  readonly marked: (cell: Cell) => void;
  /** Throws to end the current question. Called before each computation. */
  readonly throwIfCancelled: () => void;
}

/** The state of a database's cells. */
export interface Cells {
  readonly owner: CellOwner;
  readonly links: ReturnType<typeof createReactiveSystem>;
  /** The cells that are being computed, outermost first, with `null` where reads are not recorded. */
  readonly stack: (Cell | null)[];
  /** The current state of the inputs, counted from 1. */
  revision: number;
  /** Counts computations, to tell the links of the current one from those of the previous one. */
  version: number;
  /** The number of sweeps, by which it is known how long an answer was not used. */
  sweeps: number;
}

/** Thrown if a query reads its own answer and has no initial value. */
export class CycleError extends Error {
  override readonly name = 'CycleError';
}

interface Result {
  readonly value: unknown;
  readonly failure: Cell['failure'];
}

/** Brings a cell up to date that may be outdated. Throws only what `throwIfCancelled` throws. */
export function verify(cells: Cells, cell: Cell): void {
  if (!has(cell, DIRTY) && !cell.isVerifying && isStillValid(cells, cell)) return;
  recompute(cells, cell);
}

/** Returns whether all dependencies of a cell are unchanged. Verifies them in the order in which they were read. */
function isStillValid(cells: Cells, cell: Cell): boolean {
  cell.isVerifying = true;
  try {
    for (let dep = cell.deps; dep !== undefined; dep = dep.nextDep) {
      const source = dep.dep as Cell;
      // Whether that cell really depends on this one is only known when this one is computed.
      if (has(source, COMPUTING)) return false;
      if (!mayBeOutdated(source)) continue;
      verify(cells, source);
      // Verifying a dependency may have read and computed this cell.
      if (!has(cell, PENDING)) return true;
      if (has(cell, DIRTY)) return false;
    }
  } finally {
    cell.isVerifying = false;
  }
  cell.flags = cell.kind.clean;
  cells.owner.settled?.(cell, 'valid', null);
  return true;
}

function recompute(cells: Cells, cell: Cell): void {
  cells.owner.throwIfCancelled();
  const { kind, value: before, failure: failedBefore } = cell;
  const because = cells.owner.settled === null ? null : changedDependency(cell);
  const { value, failure } =
    kind.initial === undefined ? record(cells, cell, before) : settle(cells, cell, kind.initial);
  const isSame =
    failure === null && failedBefore === null && before !== NO_VALUE && kind.equals(before, value);
  cell.failure = failure;
  cell.value = isSame ? before : value;
  cell.computedAt = cells.revision;
  if (!isSame) cell.changedAt = cells.revision;
  cells.owner.settled?.(cell, isSame ? 'unchanged' : 'changed', because);
  if (!isSame && cell.subs !== undefined) cells.links.shallowPropagate(cell.subs);
}

/** Computes the value of a cell and records its reads. */
function record(cells: Cells, cell: Cell, before: unknown): Result {
  forgetTail(cell);
  cell.flags = (cell.kind.clean | COMPUTING) as ReactiveFlags;
  cells.version++;
  const depth = cells.stack.push(cell);
  let isDone = false;
  try {
    const result = attempt(cells, cell, before);
    isDone = true;
    return result;
  } finally {
    cells.stack.length = depth - 1;
    const flags = cell.kind.clean;
    cell.flags = isDone ? flags : ((flags | DIRTY) as ReactiveFlags);
    dropRest(cells, cell);
  }
}

function attempt(cells: Cells, cell: Cell, before: unknown): Result {
  try {
    return { value: cells.owner.compute(cell, before === NO_VALUE ? undefined : before), failure: null };
  } catch (error) {
    cells.owner.throwIfCancelled();
    return { value: NO_VALUE, failure: { error } };
  }
}

/** Computes a cell that may read itself until the value that it reads is the value that it returns. */
function settle(cells: Cells, cell: Cell, initial: (key: unknown) => unknown): Result {
  cell.value = initial(cell.key);
  cell.failure = null;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    cell.isHead = false;
    const result = record(cells, cell, cell.value);
    if (!cell.isHead || result.failure !== null || cell.kind.equals(cell.value, result.value)) return result;
    cell.value = result.value;
    outdateReaders(cells, cell);
  }
  return { value: NO_VALUE, failure: { error: new CycleError(`${nameOf(cell)} does not settle.`) } };
}

/** Marks the readers of a cell whose value was not final. */
function outdateReaders(cells: Cells, cell: Cell): void {
  for (let sub = cell.subs; sub !== undefined; sub = sub.nextSub) {
    const reader = sub.sub;
    reader.flags = (reader.flags | DIRTY) as ReactiveFlags;
    if ((reader as Cell).kind.isKept) cells.owner.marked(reader as Cell);
    if (reader.subs !== undefined) cells.links.propagate(reader.subs, false);
  }
}

/** Removes the links of the last computation that the current one did not use. */
export function dropRest(cells: Cells, cell: Cell): void {
  let dep = cell.depsTail === undefined ? cell.deps : cell.depsTail.nextDep;
  while (dep !== undefined) dep = cells.links.unlink(dep, cell);
}
