/** Cells: an input or an answer each, linked to its dependencies and its dependents. */
import type { Link, ReactiveFlags, ReactiveNode } from 'alien-signals/system';

// alien-signals declares these as a `const enum`, which does not exist for a compiler that reads one file at a time.
const MUTABLE = 1 as ReactiveFlags;
/** Has the owner told when the cell is marked. */
const WATCHING = 2 as ReactiveFlags;
export const COMPUTING = 4 as ReactiveFlags;
export const DIRTY = 16 as ReactiveFlags;
export const PENDING = 32 as ReactiveFlags;

/** The value of a cell before it is computed, and after a failure. */
export const NO_VALUE: unique symbol = Symbol('no value');

/** The common properties of all cells in a table. */
export interface CellKind {
  readonly name: string;
  readonly equals: (left: unknown, right: unknown) => boolean;
  /** Returns the initial value of a query that reads itself. Absent if that is an error. */
  readonly initial?: (key: unknown) => unknown;
  /** True if answers stay although nothing depends on them, and are listed when they are marked. */
  readonly isKept: boolean;
  /** The flags of a cell that is up to date. See `cleanFlags`. */
  readonly clean: ReactiveFlags;
}

/** Returns the flags of a cell that is up to date. */
export function cleanFlags(isKept: boolean): ReactiveFlags {
  return isKept ? ((MUTABLE | WATCHING) as ReactiveFlags) : MUTABLE;
}

export interface Cell extends ReactiveNode {
  readonly kind: CellKind;
  readonly key: unknown;
  value: unknown;
  /** The error from computing the cell, thrown to every reader while it is valid. */
  failure: { readonly error: unknown } | null;
  /** True while its dependencies are compared. */
  isVerifying: boolean;
  /** True if the cell was read while it was being computed. */
  isHead: boolean;
  /** True if the value was set from outside, and so cannot be computed again. */
  isGiven: boolean;
  /** The revision in which the value was last computed. */
  computedAt: number;
  /** The revision in which the value last changed. */
  changedAt: number;
  /** The number of sweeps before the value was last read. */
  usedAt: number;
}

/** The result of verifying a cell. */
export type Outcome = 'changed' | 'unchanged' | 'valid';

/** Returns a cell that has not been computed. */
export function createCell(kind: CellKind, key: unknown): Cell {
  // The library declares optional fields; they are set to undefined, so that all cells have the same shape.
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
    flags: kind.clean | DIRTY,
  } as unknown as Cell;
}

/** Discards the recorded reads of a cell, so that its next read is the first. */
export function forgetTail(cell: { depsTail?: Link | undefined }): void {
  cell.depsTail = undefined;
}

/** Returns whether a cell has any of these flags. */
export function has(cell: Cell, flags: number): boolean {
  return (cell.flags & flags) !== 0;
}

/** Returns whether a cell has to be verified before its value is used. */
export function mayBeOutdated(cell: Cell): boolean {
  return (cell.flags & (DIRTY | PENDING)) !== 0;
}

/** Returns the most recently changed dependency that the cell has not seen, or `null` if there is none. */
export function changedDependency(cell: Cell): Cell | null {
  let latest: Cell | null = null;
  for (let dep = cell.deps; dep !== undefined; dep = dep.nextDep) {
    const source = dep.dep as Cell;
    if (source.changedAt > (latest?.changedAt ?? cell.computedAt)) latest = source;
  }
  return latest;
}

/** Returns a cell's name for messages and traces: its table, and its key if that is a text or has an id. */
export function nameOf({ kind, key }: Cell): string {
  const text = typeof key === 'object' && key !== null && 'id' in key ? key.id : key;
  return typeof text === 'string' ? `${kind.name}(${text})` : kind.name;
}
