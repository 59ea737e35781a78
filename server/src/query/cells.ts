/**
 * Reading and changing cells. Knows no names and no tables; see database.ts. Links between cells and the marking of what
 * depends on a change are alien-signals'; whether an answer is still valid is decided in verify.ts.
 */
import { createReactiveSystem, type ReactiveFlags } from 'alien-signals/system';
import { type Cell, COMPUTING, DIRTY, forgetTail, has, MUTABLE, NO_VALUE, nameOf } from './cell.ts';
import { type CellOwner, type Cells, CycleError, dropRest, verify } from './verify.ts';

/** Returns the state of a database without cells. */
export function createCells(owner: CellOwner): Cells {
  const links = createReactiveSystem({
    update: () => false,
    notify: () => {},
    unwatched: node => owner.unused(node as Cell),
  });
  return { owner, links, stack: [], revision: 1, version: 0 };
}

/**
 * Brings a cell up to date, records that whatever is being computed has read it, and returns its value.
 * @throws what computing it threw; CycleError if it is being computed
 */
export function read(cells: Cells, cell: Cell): unknown {
  const { stack, links, owner } = cells;
  cell.usedAt = cells.revision;
  const reader = stack.at(-1) ?? null;
  if (has(cell, COMPUTING)) {
    // The reader depends on the cell all the same: without the circle it is another one.
    if (reader !== null && reader !== cell) links.link(cell, reader, cells.version);
    if (cell.kind.initial === undefined) throw new CycleError(circleOf(stack, cell));
    cell.isHead = true;
    return cell.value;
  }
  verify(cells, cell);
  if (reader !== null) links.link(cell, reader, cells.version);
  else if (cell.subs === undefined) owner.unused(cell);
  if (cell.failure !== null) throw cell.failure.error;
  return cell.value;
}

/** Gives an input its value. What depends on it is verified when it is next asked for. */
export function setValue(cells: Cells, cell: Cell, value: unknown): void {
  if (cell.value !== NO_VALUE && cell.kind.equals(cell.value, value)) return;
  beginChange(cells, cell);
  cell.isGiven = true;
  cell.value = value;
  cell.failure = null;
  cell.changedAt = cells.revision;
  cell.flags = MUTABLE;
  if (cell.subs === undefined) return;
  cells.links.propagate(cell.subs, false);
  cells.links.shallowPropagate(cell.subs);
}

/** Records that an input may have another value; it is computed when something that depends on it is asked for. */
export function outdate(cells: Cells, cell: Cell): void {
  beginChange(cells, cell);
  cell.isGiven = false;
  cell.flags = (MUTABLE | DIRTY) as ReactiveFlags;
  if (cell.subs !== undefined) cells.links.propagate(cell.subs, false);
}

/** Drops the links of a cell on which nothing depends. */
export function dispose(cells: Cells, cell: Cell): void {
  forgetTail(cell);
  dropRest(cells, cell);
}

/** Computes something without recording what it reads. */
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
  const circle = stack.slice(stack.indexOf(cell)).flatMap(each => (each === null ? [] : [nameOf(each)]));
  return `A query needs its own answer: ${[...circle, nameOf(cell)].join(' → ')}`;
}
