/**
 * Assigns each node to a layer: reverses edges that close cycles, then places every node one layer after the
 * last of its inputs.
 */

import { addToList, groupBy } from '../../std.ts';
import type { LayoutEdge, LayoutNode } from './shapes.ts';

export interface Forward extends LayoutEdge {
  /** True if the edge runs against the layers because it closes a cycle. */
  readonly reversed: boolean;
}

/** Reverses the edges that close cycles, as found by a depth-first search. */
export function withoutCircles(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Forward[] {
  const next = groupBy(edges, edge => edge.from);
  const state = new Map<string, 'open' | 'done'>();
  const closing = new Set<LayoutEdge>();
  for (const { id } of nodes) {
    const work = state.has(id) ? [] : [{ id, at: 0 }];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      if (frame.at === 0) state.set(frame.id, 'open');
      const edge = next.get(frame.id)?.[frame.at++];
      if (edge === undefined) {
        state.set(frame.id, 'done');
        work.pop();
      } else if (state.get(edge.to) === 'open') closing.add(edge);
      else if (!state.has(edge.to)) work.push({ id: edge.to, at: 0 });
    }
  }
  return edges.map(edge =>
    closing.has(edge) ? { from: edge.to, to: edge.from, reversed: true } : { ...edge, reversed: false },
  );
}

/** The number of rows in a layer per square root of the number of nodes; makes the picture wider than high. */
const ROWS = 1.6;
/** Above this number of nodes, layers may be higher, because every further layer lengthens all long edges. */
const MANY = 300;
const MANY_ROWS = 4.5;
const MIN_ROWS = 10;

/**
 * Returns the layer of each node: the length of the longest path from a node without dependencies. If a layer
 * becomes too high, the nodes with the shortest chains of dependents move to the next.
 */
export function layersOf(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Map<string, number> {
  const next = linksBy(edges, 'from', 'to');
  const before = linksBy(edges, 'to', 'from');
  const order = inOrder(nodes, next, before);
  const depth = new Map<string, number>();
  for (const id of order)
    depth.set(
      id,
      (before.get(id) ?? []).reduce((most, above) => Math.max(most, (depth.get(above) ?? 0) + 1), 0),
    );
  const behind = new Map<string, number>();
  for (const id of [...order].reverse())
    behind.set(
      id,
      (next.get(id) ?? []).reduce((most, below) => Math.max(most, (behind.get(below) ?? 0) + 1), 0),
    );
  const most = Math.max(
    MIN_ROWS,
    Math.ceil((nodes.length > MANY ? MANY_ROWS : ROWS) * Math.sqrt(nodes.length)),
  );
  const counts: number[] = [];
  const layers = new Map<string, number>();
  const urgency = (id: string) => behind.get(id) as number;
  const sorted = order.sort(
    (a, b) => (depth.get(a) as number) - (depth.get(b) as number) || urgency(b) - urgency(a),
  );
  const pins = new Map(nodes.map(({ id, pin }) => [id, pin]));
  for (const id of sorted) {
    if (pins.get(id) === 'last') continue;
    let layer = (before.get(id) ?? []).reduce((far, above) => Math.max(far, (layers.get(above) ?? 0) + 1), 0);
    if (pins.get(id) === undefined) {
      while ((counts[layer] ?? 0) >= most) layer++;
      counts[layer] = (counts[layer] ?? 0) + 1;
    }
    layers.set(id, layer);
  }
  for (const id of sorted) if (pins.get(id) === 'last') layers.set(id, Math.max(1, counts.length));
  return layers;
}

/** Returns the nodes at one end of the edges, by the node at the other end. */
export function linksBy(
  edges: readonly { readonly from: string; readonly to: string }[],
  key: 'from' | 'to',
  value: 'from' | 'to',
): ReadonlyMap<string, readonly string[]> {
  const links = new Map<string, string[]>();
  for (const edge of edges) addToList(links, edge[key], edge[value]);
  return links;
}

/** Returns the nodes in topological order. The edges must not have cycles. */
function inOrder(
  nodes: readonly LayoutNode[],
  next: ReadonlyMap<string, readonly string[]>,
  before: ReadonlyMap<string, readonly string[]>,
): string[] {
  const waiting = new Map(nodes.map(({ id }) => [id, before.get(id)?.length ?? 0]));
  const order = nodes.filter(({ id }) => waiting.get(id) === 0).map(({ id }) => id);
  for (let at = 0; at < order.length; at++)
    for (const to of next.get(order[at] as string) ?? []) {
      const left = (waiting.get(to) as number) - 1;
      waiting.set(to, left);
      if (left === 0) order.push(to);
    }
  return order;
}
