/** Copies trees with other offsets: every range and every string map, nothing else. */
import type {
  AttrName,
  Binding,
  Comment,
  Expr,
  Formal,
  Identifier,
  StringPart,
  SyntaxTree,
} from '../syntax.ts';

/** Maps offsets in a repaired text back to the broken one. */
export interface OffsetMapping {
  /** Returns the offset in the broken text of an offset in the repaired one. Monotonic. */
  readonly original: (offset: number) => number;
  /** The length of the common beginning of both texts. */
  readonly unchanged: number;
}

/** Returns a copy of `tree` with the UTF-16 offsets of the broken text. Nodes before the first repair are shared, not copied. */
export function shiftTree({ root, comments, errors }: SyntaxTree, back: OffsetMapping): SyntaxTree {
  return {
    root: shiftExpr(root, back),
    comments: comments.map(comment => shiftComment(comment, back)),
    errors: errors.map(error => ({
      ...error,
      start: back.original(error.start),
      end: back.original(error.end),
    })),
  };
}

// The fields of a copy are written in the order in which readers write them, so that all nodes of a kind are alike to engines;
// copies by spreading take four times as long.

/** Returns a copy of a comment. */
export function shiftComment(comment: Comment, back: OffsetMapping): Comment {
  const { start, end, text } = comment;
  return end <= back.unchanged ? comment : { start: back.original(start), end: back.original(end), text };
}

/** Returns a copy of a binding. */
export function shiftBinding(binding: Binding, back: OffsetMapping): Binding {
  if (binding.end <= back.unchanged) return binding;
  const [start, end] = [back.original(binding.start), back.original(binding.end)];
  if (binding.kind === 'bind') {
    const { path, value } = binding;
    return { kind: 'bind', start, end, path: shiftNames(path, back), value: shiftExpr(value, back) };
  }
  const from = binding.from && shiftExpr(binding.from, back);
  return { kind: 'inherit', start, end, from, names: shiftNames(binding.names, back) };
}

function shiftNames(names: readonly AttrName[], back: OffsetMapping): AttrName[] {
  return names.map(name => {
    if (name.end <= back.unchanged) return name;
    const [start, end] = [back.original(name.start), back.original(name.end)];
    return name.kind === 'name'
      ? { kind: 'name', start, end, name: name.name, quoted: name.quoted }
      : { kind: 'dynamic', start, end, expr: shiftExpr(name.expr, back) };
  });
}

function shiftParts(parts: readonly StringPart[], back: OffsetMapping): StringPart[] {
  return parts.map(part => {
    if (part.end <= back.unchanged) return part;
    const [start, end] = [back.original(part.start), back.original(part.end)];
    if (part.kind === 'hole') return { kind: 'hole', start, end, expr: shiftExpr(part.expr, back) };
    // Only every second number in the map of a string is an offset into the source.
    const map = part.map.map((offset, index) => (index % 2 === 1 ? back.original(offset) : offset));
    return { kind: 'text', start, end, value: part.value, map };
  });
}

function shiftIdentifier({ start, end, name }: Identifier, back: OffsetMapping): Identifier {
  return { start: back.original(start), end: back.original(end), name };
}

function shiftFormal({ start, end, name, fallback }: Formal, back: OffsetMapping): Formal {
  return {
    start: back.original(start),
    end: back.original(end),
    name: shiftIdentifier(name, back),
    fallback: fallback && shiftExpr(fallback, back),
  };
}

function shiftExpr(expr: Expr, back: OffsetMapping): Expr {
  if (expr.end <= back.unchanged) return expr;
  const [start, end] = [back.original(expr.start), back.original(expr.end)];
  const of = (inner: Expr) => shiftExpr(inner, back);
  const bindingsOf = (bindings: readonly Binding[]) => bindings.map(binding => shiftBinding(binding, back));
  switch (expr.kind) {
    case 'error':
      return { kind: 'error', start, end };
    case 'int':
      return { kind: 'int', start, end, value: expr.value };
    case 'float':
      return { kind: 'float', start, end, value: expr.value };
    case 'search-path':
      return { kind: 'search-path', start, end, name: expr.name };
    case 'variable':
      return { kind: 'variable', start, end, name: expr.name };
    case 'string':
      return { kind: 'string', start, end, style: expr.style, parts: shiftParts(expr.parts, back) };
    case 'path':
      return { kind: 'path', start, end, parts: shiftParts(expr.parts, back) };
    case 'list':
      return { kind: 'list', start, end, items: expr.items.map(of) };
    case 'attrs':
      return { kind: 'attrs', start, end, recursive: expr.recursive, bindings: bindingsOf(expr.bindings) };
    case 'let':
      return { kind: 'let', start, end, bindings: bindingsOf(expr.bindings), body: of(expr.body) };
    case 'lambda': {
      const name = expr.name && shiftIdentifier(expr.name, back);
      const formals = expr.formals?.map(formal => shiftFormal(formal, back)) ?? null;
      return { kind: 'lambda', start, end, name, formals, ellipsis: expr.ellipsis, body: of(expr.body) };
    }
    case 'apply':
      return { kind: 'apply', start, end, fn: of(expr.fn), arg: of(expr.arg) };
    case 'select': {
      const [target, path] = [of(expr.target), shiftNames(expr.path, back)];
      return { kind: 'select', start, end, target, path, fallback: expr.fallback && of(expr.fallback) };
    }
    case 'has-attr':
      return { kind: 'has-attr', start, end, target: of(expr.target), path: shiftNames(expr.path, back) };
    case 'with':
      return { kind: 'with', start, end, scope: of(expr.scope), body: of(expr.body) };
    case 'if': {
      const [condition, then, otherwise] = [of(expr.condition), of(expr.then), of(expr.otherwise)];
      return { kind: 'if', start, end, condition, then, otherwise };
    }
    case 'assert':
      return { kind: 'assert', start, end, condition: of(expr.condition), body: of(expr.body) };
    case 'unary':
      return { kind: 'unary', start, end, operator: expr.operator, operand: of(expr.operand) };
    case 'binary': {
      const [left, right] = [of(expr.left), of(expr.right)];
      return { kind: 'binary', start, end, operator: expr.operator, left, right };
    }
  }
}
