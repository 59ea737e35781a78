/**
 * What one lowering carries with it, and how it reads the children of a node.
 */
import type { Node } from 'web-tree-sitter';
import type { Comment, Expr, NixSyntaxError } from '../syntax.ts';

/** Expressions nested deeper than this are cut: what reads the tree recurses too. */
export const MAX_DEPTH = 500;

/** What one lowering gathers on its way. */
export interface Lowering {
  readonly text: string;
  /** The name in the place of something missing in a repaired text. */
  readonly placeholder: string | null;
  readonly comments: Comment[];
  readonly errors: NixSyntaxError[];
  depth: number;
  tooDeep: boolean;
  /** Lowers an expression; one that is not there is an error at the offset `at`. */
  readonly expr: (node: Node | undefined, at: number) => Expr;
}

/** Returns the named children without comments and errors; comments are kept aside. */
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
