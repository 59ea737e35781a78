/**
 * Which attributes of a matrix are lists that rows share, rather than machines. Told by how they are used: a list is
 * shared if another row takes keys from it, or names it. A machine whose row lends keys is told apart by the caller.
 */

import type { Origin } from '../../nix/eval/value.ts';
import { childrenOf, valuesOf } from '../../nix/expressions.ts';
import { outermostIn } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Binding, Expr, Range } from '../../nix/syntax.ts';
import type { MatrixRow } from '../model/registries.ts';

/** A row with what its list and its keys were written as. */
export interface ReadRow extends MatrixRow {
  /** The list; null where it is not known. */
  readonly list: Origin | null;
  /** The keys, as far as they are written. */
  readonly written: readonly Origin[];
}

/** Lists of this name are no machines, even if no row takes from them yet. */
const SHARED_NAME = /^(shared|common|core|base|default)/i;

/**
 * Marks the rows that are shared.
 * @param file the matrix's
 */
export function markShared(rows: readonly ReadRow[], file: SourceFile): MatrixRow[] {
  const lent = lendersAmong(rows);
  const isShared = (row: ReadRow) =>
    SHARED_NAME.test(row.machine) ||
    lent(row) ||
    // Of a list that holds nothing, or nothing that is known, nothing can be seen to be taken.
    (row.written.length === 0 && isNamedElsewhere(file.root, row.machine));
  return rows.map(row => {
    const { list: _list, written: _written, ...plain } = row;
    return { ...plain, shared: isShared(row) };
  });
}

/** A key as it is written in one file, and the row that has it. */
interface WrittenKey extends Range {
  readonly row: ReadRow;
}

/** Tells of a row whether another one has keys that are written in its own list. */
function lendersAmong(rows: readonly ReadRow[]): (row: ReadRow) => boolean {
  /** By file, where keys are written in it, in the order of the text. */
  const written = new Map<string, readonly WrittenKey[]>();
  const keysIn = (path: string): readonly WrittenKey[] => {
    const writtenKeys = written.get(path);
    if (writtenKeys !== undefined) return writtenKeys;
    const keys = rows.flatMap(row =>
      row.written.flatMap(key => {
        const at = outermostIn(key, path);
        return at === null ? [] : [{ start: at.start, end: at.end, row }];
      }),
    );
    keys.sort((a, b) => a.start - b.start);
    written.set(path, keys);
    return keys;
  };
  // Most lists lend nothing, which is seen sooner than whose they are.
  return row =>
    placesOf(row).some(place => hasForeignKey(keysIn(place.file.path), place, row) && isOwn(row, place));
}

/** @param keys in the order of their beginnings */
function hasForeignKey(keys: readonly WrittenKey[], list: Origin, row: ReadRow): boolean {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as WrittenKey).start < list.start) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < keys.length; at++) {
    const key = keys[at] as WrittenKey;
    if (key.start > list.end) return false;
    if (key.row !== row && key.end <= list.end) return true;
  }
  return false;
}

/**
 * Returns where a row's list is written: the list itself, which may stand in another file, and where it is asked for,
 * if a function makes it.
 */
function placesOf({ list, at }: ReadRow): readonly Origin[] {
  if (list === null) return [];
  const asked = outermostIn(list, at.file);
  return asked === null || asked === list ? [list] : [list, asked];
}

/** Returns whether a list is the row's own. One that is written under another name belongs to that. */
function isOwn({ machine }: ReadRow, place: Origin): boolean {
  return nameAround(place.file.root, place) === machine;
}

function contains(outer: Range, inner: Range): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Returns the name of the innermost binding around a range. */
function nameAround(root: Expr, range: Range): string | null {
  let name: string | null = null;
  for (let expr: Expr | undefined = root; expr !== undefined; ) {
    const binding = bindingsOf(expr).find(candidate =>
      valuesOf(candidate).some(value => contains(value, range)),
    );
    if (binding !== undefined) name = nameOf(binding);
    expr = childrenOf(expr).find(child => contains(child, range));
  }
  return name;
}

/** Returns whether the name is used anywhere but in its own value. */
function isNamedElsewhere(expr: Expr, name: string): boolean {
  if (expr.kind === 'variable') return expr.name === name;
  if (
    expr.kind === 'select' &&
    expr.path.some(attrName => attrName.kind === 'name' && attrName.name === name)
  )
    return true;
  const own = new Set(
    bindingsOf(expr).flatMap(binding => (nameOf(binding) === name ? valuesOf(binding) : [])),
  );
  return childrenOf(expr).some(child => !own.has(child) && isNamedElsewhere(child, name));
}

function bindingsOf(expr: Expr): readonly Binding[] {
  return expr.kind === 'let' || expr.kind === 'attrs' ? expr.bindings : [];
}

function nameOf(binding: Binding): string | null {
  const last = binding.kind === 'bind' ? binding.path.at(-1) : undefined;
  return last?.kind === 'name' ? last.name : null;
}
