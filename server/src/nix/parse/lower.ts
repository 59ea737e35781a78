/**
 * Lowers a tree-sitter tree to the typed tree of `syntax.ts`, with a sensible result for broken input. Reads each
 * node once and keeps none; neither parses nor evaluates.
 * Named children are read with one call per node, since a call into wasm costs more than its result.
 */
import type { Node } from 'web-tree-sitter';
import type { Binding, Comment, Expr, Formal, Identifier, LambdaExpr, NixSyntaxError } from '../syntax.ts';
import { errorExpr, intLiteral, operatorBetween } from './lower-atoms.ts';
import { addBindings, attrSet, lowerAttrPath, nameAt, salvage } from './lower-bindings.ts';
import { lowerPath, lowerString } from './lower-parts.ts';
import { type Lowering, MAX_DEPTH, partsOf } from './lower-run.ts';
import { verbatimText } from './lower-strings.ts';

/** The result of lowering a file. `errors` are those found while lowering, not those of the parser. */
export interface Lowered {
  readonly root: Expr;
  readonly comments: Comment[];
  readonly errors: NixSyntaxError[];
}

/** Lowers the root of a tree of `text`. Never throws; ranges are UTF-16 offsets into `text`. */
export function lowerTree(root: Node, text: string, placeholder: string | null = null): Lowered {
  const run: Lowering = {
    text,
    placeholder,
    comments: [],
    errors: [],
    depth: 0,
    tooDeep: false,
    expr: (node, at) => lowerExpr(run, node, at),
  };
  const parts = partsOf(run, root);
  const first = parts[0];
  const salvaged: Binding[] = [];
  if (root.hasError && (!first || parts.length > 1 || root.isError)) salvage(run, root, salvaged);
  const expr = lowerRoot(run, root, first, salvaged);
  run.comments.sort((a, b) => a.start - b.start);
  return { root: expr, comments: run.comments, errors: run.errors };
}

function lowerRoot(run: Lowering, root: Node, first: Node | undefined, salvaged: readonly Binding[]): Expr {
  if (salvaged.length > 0 && (!first || root.isError)) {
    const start = (salvaged[0] as Binding).start;
    const end = (salvaged[salvaged.length - 1] as Binding).end;
    return { kind: 'attrs', start, end, recursive: false, bindings: salvaged };
  }
  return first ? lowerExpr(run, first) : errorExpr(0, run.text.length);
}

function lowerExpr(run: Lowering, node: Node | undefined, fallbackAt = 0): Expr {
  if (!node) return errorExpr(fallbackAt, fallbackAt);
  if (run.depth >= MAX_DEPTH) return cut(run, node);
  run.depth++;
  const expr = lowerByType(run, node);
  run.depth--;
  return expr;
}

function cut(run: Lowering, node: Node): Expr {
  const start = node.startIndex;
  const end = node.endIndex;
  if (!run.tooDeep) {
    run.tooDeep = true;
    run.errors.push({
      start,
      end: Math.max(Math.min(start + 1, run.text.length), start),
      message: 'This is nested too deeply to analyse.',
      isLimit: true,
    });
  }
  return errorExpr(start, end);
}

function lowerByType(run: Lowering, node: Node): Expr {
  const start = node.startIndex;
  const end = node.endIndex;
  const { text } = run;
  const type = node.type;
  switch (type) {
    case 'variable_expression':
      return lowerVariable(run, start, end);
    case 'string_expression':
    case 'indented_string_expression':
      return lowerString(run, node, start, end, type === 'string_expression');
    case 'integer_expression':
      return lowerInt(run, start, end);
    case 'float_expression':
      return { kind: 'float', start, end, value: Number(text.slice(start, end)) };
    case 'path_expression':
    case 'hpath_expression':
      return { kind: 'path', start, end, parts: lowerPath(run, node) };
    case 'spath_expression':
      return { kind: 'search-path', start, end, name: text.slice(start + 1, end - 1) };
    case 'uri_expression':
      return { kind: 'string', start, end, style: 'uri', parts: [verbatimText(text, start, end)] };
    default:
      return lowerCompound(run, node, type, start, end);
  }
}

