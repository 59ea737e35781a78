/** YAML as plain data, with places. */

interface Span {
  /** Half-open UTF-16 offsets, from 0. */
  readonly start: number;
  readonly end: number;
}

export interface YamlEntry extends Span {
  /** The range is the key's. */
  readonly key: string;
  readonly value: YamlNode;
}

/** What an alias stands for is the same node wherever it stands, but for the range, which is the alias' own. */
export type YamlNode =
  | (Span & { readonly kind: 'map'; readonly entries: readonly YamlEntry[] })
  | (Span & { readonly kind: 'list'; readonly items: readonly YamlNode[] })
  | (Span & { readonly kind: 'scalar'; readonly text: string });

/** A text as far as it could be read. */
export interface YamlText {
  readonly documents: readonly YamlNode[];
  /** False where something is broken or beyond what is read: then what is not found here may be there all the same. */
  readonly complete: boolean;
  /** What anchors name, of all documents; the last of a name. */
  readonly anchors: ReadonlyMap<string, YamlNode>;
}

/** Returns the value of a key, or `null` where the node is no map or has no such key. */
export function yamlMember(node: YamlNode | null | undefined, key: string): YamlNode | null {
  if (node?.kind !== 'map') return null;
  return node.entries.find(entry => entry.key === key)?.value ?? null;
}

/** Returns how many nodes there are in a node, itself included, each alias counted for all that it stands for. */
export function sizeOf(node: YamlNode): number {
  if (node.kind === 'scalar') return 1;
  const inside = node.kind === 'list' ? node.items : node.entries.map(entry => entry.value);
  return inside.reduce((sum, child) => sum + sizeOf(child), 1);
}
