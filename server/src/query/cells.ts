/**
 * Cells and how they are kept current: one cell holds one input or one answer. Knows no names and no tables; see
 * database.ts. Links between cells and the marking of what depends on a change are alien-signals'; when an answer is
 * still valid, cycles, failures and cancellation are decided here.
 */
import { createReactiveSystem, type Link, type ReactiveFlags, type ReactiveNode } from 'alien-signals/system';

// alien-signals declares these as a `const enum`, which does not exist for a compiler that reads one file at a time.
const MUTABLE = 1 as ReactiveFlags;
const COMPUTING = 4 as ReactiveFlags;
const DIRTY = 16 as ReactiveFlags;
const PENDING = 32 as ReactiveFlags;

/** What a cell holds before it was computed, and after that failed. */
const NO_VALUE: unique symbol = Symbol('no value');

/** How often a query that reads itself is computed before its values count as never settling. */
const MAX_ROUNDS = 100;

/** What all cells of one table have in common. */
export interface CellKind {
  readonly name: string;
  readonly equals: (left: unknown, right: unknown) => boolean;
  /** The value that a query which reads itself has at first; absent where that is an error. */
  readonly initial?: (key: unknown) => unknown;
}

export interface Cell extends ReactiveNode {
  readonly kind: CellKind;
  readonly key: unknown;
  value: unknown;
  /** What computing threw; thrown again to every reader while it is valid. */
  failure: { readonly error: unknown } | null;
  /** True while its dependencies are compared. */
  isVerifying: boolean;
  /** True if it was read while it was computed. */
  isHead: boolean;
  /** True if its value was set: nothing can compute it again. */
  isGiven: boolean;
  /** The revision in which its value was last computed. */
  computedAt: number;
  /** The revision in which its value was last another one. */
  changedAt: number;
  /** The revision in which it was last asked for. */
  usedAt: number;
}

/** What verifying a cell resulted in. */
export type Outcome = 'changed' | 'unchanged' | 'valid';

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

export interface Cells {
  /** Returns the number of the state that the inputs are in, counted from 1. */
  revision(): number;
  /** Brings a cell up to date, records that whatever is being computed has read it, and returns its value. */
  read(cell: Cell): unknown;
  /** Gives an input its value. What depends on it is verified when it is next asked for. */
  set(cell: Cell, value: unknown): void;
  /** Records that the value of an input may be another one; it is computed when something that depends on it is asked for. */
  touch(cell: Cell): void;
  /** Drops a cell on which nothing depends, and its links to others. */
  dispose(cell: Cell): void;
  /** Computes something without recording what it reads. */
  untracked<T>(compute: () => T): T;
}

/** Thrown where a query reads its own answer and does not say what it is at first. */
export class CycleError extends Error {
  override readonly name = 'CycleError';
}

export function createCell(kind: CellKind, key: unknown): Cell {
  // The library declares its fields as absent or given; they are given as undefined, so that all cells have one shape.
  return {
    kind,
    key,
    value: NO_VALUE,
    failure: null,
    isVerifying: false,
    isHead: false,
    isGiven: false,
    computedAt: 0,
    changedAt: 0,
    usedAt: 0,
    deps: undefined,
    depsTail: undefined,
    subs: undefined,
    subsTail: undefined,
    flags: MUTABLE | DIRTY,
  } as unknown as Cell;
}

interface Result {
  readonly value: unknown;
  readonly failure: Cell['failure'];
}

