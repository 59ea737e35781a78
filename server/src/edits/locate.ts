/**
 * Finds the syntax at a place, for fixes and for comments that silence rules. Evaluates nothing and knows nothing of
 * the fleet.
 */
import { childrenOf, valuesOf } from '../nix/expressions.ts';
import type { SourceFile } from '../nix/source.ts';
import type {
  AttrBinding,
  AttrSetExpr,
  Expr,
  InheritBinding,
  LetExpr,
  ListExpr,
  Range,
  StringExpr,
} from '../nix/syntax.ts';

/** Returns the expressions around an offset (0-based UTF-16), outermost first. */
export function expressionsAt(file: SourceFile, offset: number): Expr[] {
  const path: Expr[] = [];
  for (let at: Expr | undefined = file.root; at !== undefined; ) {
    path.push(at);
    at = childAround(at, { start: offset, end: offset + 1 });
  }
  return path;
}

/**
 * Returns the direct child of an expression that contains a range. In a set with hundreds of bindings it only
 * searches the relevant one.
 */
export function childAround(expr: Expr, at: Range): Expr | undefined {
  const holds = (child: Range) => child.start <= at.start && at.end <= child.end;
  if (expr.kind === 'list') return expr.items.find(holds);
  if (expr.kind !== 'attrs' && expr.kind !== 'let') return childrenOf(expr).find(holds);
  const binding = expr.bindings.find(holds);
  if (binding !== undefined) return valuesOf(binding).find(holds);
  return expr.kind === 'let' && holds(expr.body) ? expr.body : undefined;
}

/** A `name = value;` and the set or `let` that contains it. */
export interface LocatedBinding {
  readonly binding: AttrBinding;
  readonly within: AttrSetExpr | LetExpr;
}

/** Returns the binding whose first name is at `at`. */
export function bindingNamedAt(file: SourceFile, at: Range): LocatedBinding | null {
  for (const within of expressionsAt(file, at.start).reverse()) {
    if (within.kind !== 'attrs' && within.kind !== 'let') continue;
    for (const binding of within.bindings) {
      const name = binding.kind === 'bind' ? binding.path[0] : undefined;
      if (name === undefined || binding.kind !== 'bind') continue;
      if (name.start <= at.start && at.end <= name.end) return { binding, within };
    }
  }
  return null;
}

/** Returns the innermost set around a place, and its binding there. */
export function bindingAround(
  file: SourceFile,
  at: Range,
): { readonly binding: AttrBinding | InheritBinding; readonly within: AttrSetExpr } | null {
  for (const within of expressionsAt(file, at.start).reverse()) {
    if (within.kind !== 'attrs') continue;
    const binding = within.bindings.find(candidate => candidate.start <= at.start && at.end <= candidate.end);
    if (binding !== undefined) return { binding, within };
  }
  return null;
}

/** Returns the innermost list with an item at or around the place. */
export function listWithItem(
  file: SourceFile,
  at: Range,
): { readonly list: ListExpr; readonly item: Expr } | null {
  for (const list of expressionsAt(file, at.start).reverse()) {
    if (list.kind !== 'list') continue;
    const item = list.items.find(expr => expr.start <= at.start && at.end <= expr.end);
    if (item !== undefined) return { list, item };
  }
  return null;
}

/** Returns the last literal list in a chain of `++`, or `null` if there is none. */
export function lastLiteralList(expr: Expr): ListExpr | null {
  if (expr.kind === 'list') return expr;
  if (expr.kind !== 'binary' || expr.operator !== '++') return null;
  return lastLiteralList(expr.right) ?? lastLiteralList(expr.left);
}

/** Returns the outermost string around an offset if it has several lines, as a comment cannot be written inside it. */
export function stringOfLinesAt(file: SourceFile, offset: number): StringExpr | null {
  for (const expr of expressionsAt(file, offset)) {
    if (expr.kind === 'string' && file.text.slice(expr.start, expr.end).includes('\n')) return expr;
  }
  return null;
}
