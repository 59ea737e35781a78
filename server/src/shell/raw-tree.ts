/**
 * tree-sitter's tree copied to plain objects in one walk: asking a node across the wasm border costs more than the
 * parse, so that every node is asked once.
 */
import type { Tree, TreeCursor } from 'web-tree-sitter';

export interface RawNode {
  readonly type: string;
  readonly text: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly isNamed: boolean;
  readonly isMissing: boolean;
  /** The name of the field that it is of its parent; null for none. */
  readonly field: string | null;
  readonly children: readonly RawNode[];
  readonly namedChildren: readonly RawNode[];
}

export function copyTree(tree: Tree, text: string): RawNode {
  const cursor = tree.walk();
  try {
    return copyNode(cursor, text);
  } finally {
    cursor.delete();
  }
}

function copyNode(cursor: TreeCursor, text: string): RawNode {
  const { startIndex, endIndex } = cursor;
  const children: RawNode[] = [];
  const type = cursor.nodeType;
  const isNamed = cursor.nodeIsNamed;
  const isMissing = cursor.nodeIsMissing;
  const field = cursor.currentFieldName;
  if (cursor.gotoFirstChild()) {
    do children.push(copyNode(cursor, text));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return {
    type,
    text: text.slice(startIndex, endIndex),
    startIndex,
    endIndex,
    isNamed,
    isMissing,
    field,
    children,
    namedChildren: children.filter(child => child.isNamed),
  };
}

export function childOf(node: RawNode, field: string): RawNode | null {
  return node.children.find(child => child.field === field) ?? null;
}

export function childrenOf(node: RawNode, field: string): RawNode[] {
  return node.children.filter(child => child.field === field);
}
