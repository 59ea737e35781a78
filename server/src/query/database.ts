/**
 * Answers that are computed from inputs, each kept for as long as what it was computed from is the same. Which inputs and
 * queries there are is declared with `input` and `query`; a database holds their values for one workspace. A query declares
 * nothing about what it depends on: every read is recorded.
 */
import { type Cell, type CellKind, createCell, nameOf, type Outcome } from './cell.ts';
import { createCells, dispose, outdate, read, setValue, withoutRecording } from './cells.ts';
import type { Cells } from './verify.ts';

/** One step of bringing an answer up to date. */
export interface TraceEvent {
  /** The query or input and its key: `unit(modules/a.nix)`. */
  readonly name: string;
  readonly outcome: Outcome;
  /** What changed that it had read; null where it was computed for the first time, or is an input. */
  readonly because: string | null;
}

export interface DatabaseOptions {
  readonly context?: unknown;
  /** Is told each step. Without it no time is spent on that. */
  readonly trace?: (event: TraceEvent) => void;
  /** Throws if nobody waits for an answer any more; called before each computation. */
  readonly throwIfCancelled?: () => void;
}

interface Kind extends CellKind {
  compute(database: Database, key: unknown, before: unknown): unknown;
}

/** The values of one workspace. Opaque: read with the functions that `input` and `query` return. */
export interface Database {
  /** What inputs are read from: the owner's business. */
  readonly context: unknown;
  readonly cells: Cells;
  readonly tables: Map<CellKind, Map<unknown, Cell>>;
  /** Cells on which nothing depends, or nothing did for a time. */
  readonly unused: Set<Cell>;
}

export interface Query<K, V> {
  (database: Database, key: K): V;
  readonly kind: CellKind;
}

/** A query of which the values come from outside. */
export interface Input<K, V> extends Query<K, V> {
  readonly isInput: true;
}

export interface QueryOptions<K, V> {
  /** Tells whether an answer is the one from before: what depends on that is then still valid. The same object by default. */
  readonly equals?: (left: V, right: V) => boolean;
  /** Returns what a query that reads itself answers at first; it is computed until the answer stays. */
  readonly initial?: (key: K) => V;
}

export function createDatabase({
  context,
  trace,
  throwIfCancelled = () => {},
}: DatabaseOptions = {}): Database {
  const unused = new Set<Cell>();
  const settled =
    trace === undefined
      ? null
      : (cell: Cell, outcome: Outcome, because: Cell | null) =>
          trace({ name: nameOf(cell), outcome, because: because === null ? null : nameOf(because) });
  const cells = createCells({
    compute: ({ kind, key }, before) => (kind as Kind).compute(database, key, before),
    settled,
    unused: cell => unused.add(cell),
    throwIfCancelled,
  });
  const database: Database = { context, cells, tables: new Map(), unused };
  return database;
}

/**
 * Declares an input.
 * @param readValue returns the value of a key that was not set, or was touched since
 */
export function input<K, V>(
  name: string,
  readValue: (database: Database, key: K) => V,
  options: Pick<QueryOptions<K, V>, 'equals'> = {},
): Input<K, V> {
  return Object.assign(query<K, V>(name, readValue, options), { isInput: true as const });
}

/**
 * Declares a query.
 * @param compute is given the answer from before, if there was one; returned again, all that was made of it is still valid
 */
export function query<K, V>(
  name: string,
  compute: (database: Database, key: K, before: V | undefined) => V,
  { equals = Object.is, initial }: QueryOptions<K, V> = {},
): Query<K, V> {
  const kind: Kind = {
    name,
    compute: compute as Kind['compute'],
    equals: equals as CellKind['equals'],
    ...(initial && { initial: initial as (key: unknown) => unknown }),
  };
  return Object.assign(
    (database: Database, key: K) => read(database.cells, cellOf(database, kind, key)) as V,
    { kind },
  );
}

/** Gives an input its value. Nothing is computed before it is asked for. */
export function set<K, V>(database: Database, { kind }: Input<K, V>, key: K, value: V): void {
  setValue(database.cells, cellOf(database, kind, key), value);
}

/** Records that the value of an input may have changed; it is read again when an answer depends on it. */
export function touch<K, V>(database: Database, { kind }: Input<K, V>, key: K): void {
  const cell = database.tables.get(kind)?.get(key);
  if (cell !== undefined) outdate(database.cells, cell);
}

/** Reads an input again for all keys that were ever asked for. What depends on those that are the same is still valid. */
export function reread<K, V>(database: Database, { kind }: Input<K, V>): void {
  const { cells, tables } = database;
  for (const cell of tables.get(kind)?.values() ?? [])
    setValue(cells, cell, (kind as Kind).compute(database, cell.key, undefined));
}

/** Returns whether an input was ever asked for with this key. */
export function isKnown<K, V>({ tables }: Database, { kind }: Input<K, V>, key: K): boolean {
  return tables.get(kind)?.has(key) ?? false;
}

/** Computes something of which what is being computed does not depend. */
export function untracked<T>({ cells }: Database, compute: () => T): T {
  return withoutRecording(cells, compute);
}

/**
 * Drops the answers that nothing depends on and that were not asked for in the last revisions.
 * @param revisions how many to keep
 */
export function sweep({ cells, tables, unused }: Database, revisions: number): void {
  const oldest = cells.revision - revisions;
  // To drop one may leave others without a reader: these are added to the set while it is walked.
  for (const cell of unused) {
    if (cell.subs === undefined && cell.usedAt >= oldest) continue;
    unused.delete(cell);
    if (cell.subs !== undefined || cell.isGiven) continue;
    dispose(cells, cell);
    tables.get(cell.kind)?.delete(cell.key);
  }
}

function cellOf({ tables }: Database, kind: CellKind, key: unknown): Cell {
  let table = tables.get(kind);
  if (table === undefined) {
    table = new Map();
    tables.set(kind, table);
  }
  let cell = table.get(key);
  if (cell === undefined) {
    cell = createCell(kind, key);
    table.set(key, cell);
  }
  return cell;
}
