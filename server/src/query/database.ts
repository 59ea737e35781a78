/**
 * A database of answers that are computed from inputs, and kept while their dependencies are unchanged. Inputs and
 * queries are declared with `input` and `query`; a database holds their values for one workspace. Queries declare no
 * dependencies: every read is recorded.
 */

import { addToSet } from '../std.ts';
import {
  type Cell,
  type CellKind,
  cleanFlags,
  createCell,
  mayBeOutdated,
  NO_VALUE,
  nameOf,
  type Outcome,
} from './cell.ts';
import { createCells, dispose, outdate, read, setValue, withoutRecording } from './cells.ts';
import type { Cells } from './verify.ts';

/** A step in bringing an answer up to date. */
export interface TraceEvent {
  /** The name of the query or input with its key: `unit(modules/a.nix)`. */
  readonly name: string;
  readonly outcome: Outcome;
  /** The changed dependency, or `null` for an input and for a first computation. */
  readonly because: string | null;
}

export interface DatabaseOptions {
  readonly context?: unknown;
  /** Called with each step. Costs nothing if absent. */
  readonly trace?: (event: TraceEvent) => void;
  /** Runs each computation, for what has to be in place meanwhile. */
  readonly around?: <T>(compute: () => T) => T;
  /** Throws if the result is no longer wanted. Called before each computation. */
  readonly throwIfCancelled?: () => void;
}

interface Kind extends CellKind {
  compute(database: Database, key: unknown, before: unknown): unknown;
}

/** The values of one workspace. Opaque: read with the functions that `input` and `query` return. */
export interface Database {
  /** The source of inputs, known only to the owner. */
  readonly context: unknown;
  readonly cells: Cells;
  readonly tables: Map<CellKind, Map<unknown, Cell>>;
  /** Cells that have, or for some time had, no dependents. */
  readonly unused: Set<Cell>;
  /** Kept cells that may be, or for some time might have been, out of date. */
  readonly marked: Map<CellKind, Set<Cell>>;
}

export interface Query<K, V> {
  (database: Database, key: K): V;
  readonly kind: CellKind;
}

/** A query whose values come from outside. */
export interface Input<K, V> extends Query<K, V> {
  readonly isInput: true;
}

export interface QueryOptions<K, V> {
  /**
   * Returns whether two answers are equal, so that dependents of the first stay valid. Compares identity by default.
   */
  readonly equals?: (left: V, right: V) => boolean;
  /** Returns the initial answer of a query that reads itself, which is computed until its answer no longer changes. */
  readonly initial?: (key: K) => V;
  /** True if answers stay until they are dropped, although nothing depends on them and nobody asks for them. */
  readonly isKept?: boolean;
}

