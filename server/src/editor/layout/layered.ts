/**
 * Lays out the nodes of a directed graph in layers from left to right, with few crossings. Connected parts are
 * laid out separately and packed into rows; unconnected nodes form a grid below. Knows nothing of what the
 * nodes represent. Deterministic.
 *
 * Method: Sugiyama's, with longest-path layers, barycentres for the order, and medians for the positions.
 */
import { placeCells } from './heights.ts';
import { type Forward, layersOf, withoutCircles } from './layers.ts';
import { orderCells } from './order.ts';
import { gridOf, packed, partsOf, targetWidth } from './parts.ts';
import type { Cell, Layout, LayoutEdge, LayoutNode, PlacedEdge, Point } from './shapes.ts';

export type { Layout, LayoutEdge, LayoutNode, Point } from './shapes.ts';

/** The gap between layers, which grows where lines would be too steep. */
const LAYER_GAP = 56;
const WIDEST_GAP = 140;
const CLIMB = 7;

/** Lays out a graph. Edges with unknown ends are ignored. */
export function layoutOf(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Layout {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const layoutEdges = edges.filter(({ from, to }) => byId.has(from) && byId.has(to) && from !== to);
  const { parts, single } = partsOf(nodes, layoutEdges);
  const laid = parts
    .map(part => layoutPart(part.nodes, part.edges))
    .sort((a, b) => Number(isPinned(b)) - Number(isPinned(a)) || b.height * b.width - a.height * a.width);
  if (single.length > 0) laid.push(gridOf(single, targetWidth(laid, single)));
  return packed(laid, edges);
}

function isPinned({ nodes }: Layout): boolean {
  return nodes.some(({ pin }) => pin !== undefined);
}

function layoutPart(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Layout {
  const forward = withoutCircles(nodes, edges);
  const layerOf = layersOf(nodes, forward);
  const layers: Cell[][] = [];
  const cells = new Map<string, Cell>();
  const addCell = (node: LayoutNode | null, layer: number): Cell => {
    const cell: Cell = {
      node,
      height: node?.height ?? 0,
      layer,
      left: [],
      right: [],
      y: 0,
      place: 0,
      preferred: 0,
    };
    const before = layers[layer];
    if (before) before.push(cell);
    else layers[layer] = [cell];
    return cell;
  };
  for (const node of nodes) cells.set(node.id, addCell(node, layerOf.get(node.id) ?? 0));
  const link = (left: Cell, right: Cell) => {
    left.right.push(right);
    right.left.push(left);
  };
  // Lines of one node share their route as far as possible, which keeps drawings small and clear.
  const shared = new Map<string, Cell>();
  const chains = forward.map(edge => {
    const chain = [cells.get(edge.from) as Cell];
    const last = cells.get(edge.to) as Cell;
    for (let layer = (chain[0] as Cell).layer + 1; layer < last.layer; layer++) {
      const key = `${layer}\0${edge.from}`;
      const sharedCell = shared.get(key);
      const cell = sharedCell ?? addCell(null, layer);
      if (sharedCell === undefined) {
        shared.set(key, cell);
        link(chain.at(-1) as Cell, cell);
      }
      chain.push(cell);
    }
    link(chain.at(-1) as Cell, last);
    chain.push(last);
    return { edge, chain };
  });
  for (const [index, layer] of layers.entries()) layers[index] = linesInside(layer);
  orderCells(layers);
  placeCells(layers);
  return positioned(layers, chains);
}

/**
 * Returns the cells of passing lines. They start between the nodes, so that the cells after them do not drift
 * to one side.
 */
function linesInside(layer: readonly Cell[]): Cell[] {
  const nodes = layer.filter(({ node }) => node !== null);
  const half = nodes.length >> 1;
  return [...nodes.slice(0, half), ...layer.filter(({ node }) => node === null), ...nodes.slice(half)];
}

function gapBehind(layer: readonly Cell[]): number {
  const climb = layer.reduce(
    (most, { y, height, right }) =>
      right.reduce(
        (far, other) => Math.max(far, Math.abs(other.y + other.height / 2 - y - height / 2)),
        most,
      ),
    0,
  );
  return Math.min(WIDEST_GAP, Math.max(LAYER_GAP, climb / CLIMB));
}

function positioned(
  layers: readonly (readonly Cell[])[],
  chains: readonly { readonly edge: Forward; readonly chain: readonly Cell[] }[],
): Layout {
  // Long edges create many cells, too many for the arguments of a call.
  const top = layers.flat().reduce((least, { y }) => Math.min(least, y), Number.POSITIVE_INFINITY);
  const widths = layers.map(layer => Math.max(0, ...layer.map(cell => cell.node?.width ?? 0)));
  const lefts: number[] = [];
  let right = 0;
  for (const [index, width] of widths.entries()) {
    lefts.push(right);
    right += width + gapBehind(layers[index] ?? []);
  }
  const at = (cell: Cell) => ({ x: lefts[cell.layer] as number, y: cell.y - top });
  const nodes = layers.flat().flatMap(cell => (cell.node === null ? [] : [{ ...cell.node, ...at(cell) }]));
  const edges = chains.map(({ edge, chain }): PlacedEdge => {
    const points = chain.flatMap((cell, index): Point[] => {
      const { x, y: top } = at(cell);
      const y = top + cell.height / 2;
      const end = { x: x + (widths[cell.layer] as number), y };
      if (index === chain.length - 1) return [{ x, y }];
      return [{ x: x + (cell.node?.width ?? 0), y }, end];
    });
    return edge.reversed
      ? { from: edge.to, to: edge.from, points: points.reverse() }
      : { from: edge.from, to: edge.to, points };
  });
  return {
    nodes,
    edges,
    width: nodes.reduce((most, { x, width }) => Math.max(most, x + width), 0),
    height: layers.flat().reduce((most, { y, height }) => Math.max(most, y - top + height), 0),
  };
}
