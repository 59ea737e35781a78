/** The state of a lowering, and access to the children of a node. */
import type { Node } from 'web-tree-sitter';
import type { Comment, Expr, NixSyntaxError } from '../syntax.ts';

/** Limit for nested expressions; deeper ones are cut, since readers of the tree are recursive. */
export const MAX_DEPTH = 500;

/** The state that a lowering accumulates. */
export interface Lowering {
  readonly text: string;
  /** The placeholder for missing names in a repaired text. */
  readonly placeholder: string | null;
  readonly comments: Comment[];
  readonly errors: NixSyntaxError[];
  depth: number;
  tooDeep: boolean;
  /** Lowers an expression; a missing one becomes an error at the offset `at`. */
  readonly expr: (node: Node | undefined, at: number) => Expr;
}

/** Returns the named children without comments and errors. Comments are collected. */
export function partsOf(run: Lowering, node: Node): Node[] {
  const children = node.namedChildren;
  for (let index = 0; index < children.length; index++) {
    const type = (children[index] as Node).type;
    if (type === 'comment' || type === 'ERROR') return withoutExtras(run, children);
  }
  return children;
}

function withoutExtras(run: Lowering, children: readonly Node[]): Node[] {
  return children.filter(child => {
    if (child.type === 'ERROR') return false;
    if (child.type !== 'comment') return true;
    addComment(run, child);
    return false;
  });
}

export function addComment(run: Lowering, node: Node): void {
  const start = node.startIndex;
  let end = node.endIndex;
  if (run.text.charCodeAt(end - 1) === 13) end--;
  run.comments.push({ start, end, text: run.text.slice(start, end) });
}
