/**
 * Finds the attributes of a matrix that are lists shared by rows, rather than machines. A list is shared if another row
 * takes keys from it or refers to it. The caller handles machines whose rows are reused.
 */

import type { Origin } from '../../nix/eval/value.ts';
import { childrenOf, valuesOf } from '../../nix/expressions.ts';
import { outermostIn, placeOf } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Binding, Expr, Range } from '../../nix/syntax.ts';
import type { MatrixRow } from '../model/registries.ts';

/** A row with the origins of its list and of its keys. */
export interface ReadRow extends MatrixRow {
  /** The list's origin; null if unknown. */
  readonly list: Origin | null;
  /** The origins of the keys that are written in a file. */
  readonly written: readonly Origin[];
}

/** Matches names of lists that are never machines, even if no row uses them yet. */
const SHARED_NAME = /^(shared|common|core|base|default)/i;

/**
 * Marks the rows that are shared lists.
 * @param file the file of the matrix
 */
export function markShared(rows: readonly ReadRow[], file: SourceFile): MatrixRow[] {
  const lent = sharedKeyTest(rows);
  let usedElsewhere: ReadonlySet<string> | null = null;
  const isNamedElsewhere = (name: string) => {
    usedElsewhere ??= namesUsedElsewhere(file.root);
    return usedElsewhere.has(name);
  };
  const isShared = (row: ReadRow) =>
    SHARED_NAME.test(row.machine) ||
    lent(row) ||
    // An empty or unknown list has no keys that another row could take, so references to it count instead.
    (row.written.length === 0 && isNamedElsewhere(row.machine));
  return rows.map(row => {
    const { list: _list, written: _written, ...plain } = row;
    return { ...plain, shared: isShared(row) };
  });
}

/** A key's range in one file, and the row that has the key. */
interface WrittenKey extends Range {
  readonly row: ReadRow;
}

/** Returns a function that tests whether another row has keys that are written in a row's own list. */
function sharedKeyTest(rows: readonly ReadRow[]): (row: ReadRow) => boolean {
  /** The keys in each file, in the order of the text. */
  const written = new Map<string, readonly WrittenKey[]>();
  const keysIn = (path: string): readonly WrittenKey[] => {
    const writtenKeys = written.get(path);
    if (writtenKeys !== undefined) return writtenKeys;
    const keys = rows.flatMap(row =>
      row.written.flatMap(key => {
        const at = outermostIn(key, path);
        if (at === null) return [];
        // The origins may be of several revisions of the file.
        const { start, end } = placeOf(at);
        return [{ start, end, row }];
      }),
    );
    keys.sort((a, b) => a.start - b.start);
    written.set(path, keys);
    return keys;
  };
  // Most lists have no foreign keys, and that is tested faster than ownership.
  return row =>
    placesOf(row).some(
      place => hasForeignKey(keysIn(place.file.path), placeOf(place), row) && isOwn(row, place),
    );
}

/**
 * Returns whether another row has a key inside the list.
 * @param keys sorted by start
 */
function hasForeignKey(keys: readonly WrittenKey[], list: Range, row: ReadRow): boolean {
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
 * Returns the places of a row's list: the list itself, which may be in another file, and the call in the matrix if a
 * function makes it.
 */
function placesOf({ list, at }: ReadRow): readonly Origin[] {
  if (list === null) return [];
  const asked = outermostIn(list, at.file);
  return asked === null || asked === list ? [list] : [list, asked];
}

/** Returns whether a list belongs to the row, and not to another name under which it is written. */
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

/** Returns the names that are used anywhere except in their own values. */
function namesUsedElsewhere(root: Expr): ReadonlySet<string> {
  const used = new Set<string>();
  /** The names of the bindings around the expression that is visited. */
  const around: (string | null)[] = [];
  const note = (name: string) => {
    if (!around.includes(name)) used.add(name);
  };
  const visit = (expr: Expr) => {
    if (expr.kind === 'variable') note(expr.name);
    if (expr.kind === 'select')
      for (const attrName of expr.path) if (attrName.kind === 'name') note(attrName.name);
    const names = new Map(
      bindingsOf(expr).flatMap(binding => valuesOf(binding).map(value => [value, nameOf(binding)])),
    );
    for (const child of childrenOf(expr)) {
      around.push(names.get(child) ?? null);
      visit(child);
      around.pop();
    }
  };
  visit(root);
  return used;
}

function bindingsOf(expr: Expr): readonly Binding[] {
  return expr.kind === 'let' || expr.kind === 'attrs' ? expr.bindings : [];
}

function nameOf(binding: Binding): string | null {
  const last = binding.kind === 'bind' ? binding.path.at(-1) : undefined;
  return last?.kind === 'name' ? last.name : null;
}
