/**
 * tree-sitter's tree copied to plain objects in one walk: asking a node across the wasm border costs more than the
 * parse, so that every node is asked once.
 */
import type { Language, Tree, TreeCursor } from 'web-tree-sitter';

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

/**
 * @param text the script's text, holes as names
 * @param original the offset in it for every offset in the text that was parsed
 */
export function copyTree(tree: Tree, text: string, original: Int32Array): RawNode {
  const cursor = tree.walk();
  const types = typesOf(tree.language);
  try {
    return copyNode({ cursor, text, original, types }, 0);
  } finally {
    cursor.delete();
  }
}

/** What is nested deeper than this is cut: what reads the tree recurses too. */
const MAX_DEPTH = 300;

interface Copying {
  readonly cursor: TreeCursor;
  readonly text: string;
  readonly original: Int32Array;
  readonly types: readonly NodeType[];
}

interface NodeType {
  readonly name: string;
  readonly isNamed: boolean;
}

const typesByLanguage = new WeakMap<Language, readonly NodeType[]>();

/** The types of nodes by their numbers. */
function typesOf(language: Language): readonly NodeType[] {
  let types = typesByLanguage.get(language);
  if (types === undefined) {
    types = language.types.map((name, id) => ({ name, isNamed: language.nodeTypeIsNamed(id) }));
    typesByLanguage.set(language, types);
  }
  return types;
}

/** What cannot be read has a number beyond all types. */
const UNREADABLE: NodeType = { name: 'ERROR', isNamed: true };

const NONE: readonly never[] = [];

function copyNode(copying: Copying, depth: number): RawNode {
  const { cursor, text, original, types } = copying;
  const startIndex = original[cursor.startIndex] ?? text.length;
  const endIndex = original[cursor.endIndex] ?? text.length;
  const { name, isNamed } = types[cursor.nodeTypeId] ?? UNREADABLE;
  // What is missing takes no room.
  const isMissing = startIndex === endIndex && cursor.nodeIsMissing;
  const field = cursor.currentFieldName;
  const children: RawNode[] = [];
  if (depth <= MAX_DEPTH && cursor.gotoFirstChild()) {
    do children.push(copyNode(copying, depth + 1));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return {
    type: depth > MAX_DEPTH ? UNREADABLE.name : name,
    text: text.slice(startIndex, endIndex),
    startIndex,
    endIndex,
    isNamed,
    isMissing,
    field,
    children: children.length === 0 ? NONE : children,
    namedChildren: children.length === 0 ? NONE : children.filter(child => child.isNamed),
  };
}

export function childOf(node: RawNode, field: string): RawNode | null {
  return node.children.find(child => child.field === field) ?? null;
}

export function childrenOf(node: RawNode, field: string): RawNode[] {
  return node.children.filter(child => child.field === field);
}

/**
 * Where the grammar took two lines for one command: after a redirection at a line's end it sometimes reads on.
 * @returns the offset of the blank that ends the command; null if there is none
 */
export function missedEnd(node: RawNode, text: string): number | null {
  if (node.type === 'command' || node.type === 'file_redirect') {
    for (const [index, child] of node.children.entries()) {
      const before = node.children[index - 1];
      if (!before || before.endIndex === child.startIndex) continue;
      const gap = text.slice(before.endIndex, child.startIndex);
      if (gap.replaceAll('\\\n', '').includes('\n') && /\s/.test(text.charAt(before.endIndex)))
        return before.endIndex;
    }
  }
  // Behind a heredoc's start the lines are the heredoc's.
  if (node.type === 'heredoc_redirect') return null;
  for (const child of node.children) {
    const found = missedEnd(child, text);
    if (found !== null) return found;
  }
  return null;
}
