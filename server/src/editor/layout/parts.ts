/** Splits a graph into connected parts, lays each out, and packs them into one picture. */
import {
  type Layout,
  type LayoutEdge,
  type LayoutNode,
  NODE_GAP,
  type PlacedEdge,
  type PlacedNode,
} from './shapes.ts';

const PART_GAP = 36;
/** The aspect ratio of a picture, width to height: about that of a window. */
const ASPECT = 1.8;

export interface Part {
  readonly nodes: LayoutNode[];
  readonly edges: LayoutEdge[];
}

export function partsOf(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
): { parts: Part[]; single: LayoutNode[] } {
  const root = new Map(nodes.map(({ id }) => [id, id]));
  const find = (id: string): string => {
    let at = id;
    for (let above = root.get(at); above !== undefined && above !== at; above = root.get(at)) {
      root.set(at, root.get(above) as string);
      at = above;
    }
    return at;
  };
  for (const { from, to } of edges) root.set(find(from), find(to));
  const [pinned, ...others] = nodes.filter(({ pin }) => pin !== undefined);
  if (pinned) for (const { id } of others) root.set(find(id), find(pinned.id));
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const parts = new Map<string, Part>();
  const partOf = (id: string): Part => {
    const key = find(id);
    const part = parts.get(key) ?? { nodes: [], edges: [] };
    parts.set(key, part);
    return part;
  };
  for (const node of nodes) if (linked.has(node.id)) partOf(node.id).nodes.push(node);
  for (const edge of edges) partOf(edge.from).edges.push(edge);
  return { parts: [...parts.values()], single: nodes.filter(({ id }) => !linked.has(id)) };
}

/**
 * Arranges nodes in columns, each as wide as its widest node. The next node goes to the shortest column, so
 * that boxes of one height are read row by row.
 */
export function gridOf(nodes: readonly LayoutNode[], wanted: number): Layout {
  const cell = Math.max(...nodes.map(({ width }) => width)) + NODE_GAP;
  const count = Math.min(nodes.length, Math.max(1, Math.round((wanted + NODE_GAP) / cell)));
  const columns = Array.from({ length: count }, () => ({ width: 0, height: 0, nodes: [] as LayoutNode[] }));
  for (const node of nodes) {
    const shortest = columns.reduce((best, column) => (column.height < best.height ? column : best));
    shortest.nodes.push(node);
    shortest.width = Math.max(shortest.width, node.width);
    shortest.height += node.height + NODE_GAP;
  }
  const placed: PlacedNode[] = [];
  let x = 0;
  for (const column of columns) {
    let y = 0;
    for (const node of column.nodes) {
      placed.push({ ...node, x, y });
      y += node.height + NODE_GAP;
    }
    x += column.width + NODE_GAP;
  }
  const height = Math.max(...columns.map(column => column.height)) - NODE_GAP;
  return { nodes: placed, edges: [], width: x - NODE_GAP, height };
}

export function targetWidth(parts: readonly Layout[], single: readonly LayoutNode[]): number {
  const area =
    parts.reduce((sum, { width, height }) => sum + (width + PART_GAP) * (height + PART_GAP), 0) +
    single.reduce((sum, { width, height }) => sum + (width + NODE_GAP) * (height + NODE_GAP), 0);
  return Math.max(Math.sqrt(area * ASPECT), ...parts.map(({ width }) => width));
}

/** Packs parts into rows. A part with pins occupies the first row alone. */
export function packed(parts: readonly Layout[], all: readonly LayoutEdge[]): Layout {
  const limit = targetWidth(parts, []);
  const nodes: PlacedNode[] = [];
  const edges: PlacedEdge[] = [];
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  let width = 0;
  for (const part of parts) {
    const isAlone = parts.length > 1 && part.nodes.some(({ pin }) => pin !== undefined);
    if (x > 0 && x + part.width > limit) {
      x = 0;
      y += rowHeight + PART_GAP;
      rowHeight = 0;
    }
    for (const node of part.nodes) nodes.push({ ...node, x: node.x + x, y: node.y + y });
    for (const edge of part.edges)
      edges.push({ ...edge, points: edge.points.map(point => ({ x: point.x + x, y: point.y + y })) });
    x += part.width + PART_GAP;
    rowHeight = Math.max(rowHeight, part.height);
    width = Math.max(width, x - PART_GAP);
    if (isAlone) x = Number.POSITIVE_INFINITY;
  }
  const loops = all.filter(({ from, to }) => from === to);
  return { nodes, edges: [...edges, ...loopsOf(nodes, loops)], width, height: y + rowHeight };
}

/** Adds an arc above each node that depends on itself. */
function loopsOf(nodes: readonly PlacedNode[], loops: readonly LayoutEdge[]): PlacedEdge[] {
  return loops.flatMap(loop => {
    const node = nodes.find(({ id }) => id === loop.from);
    if (!node) return [];
    const { x, y, width } = node;
    return [
      {
        ...loop,
        points: [
          { x: x + width * 0.7, y },
          { x: x + width / 2, y: y - NODE_GAP + 2 },
          { x: x + width * 0.3, y },
        ],
      },
    ];
  });
}
