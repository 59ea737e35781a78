/** Lowers expressions with text and holes: strings and paths. */
import type { Node } from 'web-tree-sitter';
import type { Expr, HolePart, StringPart } from '../syntax.ts';
import { type Lowering, partsOf } from './lower-run.ts';
import { doubleText, indentedParts, verbatimText } from './lower-strings.ts';

function lowerHole(run: Lowering, node: Node): HolePart {
  const start = node.startIndex;
  const end = node.endIndex;
  return { kind: 'hole', start, end, expr: run.expr(partsOf(run, node)[0], Math.min(start + 2, end)) };
}

export function lowerString(run: Lowering, node: Node, start: number, end: number, double: boolean): Expr {
  const quote = double ? '"' : "''";
  const { text } = run;
  const from = Math.min(start + quote.length, end);
  const closed = end - quote.length >= from && text.startsWith(quote, end - quote.length);
  const to = closed ? end - quote.length : end;
  const holes: HolePart[] = [];
  for (const child of node.namedChildren) {
    if (child.type === 'interpolation') holes.push(lowerHole(run, child));
  }
  if (!double) {
    return { kind: 'string', start, end, style: 'indented', parts: indentedParts(text, from, to, holes) };
  }
  const parts: StringPart[] = [];
  let at = from;
  for (const hole of holes) {
    const part = doubleText(text, at, hole.start);
    if (part) parts.push(part);
    parts.push(hole);
    at = hole.end;
  }
  const rest = doubleText(text, at, to);
  if (rest) parts.push(rest);
  return { kind: 'string', start, end, style: 'double', parts };
}

export function lowerPath(run: Lowering, node: Node): StringPart[] {
  const parts: StringPart[] = [];
  for (const child of partsOf(run, node)) {
    if (child.type === 'interpolation') parts.push(lowerHole(run, child));
    else if (child.type === 'path_fragment') {
      parts.push(verbatimText(run.text, child.startIndex, child.endIndex));
    }
  }
  return parts;
}
