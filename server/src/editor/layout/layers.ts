/**
 * In which layer each node stands: edges that close circles are turned around, then every node goes one layer behind
 * the last of those it is made from.
 */
import type { LayoutEdge, LayoutNode } from './shapes.ts';

export interface Forward extends LayoutEdge {
  /** The edge runs against the layers: it closes a circle. */
  readonly reversed: boolean;
}

/** Turns around the edges that close circles, as a walk in depth finds them. */
export function withoutCircles(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Forward[] {
  const next = new Map<string, LayoutEdge[]>();
  for (const edge of edges) {
    const list = next.get(edge.from);
    if (list) list.push(edge);
    else next.set(edge.from, [edge]);
  }
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

/** The longest way from a node without dependencies. */
export function layersOf(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Map<string, number> {
  const waiting = new Map(nodes.map(({ id }) => [id, 0]));
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
    const list = next.get(from);
    if (list) list.push(to);
    else next.set(from, [to]);
  }
  const layers = new Map(nodes.map(({ id }) => [id, 0]));
  const ready = nodes.filter(({ id }) => waiting.get(id) === 0).map(({ id }) => id);
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    for (const to of next.get(id) ?? []) {
      layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(id) ?? 0) + 1));
      const left = (waiting.get(to) ?? 1) - 1;
      waiting.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return layers;
}
