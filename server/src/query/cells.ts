/**
 * Reads and changes cells. Knows no names and no tables; see database.ts. alien-signals links cells and marks the
 * dependents of a change; verify.ts decides whether an answer is still valid.
 */
import { createReactiveSystem, type ReactiveFlags } from 'alien-signals/system';
import { type Cell, COMPUTING, DIRTY, forgetTail, has, mayBeOutdated, NO_VALUE, nameOf } from './cell.ts';
import { type CellOwner, type Cells, CycleError, dropRest, verify } from './verify.ts';

/** Returns the state of a database without cells. */
export function createCells(owner: CellOwner): Cells {
  const links = createReactiveSystem({
    update: () => false,
    notify: node => owner.marked(node as Cell),
    unwatched: node => owner.unused(node as Cell),
  });
  return { owner, links, stack: [], revision: 1, version: 0, sweeps: 0 };
}

/**
 * Brings a cell up to date, records the read in the current computation, and returns the value.
 * @throws the error from computing it; CycleError if it is already being computed
 */
export function read(cells: Cells, cell: Cell): unknown {
  const { stack, links, owner } = cells;
  cell.usedAt = cells.sweeps;
  const reader = stack.at(-1) ?? null;
  if (has(cell, COMPUTING)) {
    // The reader still depends on the cell, as it would have another value without the cycle.
    if (reader !== null && reader !== cell) links.link(cell, reader, cells.version);
    if (cell.kind.initial === undefined) throw new CycleError(circleOf(stack, cell));
    cell.isHead = true;
    return cell.value;
  }
  if (mayBeOutdated(cell)) verify(cells, cell);
  if (reader !== null) links.link(cell, reader, cells.version);
  else if (cell.subs === undefined) owner.unused(cell);
  if (cell.failure !== null) throw cell.failure.error;
  return cell.value;
}

/** Sets the value of an input. Its dependents are verified on their next use. */
export function setValue(cells: Cells, cell: Cell, value: unknown): void {
  if (cell.value !== NO_VALUE && cell.kind.equals(cell.value, value)) return;
  beginChange(cells, cell);
  cell.isGiven = true;
  cell.value = value;
  cell.failure = null;
  cell.changedAt = cells.revision;
  cell.flags = cell.kind.clean;
  if (cell.subs === undefined) return;
  cells.links.propagate(cell.subs, false);
  cells.links.shallowPropagate(cell.subs);
}

/** Records that an input may have changed. It is read again when a dependent is used. */
export function outdate(cells: Cells, cell: Cell): void {
  beginChange(cells, cell);
  cell.isGiven = false;
  cell.flags = (cell.kind.clean | DIRTY) as ReactiveFlags;
  if (cell.kind.isKept) cells.owner.marked(cell);
  if (cell.subs !== undefined) cells.links.propagate(cell.subs, false);
}

/** Removes the links of a cell without dependents. */
export function dispose(cells: Cells, cell: Cell): void {
  forgetTail(cell);
  dropRest(cells, cell);
}

/** Runs a computation without recording its reads. */
export function withoutRecording<T>({ stack }: Cells, compute: () => T): T {
  const depth = stack.push(null);
  try {
    return compute();
  } finally {
    stack.length = depth - 1;
  }
}

function beginChange(cells: Cells, cell: Cell): void {
  if (cells.stack.length > 0) throw new Error(`${nameOf(cell)} changes while an answer is computed.`);
  cells.revision++;
}

function circleOf(stack: readonly (Cell | null)[], cell: Cell): string {
  const circle = stack.slice(stack.indexOf(cell)).flatMap(frame => (frame === null ? [] : [nameOf(frame)]));
  return `A query needs its own answer: ${[...circle, nameOf(cell)].join(' → ')}`;
}