export function createDatabase({
  context,
  trace,
  around = compute => compute(),
  throwIfCancelled = () => {},
}: DatabaseOptions = {}): Database {
  const unused = new Set<Cell>();
  const marked = new Map<CellKind, Set<Cell>>();
  const settled =
    trace === undefined
      ? null
      : (cell: Cell, outcome: Outcome, because: Cell | null) =>
          trace({ name: nameOf(cell), outcome, because: because === null ? null : nameOf(because) });
  const cells = createCells({
    compute: ({ kind, key }, before) => around(() => (kind as Kind).compute(database, key, before)),
    settled,
    unused(cell) {
      if (!cell.kind.isKept) unused.add(cell);
    },
    marked: cell => addToSet(marked, cell.kind, cell),
    throwIfCancelled,
  });
  const database: Database = { context, cells, tables: new Map(), unused, marked };
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
 * @param compute receives the previous answer, if there is one; if it returns that again, all dependents stay valid
 */
export function query<K, V>(
  name: string,
  compute: (database: Database, key: K, before: V | undefined) => V,
  { equals = Object.is, initial, isKept = false }: QueryOptions<K, V> = {},
): Query<K, V> {
  const kind: Kind = {
    name,
    compute: compute as Kind['compute'],
    equals: equals as CellKind['equals'],
    ...(initial && { initial: initial as (key: unknown) => unknown }),
    isKept,
    clean: cleanFlags(isKept),
  };
  return Object.assign(
    (database: Database, key: K) => read(database.cells, cellOf(database, kind, key)) as V,
    { kind },
  );
}

/** Sets the value of an input. Nothing is computed until it is used. */
export function set<K, V>(database: Database, { kind }: Input<K, V>, key: K, value: V): void {
  setValue(database.cells, cellOf(database, kind, key), value);
}

/** Records that the value of an input may have changed. It is read again when an answer depends on it. */
export function touch<K, V>(database: Database, { kind }: Input<K, V>, key: K): void {
  const cell = database.tables.get(kind)?.get(key);
  if (cell !== undefined) outdate(database.cells, cell);
}

/** Reads an input again for all keys that were ever used. Dependents of unchanged values stay valid. */
export function reread<K, V>(database: Database, { kind }: Input<K, V>): void {
  const { cells, tables } = database;
  for (const cell of tables.get(kind)?.values() ?? [])
    setValue(cells, cell, (kind as Kind).compute(database, cell.key, undefined));
}

/** Returns whether an input was ever used with this key. */
export function isKnown<K, V>({ tables }: Database, { kind }: Input<K, V>, key: K): boolean {
  return tables.get(kind)?.has(key) ?? false;
}

/** Returns all keys with which an input was ever used. */
export function knownKeys<K, V>({ tables }: Database, { kind }: Input<K, V>): Iterable<K> {
  return (tables.get(kind)?.keys() ?? []) as Iterable<K>;
}

/** Returns the answer that a query last had, which may be out of date; undefined if it has none. */
export function lastAnswer<K, V>({ tables }: Database, { kind }: Query<K, V>, key: K): V | undefined {
  const value = tables.get(kind)?.get(key)?.value;
  return value === NO_VALUE ? undefined : (value as V | undefined);
}

/**
 * Returns the keys whose answers may be out of date, among those that a query was ever asked for. Looks at no others.
 * @param query one that is kept
 */
export function outdatedKeys<K, V>({ marked }: Database, { kind }: Query<K, V>): K[] {
  const cells = marked.get(kind) ?? new Set();
  const keys: K[] = [];
  for (const cell of cells)
    if (mayBeOutdated(cell)) keys.push(cell.key as K);
    else cells.delete(cell);
  return keys;
}

/** Returns those of some keys that a query was never asked for, or whose answers may be out of date. */
export function unsettledAmong<K, V>(
  { tables }: Database,
  { kind }: Query<K, V>,
  keys: readonly K[],
): readonly K[] {
  const table = tables.get(kind);
  return keys.filter(key => {
    const cell = table?.get(key);
    return cell === undefined || mayBeOutdated(cell);
  });
}

/** Runs a computation whose reads do not become dependencies of the current one. */
export function untracked<T>({ cells }: Database, compute: () => T): T {
  return withoutRecording(cells, compute);
}

/**
 * Drops the answers that have no dependents and have not been used for some time, and begins the next period.
 * @param kept as in `evict`
 */
export function sweep(database: Database, kept: number): void {
  if (kept < PERIOD || database.cells.sweeps % PERIOD === 0) evict(database, kept);
  database.cells.sweeps++;
}

/** Number of sweeps between two looks at answers that are kept for longer, of which there may be thousands. */
const PERIOD = 10;

/**
 * Drops the answers that have no dependents and have not been used for some time.
 * @param kept the number of sweeps that an answer outlasts without being used; not a number of changes, of which one edit of a
 * large fleet makes thousands
 */
export function evict(database: Database, kept: number): void {
  const { cells, unused } = database;
  const oldest = cells.sweeps - kept;
  // Dropping a cell may leave others without dependents, which are added to the set during the iteration.
  for (const cell of unused) {
    if (cell.subs === undefined && cell.usedAt >= oldest) continue;
    unused.delete(cell);
    if (cell.subs !== undefined || cell.isGiven) continue;
    remove(database, cell);
  }
}

/** Drops the answer for a key, if nothing depends on it. */
export function drop<K, V>(database: Database, { kind }: Query<K, V>, key: K): void {
  const cell = database.tables.get(kind)?.get(key);
  if (cell === undefined || cell.subs !== undefined) return;
  database.unused.delete(cell);
  remove(database, cell);
}

function remove({ cells, tables, marked }: Pick<Database, 'cells' | 'tables' | 'marked'>, cell: Cell): void {
  marked.get(cell.kind)?.delete(cell);
  dispose(cells, cell);
  tables.get(cell.kind)?.delete(cell.key);
}

function cellOf({ tables, marked }: Database, kind: CellKind, key: unknown): Cell {
  let table = tables.get(kind);
  if (table === undefined) {
    table = new Map();
    tables.set(kind, table);
  }
  let cell = table.get(key);
  if (cell === undefined) {
    cell = createCell(kind, key);
    table.set(key, cell);
    if (kind.isKept) addToSet(marked, kind, cell);
  }
  return cell;
}