function lowerCompound(run: Lowering, node: Node, type: string, start: number, end: number): Expr {
  const parts = partsOf(run, node);
  const [a, b, c] = parts;
  switch (type) {
    case 'parenthesized_expression':
      return a ? lowerExpr(run, a) : errorExpr(start, end);
    case 'select_expression':
      return lowerSelect(run, start, end, parts);
    case 'apply_expression':
      return { kind: 'apply', start, end, fn: lowerExpr(run, a, start), arg: lowerExpr(run, b, end) };
    case 'attrset_expression':
      return attrSet(run, start, end, false, parts);
    case 'rec_attrset_expression':
      return attrSet(run, start, end, true, parts);
    case 'let_attrset_expression': {
      const target = attrSet(run, start, end, true, parts);
      return { kind: 'select', start, end, target, path: [nameAt('body', end)], fallback: null };
    }
    case 'list_expression':
      return { kind: 'list', start, end, items: parts.map(part => lowerExpr(run, part)) };
    case 'function_expression':
      return lowerLambda(run, start, end, parts);
    case 'let_expression': {
      const set = a?.type === 'binding_set' ? a : undefined;
      const bindings: Binding[] = [];
      if (set) addBindings(run, set, bindings);
      return { kind: 'let', start, end, bindings, body: lowerExpr(run, set ? b : a, end) };
    }
    case 'with_expression':
      return { kind: 'with', start, end, scope: lowerExpr(run, a, start), body: lowerExpr(run, b, end) };
    case 'assert_expression':
      return {
        kind: 'assert',
        start,
        end,
        condition: lowerExpr(run, a, start),
        body: lowerExpr(run, b, end),
      };
    case 'if_expression': {
      const condition = lowerExpr(run, a, start);
      const then = lowerExpr(run, b, end);
      return { kind: 'if', start, end, condition, then, otherwise: lowerExpr(run, c, end) };
    }
    case 'binary_expression':
      return lowerBinary(run, start, end, a, b);
    case 'unary_expression': {
      const operator = run.text.charAt(start) === '!' ? '!' : '-';
      return { kind: 'unary', start, end, operator, operand: lowerExpr(run, a, end) };
    }
    case 'has_attr_expression': {
      const target = lowerExpr(run, a, start);
      return { kind: 'has-attr', start, end, target, path: b ? lowerAttrPath(run, b) : [] };
    }
    default:
      return errorExpr(start, end);
  }
}

function lowerVariable(run: Lowering, start: number, end: number): Expr {
  const name = run.text.slice(start, end);
  if (start === end || name === run.placeholder) return errorExpr(start, end);
  return { kind: 'variable', start, end, name };
}

function lowerInt(run: Lowering, start: number, end: number): Expr {
  const value = intLiteral(run.text.slice(start, end));
  if (value !== null) return { kind: 'int', start, end, value };
  run.errors.push({ start, end, message: 'This integer does not fit in 64 bits.' });
  return errorExpr(start, end);
}

function lowerSelect(run: Lowering, start: number, end: number, parts: readonly Node[]): Expr {
  const [target, path, fallback] = parts;
  if (!target || !path) return target ? lowerExpr(run, target) : errorExpr(start, end);
  const names = lowerAttrPath(run, path);
  const lowered = lowerExpr(run, target);
  if (names.length === 0) return lowered;
  return {
    kind: 'select',
    start,
    end,
    target: lowered,
    path: names,
    fallback: fallback ? lowerExpr(run, fallback) : null,
  };
}

function lowerBinary(
  run: Lowering,
  start: number,
  end: number,
  left: Node | undefined,
  right: Node | undefined,
): Expr {
  const operator = left && right ? operatorBetween(run.text, left.endIndex, right.startIndex) : null;
  if (operator === null) return errorExpr(start, end);
  return {
    kind: 'binary',
    start,
    end,
    operator,
    left: lowerExpr(run, left),
    right: lowerExpr(run, right),
  };
}

function identifierOf(run: Lowering, node: Node): Identifier {
  const start = node.startIndex;
  const end = node.endIndex;
  return { start, end, name: run.text.slice(start, end) };
}

function lowerLambda(run: Lowering, start: number, end: number, parts: readonly Node[]): Expr {
  let name: Identifier | null = null;
  let formals: Formal[] | null = null;
  let ellipsis = false;
  let body: Node | undefined;
  for (const part of parts) {
    if (part.type === 'identifier') name = identifierOf(run, part);
    else if (part.type === 'formals') {
      formals = [];
      for (const inner of partsOf(run, part)) {
        if (inner.type === 'ellipses') ellipsis = true;
        else if (inner.type === 'formal') formals.push(lowerFormal(run, inner));
      }
    } else body = part;
  }
  const lambda: LambdaExpr = {
    kind: 'lambda',
    start,
    end,
    name,
    formals,
    ellipsis,
    body: lowerExpr(run, body, end),
  };
  return lambda;
}

function lowerFormal(run: Lowering, node: Node): Formal {
  const start = node.startIndex;
  const end = node.endIndex;
  const [name, fallback] = partsOf(run, node);
  return {
    start,
    end,
    name: name ? identifierOf(run, name) : { start, end: start, name: '' },
    fallback: fallback ? lowerExpr(run, fallback) : null,
  };
}
