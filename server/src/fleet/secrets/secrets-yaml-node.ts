/** The types of YAML as plain data with places. */

interface Span {
  /** Half-open UTF-16 offsets, from 0. */
  readonly start: number;
  readonly end: number;
}

export interface YamlEntry extends Span {
  /** The entry's range is the range of its key. */
  readonly key: string;
  readonly value: YamlNode;
}

/** A node. An alias is its target's node with the range of the alias. */
export type YamlNode =
  | (Span & { readonly kind: 'map'; readonly entries: readonly YamlEntry[] })
  | (Span & { readonly kind: 'list'; readonly items: readonly YamlNode[] })
  | (Span & { readonly kind: 'scalar'; readonly text: string });

/** A place where programs stop reading a text. */
export interface TextFlaw extends Span {
  /** Continues "cannot be read: ". Quotes no value, which may be a secret. */
  readonly reason: string;
}

/** The readable parts of a text. */
export interface YamlText {
  readonly documents: readonly YamlNode[];
  /** False if a part is broken or was skipped, so that missing nodes may exist after all. */
  readonly complete: boolean;
  /** The first thing that every reader of YAML rejects, or `null`. */
  readonly flaw: TextFlaw | null;
  /** The nodes with anchors in all documents, by anchor; of equal anchors, the last one. */
  readonly anchors: ReadonlyMap<string, YamlNode>;
}

/** Returns the value of a key, or `null` if the node is not a map or lacks the key. */
export function yamlMember(node: YamlNode | null | undefined, key: string): YamlNode | null {
  if (node?.kind !== 'map') return null;
  return node.entries.find(entry => entry.key === key)?.value ?? null;
}

/** Returns the number of nodes in a node, including itself and the expansion of every alias. */
export function sizeOf(node: YamlNode): number {
  if (node.kind === 'scalar') return 1;
  const inside = node.kind === 'list' ? node.items : node.entries.map(entry => entry.value);
  return inside.reduce((sum, child) => sum + sizeOf(child), 1);
}
