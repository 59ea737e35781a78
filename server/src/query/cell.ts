/** A cell: one input or one answer, with links to what it was computed from and to what was computed from it. */
import type { Link, ReactiveFlags, ReactiveNode } from 'alien-signals/system';

// alien-signals declares these as a `const enum`, which does not exist for a compiler that reads one file at a time.
export const MUTABLE = 1 as ReactiveFlags;
export const COMPUTING = 4 as ReactiveFlags;
export const DIRTY = 16 as ReactiveFlags;
export const PENDING = 32 as ReactiveFlags;

/** What a cell holds before it was computed, and after that failed. */
export const NO_VALUE: unique symbol = Symbol('no value');

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

/** Returns a cell that was never computed. */
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

/** Makes what a cell reads next the first thing that it reads. */
export function forgetTail(cell: { depsTail?: Link | undefined }): void {
  cell.depsTail = undefined;
}

/** Returns whether a cell has any of these flags. */
export function has(cell: Cell, flags: number): boolean {
  return (cell.flags & flags) !== 0;
}

/** Returns what a cell was computed from that has changed since, the latest change first; null if there is none. */
export function changedDependency(cell: Cell): Cell | null {
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