/** Returns the operations on the cells of one database. */
export function createCells({ compute, settled, unused, throwIfCancelled }: CellOwner): Cells {
  const { link, unlink, propagate, shallowPropagate } = createReactiveSystem({
    update: () => false,
    notify: () => {},
    unwatched: node => unused(node as Cell),
  });
  /** The cells that are being computed, outermost first; null where reads are not recorded. */
  const stack: (Cell | null)[] = [];
  let revision = 1;
  /** Counts computations: tells the links of the one going on from those of the one before. */
  let version = 0;

  /** Brings a cell up to date. Throws only what `throwIfCancelled` throws. */
  function verify(cell: Cell): void {
    if (!has(cell, DIRTY | PENDING)) return;
    if (!has(cell, DIRTY) && !cell.isVerifying && isStillValid(cell)) return;
    recompute(cell);
  }

  /** Returns whether all that the cell has read is the same. Verifies it in the order in which it was read. */
  function isStillValid(cell: Cell): boolean {
    cell.isVerifying = true;
    try {
      for (let dep = cell.deps; dep !== undefined; dep = dep.nextDep) {
        const source = dep.dep as Cell;
        // Whether that one really needs this cell shows only when this one is computed.
        if (has(source, COMPUTING)) return false;
        verify(source);
        // Something on the way may have read this cell, and computed it.
        if (!has(cell, PENDING)) return true;
        if (has(cell, DIRTY)) return false;
      }
    } finally {
      cell.isVerifying = false;
    }
    cell.flags = MUTABLE;
    settled?.(cell, 'valid', null);
    return true;
  }

  function recompute(cell: Cell): void {
    throwIfCancelled();
    const { kind, value: before, failure: failedBefore } = cell;
    const because = settled === null ? null : changedDependency(cell);
    const { value, failure } = kind.initial === undefined ? record(cell, before) : settle(cell, kind.initial);
    const isSame =
      failure === null && failedBefore === null && before !== NO_VALUE && kind.equals(before, value);
    cell.failure = failure;
    cell.value = isSame ? before : value;
    cell.computedAt = revision;
    if (!isSame) cell.changedAt = revision;
    settled?.(cell, isSame ? 'unchanged' : 'changed', because);
    if (!isSame && cell.subs !== undefined) shallowPropagate(cell.subs);
  }

  /** Computes the value of a cell, and records what it reads. */
  function record(cell: Cell, before: unknown): Result {
    forgetTail(cell);
    cell.flags = (MUTABLE | COMPUTING) as ReactiveFlags;
    version++;
    const depth = stack.push(cell);
    let isDone = false;
    try {
      const result = attempt(cell, before);
      isDone = true;
      return result;
    } finally {
      stack.length = depth - 1;
      cell.flags = isDone ? MUTABLE : ((MUTABLE | DIRTY) as ReactiveFlags);
      dropRest(cell);
    }
  }

  function attempt(cell: Cell, before: unknown): Result {
    try {
      return { value: compute(cell, before === NO_VALUE ? undefined : before), failure: null };
    } catch (error) {
      throwIfCancelled();
      return { value: NO_VALUE, failure: { error } };
    }
  }

  /** Computes a cell that may read itself until it reads what it results in. */
  function settle(cell: Cell, initial: (key: unknown) => unknown): Result {
    cell.value = initial(cell.key);
    cell.failure = null;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      cell.isHead = false;
      const result = record(cell, cell.value);
      if (!cell.isHead || result.failure !== null || cell.kind.equals(cell.value, result.value))
        return result;
      cell.value = result.value;
      outdateReaders(cell);
    }
    return { value: NO_VALUE, failure: { error: new CycleError(`${nameOf(cell)} does not settle.`) } };
  }

  /** Marks what has read a value of a cell that was not the last one. */
  function outdateReaders(cell: Cell): void {
    for (let sub = cell.subs; sub !== undefined; sub = sub.nextSub) {
      const reader = sub.sub;
      reader.flags = (reader.flags | DIRTY) as ReactiveFlags;
      if (reader.subs !== undefined) propagate(reader.subs, false);
    }
  }

  /** Unlinks what was read the last time and not this time. */
  function dropRest(cell: Cell): void {
    let dep = cell.depsTail === undefined ? cell.deps : cell.depsTail.nextDep;
    while (dep !== undefined) dep = unlink(dep, cell);
  }

  function read(cell: Cell): unknown {
    cell.usedAt = revision;
    const reader = stack.at(-1) ?? null;
    if (has(cell, COMPUTING)) {
      // The reader depends on the cell all the same: without the circle it is another one.
      if (reader !== null && reader !== cell) link(cell, reader, version);
      if (cell.kind.initial === undefined) throw new CycleError(circleOf(stack, cell));
      cell.isHead = true;
      return cell.value;
    }
    verify(cell);
    if (reader !== null) link(cell, reader, version);
    else if (cell.subs === undefined) unused(cell);
    if (cell.failure !== null) throw cell.failure.error;
    return cell.value;
  }

  function beginChange(cell: Cell): void {
    if (stack.length > 0) throw new Error(`${nameOf(cell)} changes while an answer is computed.`);
    revision++;
  }

  return {
    revision: () => revision,
    read,
    set(cell, value) {
      if (cell.value !== NO_VALUE && cell.kind.equals(cell.value, value)) return;
      beginChange(cell);
      cell.isGiven = true;
      cell.value = value;
      cell.failure = null;
      cell.changedAt = revision;
      cell.flags = MUTABLE;
      if (cell.subs === undefined) return;
      propagate(cell.subs, false);
      shallowPropagate(cell.subs);
    },
    touch(cell) {
      beginChange(cell);
      cell.isGiven = false;
      cell.flags = (MUTABLE | DIRTY) as ReactiveFlags;
      if (cell.subs !== undefined) propagate(cell.subs, false);
    },
    dispose(cell) {
      forgetTail(cell);
      dropRest(cell);
    },
    untracked(work) {
      const depth = stack.push(null);
      try {
        return work();
      } finally {
        stack.length = depth - 1;
      }
    },
  };
}

/** Makes what a cell reads next the first thing that it reads. */
function forgetTail(cell: { depsTail?: Link | undefined }): void {
  cell.depsTail = undefined;
}

function has(cell: Cell, flags: number): boolean {
  return (cell.flags & flags) !== 0;
}

/** Returns what a cell was computed from that has changed since, the latest change first; null if there is none. */
function changedDependency(cell: Cell): Cell | null {
  let latest: Cell | null = null;
  for (let dep = cell.deps; dep !== undefined; dep = dep.nextDep) {
    const source = dep.dep as Cell;
    if (source.changedAt > (latest?.changedAt ?? cell.computedAt)) latest = source;
  }
  return latest;
}

/** Returns how messages and traces name a cell: its table, and its key where that is a text or has an id. */
export function nameOf({ kind, key }: Cell): string {
  const text = typeof key === 'object' && key !== null && 'id' in key ? key.id : key;
  return typeof text === 'string' ? `${kind.name}(${text})` : kind.name;
}

function circleOf(stack: readonly (Cell | null)[], cell: Cell): string {
  const circle = stack.slice(stack.indexOf(cell)).flatMap(each => (each === null ? [] : [nameOf(each)]));
  return `A query needs its own answer: ${[...circle, nameOf(cell)].join(' → ')}`;
}
