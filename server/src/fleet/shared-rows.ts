/**
 * Which attributes of a matrix are lists that rows share, rather than machines. Told by how they are used: a list is
 * shared if another row takes keys from it, or names it. A machine whose row lends keys is told apart by the caller.
 */
import { childrenOf, valuesOf } from '../nix/inside.ts';
import type { SourceFile } from '../nix/source.ts';
import type { Binding, Expr, Range } from '../nix/syntax.ts';
import type { Origin } from '../nix/value.ts';
import type { MatrixRow } from './model.ts';
import { outermostIn } from './places.ts';

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
  const isShared = (row: ReadRow) =>
    SHARED_NAME.test(row.machine) ||
    lendsKeys(row, rows) ||
    // Of a list that holds nothing, or nothing that is known, nothing can be seen to be taken.
    (row.written.length === 0 && isNamedElsewhere(file.root, row.machine));
  return rows.map(row => {
    const { list: _list, written: _written, ...plain } = row;
    return { ...plain, shared: isShared(row) };
  });
}

/** Does another row have keys that are written in this row's own list? */
function lendsKeys(row: ReadRow, rows: readonly ReadRow[]): boolean {
  const others = rows.filter(other => other !== row);
  return listsOf(row).some(list =>
    others.some(other => other.written.some(key => isWithin(outermostIn(key, list.file.path), list))),
  );
}

/**
 * Where a row's own list is written: the list itself, which may stand in another file, and where it is asked for, if a
 * function makes it. A list that stands under another name belongs to that.
 */
function listsOf({ list, at, machine }: ReadRow): Origin[] {
  if (list === null) return [];
  const asked = outermostIn(list, at.file);
  const places = asked === null || asked === list ? [list] : [list, asked];
  return places.filter(place => nameAround(place.file.root, place) === machine);
}

function isWithin(key: Origin | null, list: Origin): boolean {
  return key !== null && contains(list, key);
}

function contains(outer: Range, inner: Range): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The name of the innermost binding around a range. */
function nameAround(root: Expr, range: Range): string | null {
  let name: string | null = null;
  for (let expr: Expr | undefined = root; expr !== undefined; ) {
    const binding = bindingsOf(expr).find(one => valuesOf(one).some(value => contains(value, range)));
    if (binding !== undefined) name = nameOf(binding);
    expr = childrenOf(expr).find(child => contains(child, range));
  }
  return name;
}

/** Is the name used anywhere but in what it stands for itself? */
function isNamedElsewhere(expr: Expr, name: string): boolean {
  if (expr.kind === 'variable') return expr.name === name;
  if (expr.kind === 'select' && expr.path.some(each => each.kind === 'name' && each.name === name))
    return true;
  const own = new Set(bindingsOf(expr).flatMap(one => (nameOf(one) === name ? valuesOf(one) : [])));
  return childrenOf(expr).some(child => !own.has(child) && isNamedElsewhere(child, name));
}

function bindingsOf(expr: Expr): readonly Binding[] {
  return expr.kind === 'let' || expr.kind === 'attrs' ? expr.bindings : [];
}

function nameOf(binding: Binding): string | null {
  const last = binding.kind === 'bind' ? binding.path.at(-1) : undefined;
  return last?.kind === 'name' ? last.name : null;
}
