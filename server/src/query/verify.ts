/**
 * Brings cells up to date: what a cell has read is verified first, and the cell is computed again only if something of that
 * has changed. Decides about failures, circles and cancellation.
 */
import type { createReactiveSystem, ReactiveFlags } from 'alien-signals/system';
import {
  type Cell,
  COMPUTING,
  changedDependency,
  DIRTY,
  forgetTail,
  has,
  MUTABLE,
  NO_VALUE,
  nameOf,
  type Outcome,
  PENDING,
} from './cell.ts';

/** How often a query that reads itself is computed before its values count as never settling. */
const MAX_ROUNDS = 100;

/** What the owner of cells does for them. */
export interface CellOwner {
  /**
   * Returns the value of a cell, which may read others; of an input where none was set.
   * @param before the value from before; undefined if there is none
   */
  readonly compute: (cell: Cell, before: unknown) => unknown;
  /** Called when a cell was computed, or was found to be still valid by verifying what it had read; null: nobody asks. */
  readonly settled: ((cell: Cell, outcome: Outcome, because: Cell | null) => void) | null;
  /** Called when nothing depends on a cell any more, and when one on which nothing depends was read. */
  readonly unused: (cell: Cell) => void;
  /** Throws what asking is to end with; called before each computation. */
  readonly throwIfCancelled: () => void;
}

/** The state of one database's cells. */
export interface Cells {
  readonly owner: CellOwner;
  readonly links: ReturnType<typeof createReactiveSystem>;
  /** The cells that are being computed, outermost first; null where reads are not recorded. */
  readonly stack: (Cell | null)[];
  /** The number of the state that the inputs are in, counted from 1. */
  revision: number;
  /** Counts computations: tells the links of the one going on from those of the one before. */
  version: number;
}

/** Thrown where a query reads its own answer and does not say what it is at first. */
export class CycleError extends Error {
  override readonly name = 'CycleError';
}

interface Result {
  readonly value: unknown;
  readonly failure: Cell['failure'];
}

/** Brings a cell up to date. Throws only what `throwIfCancelled` throws. */
export function verify(cells: Cells, cell: Cell): void {
  if (!has(cell, DIRTY | PENDING)) return;
  if (!has(cell, DIRTY) && !cell.isVerifying && isStillValid(cells, cell)) return;
  recompute(cells, cell);
}

/** Returns whether all that the cell has read is the same. Verifies it in the order in which it was read. */
function isStillValid(cells: Cells, cell: Cell): boolean {
  cell.isVerifying = true;
  try {
    for (let dep = cell.deps; dep !== undefined; dep = dep.nextDep) {
      const source = dep.dep as Cell;
      // Whether that one really needs this cell shows only when this one is computed.
      if (has(source, COMPUTING)) return false;
      verify(cells, source);
      // Something on the way may have read this cell, and computed it.
      if (!has(cell, PENDING)) return true;
      if (has(cell, DIRTY)) return false;
    }
  } finally {
    cell.isVerifying = false;
  }
  cell.flags = MUTABLE;
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

/** Computes the value of a cell, and records what it reads. */
function record(cells: Cells, cell: Cell, before: unknown): Result {
  forgetTail(cell);
  cell.flags = (MUTABLE | COMPUTING) as ReactiveFlags;
  cells.version++;
  const depth = cells.stack.push(cell);
  let isDone = false;
  try {
    const result = attempt(cells, cell, before);
    isDone = true;
    return result;
  } finally {
    cells.stack.length = depth - 1;
    cell.flags = isDone ? MUTABLE : ((MUTABLE | DIRTY) as ReactiveFlags);
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

/** Computes a cell that may read itself until it reads what it results in. */
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

/** Marks what has read a value of a cell that was not the last one. */
function outdateReaders(cells: Cells, cell: Cell): void {
  for (let sub = cell.subs; sub !== undefined; sub = sub.nextSub) {
    const reader = sub.sub;
    reader.flags = (reader.flags | DIRTY) as ReactiveFlags;
    if (reader.subs !== undefined) cells.links.propagate(reader.subs, false);
  }
}

/** Unlinks what was read the last time and not this time. */
export function dropRest(cells: Cells, cell: Cell): void {
  let dep = cell.depsTail === undefined ? cell.deps : cell.depsTail.nextDep;
  while (dep !== undefined) dep = cells.links.unlink(dep, cell);
}
