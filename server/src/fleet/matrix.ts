/**
 * Matrices: a set that maps machines to lists of registry keys. Recognised by shape, and by the keys being those
 * of a registry.
 */
import { isClosed } from '../nix/construct.ts';
import { force } from '../nix/evaluate.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { importFile } from '../nix/evaluator.ts';
import type { AttrsValue, ListValue, Origin } from '../nix/value.ts';
import type { ListedKey, Matrix, MatrixRow, Place, Registry } from './model.ts';
import { outermostIn, placeOf } from './places.ts';

/**
 * Reads a file as a matrix.
 * @param registries those whose keys it may list
 * @param trusted read it even if it does not look like one
 * @returns null if it is none
 */
export function readMatrix(
  cx: Evaluation,
  file: string,
  registries: readonly Registry[],
  trusted: boolean,
): Matrix | null {
  const set = importFile(cx, file, null);
  if (set.kind !== 'attrs' || set.origin === null) return null;
  const rows = readRows(cx, set, set.origin);
  if (rows === null || rows.length === 0) return null;
  const registry = bestRegistry(rows, registries);
  if (!trusted && registry === null) return null;
  return { file, at: placeOf(set.origin), rows: markShared(rows), closed: isClosed(set), registry };
}

/** Tells whether a file has at least one of some keys between quotes. */
export type KeyFinder = (file: { readonly text: string }) => boolean;

/**
 * A finder of the registries' keys. A file is gone through once, whatever the number of keys, and its answer is kept as
 * long as the file's object is.
 */
export function keyFinder(registries: readonly Registry[]): KeyFinder {
  const answers = new WeakMap<object, boolean>();
  const keys = new Set(registries.flatMap(registry => registry.keys.map(({ key }) => key)));
  const longest = Math.max(0, ...[...keys].map(key => key.length));
  return file => {
    let answer = answers.get(file);
    if (answer === undefined) {
      answer = hasQuoted(file.text, keys, longest);
      answers.set(file, answer);
    }
    return answer;
  };
}

function hasQuoted(text: string, keys: ReadonlySet<string>, longest: number): boolean {
  let open = text.indexOf('"');
  while (open !== -1) {
    const close = text.indexOf('"', open + 1);
    if (close === -1) return false;
    // A quote that closes one string to us may open the next to Nix, so each is tried.
    if (close - open - 1 <= longest && keys.has(text.slice(open + 1, close))) return true;
    open = close;
  }
  return false;
}

/** Lists of this name are no machines, even if no row takes from them yet. */
const SHARED_NAME = /^(shared|common|core|base|default)/i;

/** A row with the place of the list as it is written. */
interface ReadRow extends MatrixRow {
  readonly list: Place | null;
}

/** Null unless every attribute is a list of strings (or cannot be known). */
function readRows(cx: Evaluation, set: AttrsValue, whole: Origin): ReadRow[] | null {
  const rows: ReadRow[] = [];
  for (const [machine, entry] of set.entries) {
    const at = placeOf(entry.at ?? whole);
    const value = force(cx, entry.value);
    if (value.kind === 'unknown' || value.kind === 'failure') {
      rows.push({ machine, at, keys: [], complete: false, shared: false, list: null });
      continue;
    }
    const row = value.kind === 'list' ? readKeys(cx, value, at) : null;
    if (row === null) return null;
    const list = value.origin === null ? null : placeOf(value.origin);
    rows.push({ machine, at, ...row, shared: false, list });
  }
  return rows;
}

function readKeys(
  cx: Evaluation,
  list: ListValue,
  row: Place,
): { keys: ListedKey[]; complete: boolean } | null {
  const keys: ListedKey[] = [];
  let complete = true;
  for (const item of list.items) {
    const value = item.kind === 'spread' ? item.of : force(cx, item);
    if (value.kind === 'string' && value.text !== null) {
      const at = value.origin === null ? null : outermostIn(value.origin, row.file);
      keys.push({ key: value.text, at: at === null ? row : placeOf(at) });
    } else if (value.kind === 'string' || value.kind === 'unknown' || value.kind === 'failure')
      complete = false;
    else return null;
  }
  return { keys, complete };
}

/** The registry that has most of the keys, if it has at least half of them and more than any other. */
function bestRegistry(rows: readonly MatrixRow[], registries: readonly Registry[]): string | null {
  const keys = new Set(rows.flatMap(row => row.keys.map(key => key.key)));
  const scores = registries
    .map(registry => ({ file: registry.file, score: registry.keys.filter(key => keys.has(key.key)).length }))
    .sort((a, b) => b.score - a.score);
  const [best, next] = scores;
  if (best === undefined || best.score * 2 < keys.size || best.score === 0) return null;
  return next !== undefined && next.score === best.score ? null : best.file;
}

/** A list that other rows take keys from is shared. A machine whose row lends keys is told apart by the caller. */
function markShared(rows: readonly ReadRow[]): MatrixRow[] {
  const lenders = new Set<ReadRow>();
  const lists = rows.filter(row => writesList(row, rows));
  for (const row of rows)
    for (const key of row.keys)
      if (!within(row.list, key.at)) {
        const lender = lists.find(other => other !== row && within(other.list, key.at));
        if (lender !== undefined) lenders.add(lender);
      }
  return rows.map(({ list: _, ...row }) => ({
    ...row,
    shared: [...lenders].some(lender => lender.machine === row.machine) || SHARED_NAME.test(row.machine),
  }));
}

/** Is the list written in the row itself, and not one that it only names? */
function writesList(row: ReadRow, rows: readonly ReadRow[]): boolean {
  const { at, list } = row;
  if (list === null || list.file !== at.file || list.start < at.end) return false;
  return !rows.some(
    other => other.at.file === at.file && at.end <= other.at.start && other.at.start < list.start,
  );
}

function within(list: Place | null, key: Place): boolean {
  return list !== null && list.file === key.file && list.start <= key.start && key.end <= list.end;
}
