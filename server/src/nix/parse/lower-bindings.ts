/** Lowers bindings and attribute paths, and salvages bindings inside errors. */
import type { Node } from 'web-tree-sitter';
import type { AttrName, AttrSetExpr, Binding, Expr } from '../syntax.ts';
import { errorExpr } from './lower-atoms.ts';
import { lowerString } from './lower-parts.ts';
import { addComment, type Lowering, MAX_DEPTH, partsOf } from './lower-run.ts';

export function attrSet(
  run: Lowering,
  start: number,
  end: number,
  recursive: boolean,
  parts: readonly Node[],
): AttrSetExpr {
  const bindings: Binding[] = [];
  for (const part of parts) if (part.type === 'binding_set') addBindings(run, part, bindings);
  return { kind: 'attrs', start, end, recursive, bindings };
}

export function addBindings(run: Lowering, set: Node, into: Binding[]): void {
  for (const child of set.namedChildren) addBinding(run, child, into);
}

function addBinding(run: Lowering, node: Node, into: Binding[]): void {
  const type = node.type;
  if (type === 'comment') {
    addComment(run, node);
    return;
  }
  if (type === 'ERROR') {
    salvage(run, node, into);
    return;
  }
  const start = node.startIndex;
  const end = node.endIndex;
  const parts = partsOf(run, node);
  if (type === 'binding') {
    const [path, value] = parts;
    const names = path?.type === 'attrpath' ? lowerAttrPath(run, path) : [];
    if (names.length > 0) {
      into.push({ kind: 'bind', start, end, path: names, value: run.expr(value, end) });
    }
  } else if (type === 'inherit' || type === 'inherit_from') {
    const attrs = parts.find(part => part.type === 'inherited_attrs');
    const from = type === 'inherit_from' ? parts.find(part => part.type !== 'inherited_attrs') : undefined;
    into.push({
      kind: 'inherit',
      start,
      end,
      from: from ? run.expr(from, end) : null,
      names: attrs ? lowerAttrPath(run, attrs) : [],
    });
  }
}

/** Adds the bindings that an ERROR node contains. */
export function salvage(run: Lowering, node: Node, into: Binding[]): void {
  if (run.depth >= MAX_DEPTH) return;
  run.depth++;
  for (const child of node.namedChildren) {
    if (child.type === 'comment') addComment(run, child);
    else if (child.type === 'binding_set') addBindings(run, child, into);
    else if (child.type === 'ERROR') salvage(run, child, into);
    else if (child.type === 'binding' || child.type.startsWith('inherit')) addBinding(run, child, into);
  }
  run.depth--;
}

export function nameAt(name: string, offset: number): AttrName {
  return { kind: 'name', start: offset, end: offset, name, quoted: false };
}

/** Lowers the names of an attribute path or of an `inherit`. */
export function lowerAttrPath(run: Lowering, node: Node): AttrName[] {
  const names: AttrName[] = [];
  for (const part of partsOf(run, node)) {
    const start = part.startIndex;
    const end = part.endIndex;
    const type = part.type;
    if (type === 'identifier') {
      names.push(plainName(run, start, end));
    } else if (type === 'string_expression') {
      const expr = lowerString(run, part, start, end, true);
      names.push(quotedName(expr));
    } else if (type === 'interpolation') {
      const inner = partsOf(run, part)[0];
      names.push({ kind: 'dynamic', start, end, expr: run.expr(inner, Math.min(start + 2, end)) });
    }
  }
  return names;
}

/** Returns a name, or a dynamic name without an expression if it is missing. */
function plainName(run: Lowering, start: number, end: number): AttrName {
  const name = run.text.slice(start, end);
  if (start === end || name === run.placeholder) {
    return { kind: 'dynamic', start, end, expr: errorExpr(start, end) };
  }
  return { kind: 'name', start, end, name, quoted: false };
}

export function quotedName(expr: Expr): AttrName {
  const { start, end } = expr;
  if (expr.kind !== 'string') return { kind: 'dynamic', start, end, expr };
  const [part] = expr.parts;
  if (expr.parts.length > 1 || part?.kind === 'hole') return { kind: 'dynamic', start, end, expr };
  return { kind: 'name', start, end, name: part?.value ?? '', quoted: true };
}
