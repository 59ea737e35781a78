/** Flow collections of YAML, which are JSON's arrays and objects too. */
import { unreadable, type YamlCursor } from './secrets-yaml-cursor.ts';
import type { YamlEntry, YamlNode } from './secrets-yaml-node.ts';

/** What a flow collection has in common with other nodes. */
export interface InnerNodes {
  /** Anchor and tag before a node; the anchor's name. */
  properties(): string | null;
  named(anchor: string | null, node: YamlNode): YamlNode;
  /** A collection, an alias or a quoted scalar. */
  inline(): YamlNode;
  /** Nothing, at the current place. */
  empty(): YamlNode;
}

/** Reads the collection whose bracket is at the current place. */
export function readFlow(text: string, steps: YamlCursor, inner: InnerNodes): YamlNode {
  const { cursor, at, flowSpace, plainEnd } = steps;
  const start = cursor.pos;
  const isMap = at() === '{';
  const close = isMap ? '}' : ']';
  const entries: YamlEntry[] = [];
  const items: YamlNode[] = [];
  cursor.pos++;
  for (;;) {
    flowSpace();
    if (cursor.pos >= text.length) unreadable();
    if (at() === close) break;
    const node = flowNode();
    flowSpace();
    if (isMap) {
      if (node.kind !== 'scalar') return unreadable();
      let member = inner.empty();
      if (at() === ':') {
        cursor.pos++;
        flowSpace();
        member = at() === ',' || at() === close ? inner.empty() : flowNode();
        flowSpace();
      }
      entries.push({ key: node.text, start: node.start, end: node.end, value: member });
    } else {
      if (at() === ':') unreadable();
      items.push(node);
    }
    if (at() === ',') cursor.pos++;
    else if (at() !== close) unreadable();
  }
  cursor.pos++;
  return isMap
    ? { kind: 'map', entries, start, end: cursor.pos }
    : { kind: 'list', items, start, end: cursor.pos };

  function flowNode(): YamlNode {
    const anchor = inner.properties();
    const char = at();
    if (char !== undefined && '[{"\'*'.includes(char)) return inner.named(anchor, inner.inline());
    const start = cursor.pos;
    const end = plainEnd(true);
    if (end === start) unreadable();
    return inner.named(anchor, { kind: 'scalar', text: text.slice(start, end), quoted: false, start, end });
  }
}
