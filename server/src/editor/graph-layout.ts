/**
 * Places the nodes of a directed graph in layers from left to right, with few crossings. Every connected part is laid
 * out by itself; parts are packed into rows, and what hangs together with nothing stands in a grid below. Knows
 * nothing of what the nodes are. The same input gives the same picture.
 *
 * Method: Sugiyama's, with longest-path layers, barycentres, and medians for the places.
 */

export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface LayoutEdge {
  readonly from: string;
  readonly to: string;
}

export interface PlacedNode extends LayoutNode {
  /** The left upper corner. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge extends LayoutEdge {
  /** From the right side of `from` to the left side of `to`, through the layers between. */
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

const LAYER_GAP = 56;
const NODE_GAP = 14;
const PART_GAP = 36;
const SWEEPS = 8;
/** Wider than high, as windows are. */
const ASPECT = 1.8;

/** A node of a layer: a real one, or a place that a long edge passes. */
interface Cell {
  readonly node: LayoutNode | null;
  readonly height: number;
  readonly layer: number;
  readonly left: Cell[];
  readonly right: Cell[];
  y: number;
}

/** Edges whose ends are not among the nodes are left out. */
export function layoutOf(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Layout {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const known = edges.filter(({ from, to }) => byId.has(from) && byId.has(to) && from !== to);
  const { parts, single } = partsOf(nodes, known);
  const laid = parts
    .map(part => layoutPart(part.nodes, part.edges))
    .sort((a, b) => b.height * b.width - a.height * a.width);
  if (single.length > 0) laid.push(gridOf(single, targetWidth(laid, single)));
  return packed(laid, edges);
}

interface Part {
  readonly nodes: LayoutNode[];
  readonly edges: LayoutEdge[];
}

function partsOf(
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

function layoutPart(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Layout {
  const forward = withoutCircles(nodes, edges);
  const layerOf = layersOf(nodes, forward);
  const layers: Cell[][] = [];
  const cells = new Map<string, Cell>();
  const addCell = (node: LayoutNode | null, layer: number): Cell => {
    const cell: Cell = { node, height: node?.height ?? 0, layer, left: [], right: [], y: 0 };
    const before = layers[layer];
    if (before) before.push(cell);
    else layers[layer] = [cell];
    return cell;
  };
  for (const node of nodes) cells.set(node.id, addCell(node, layerOf.get(node.id) ?? 0));
  const chains = forward.map(edge => {
    const chain = [cells.get(edge.from) as Cell];
    const last = cells.get(edge.to) as Cell;
    for (let layer = (chain[0] as Cell).layer + 1; layer < last.layer; layer++)
      chain.push(addCell(null, layer));
    chain.push(last);
    for (let i = 0; i + 1 < chain.length; i++) {
      (chain[i] as Cell).right.push(chain[i + 1] as Cell);
      (chain[i + 1] as Cell).left.push(chain[i] as Cell);
    }
    return { edge, chain };
  });
  orderCells(layers);
  placeCells(layers);
  return positioned(layers, chains);
}

interface Forward extends LayoutEdge {
  /** The edge runs against the layers: it closes a circle. */
  readonly reversed: boolean;
}

/** Turns around the edges that close circles, as a walk in depth finds them. */
function withoutCircles(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Forward[] {
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
function layersOf(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Map<string, number> {
  const waiting = new Map(nodes.map(({ id }) => [id, 0]));
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
    next.set(from, [...(next.get(from) ?? []), to]);
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

/** Sorts each layer by where its neighbours are, there and back, and keeps the order with the fewest crossings. */
function orderCells(layers: Cell[][]): void {
  let best = layers.map(layer => [...layer]);
  let fewest = crossingsIn(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const toRight = sweep % 2 === 0;
    const order = toRight ? layers.slice(1) : layers.slice(0, -1).reverse();
    for (const layer of order) {
      const place = new Map<Cell, number>();
      const beside = layers[(layer[0]?.layer ?? 0) + (toRight ? -1 : 1)] ?? [];
      const indexOf = new Map(beside.map((cell, index) => [cell, index]));
      for (const [index, cell] of layer.entries()) {
        const places = (toRight ? cell.left : cell.right).map(other => indexOf.get(other) ?? 0);
        const mean = places.reduce((sum, each) => sum + each, 0) / Math.max(1, places.length);
        place.set(cell, places.length === 0 ? index : mean);
      }
      layer.sort((a, b) => (place.get(a) as number) - (place.get(b) as number));
    }
    const now = crossingsIn(layers);
    if (now < fewest) {
      fewest = now;
      best = layers.map(layer => [...layer]);
    }
  }
  for (const [index, layer] of best.entries()) layers[index] = layer;
}

function crossingsIn(layers: readonly (readonly Cell[])[]): number {
  let count = 0;
  for (let index = 0; index + 1 < layers.length; index++) {
    const rights = new Map((layers[index + 1] as Cell[]).map((cell, place) => [cell, place]));
    const ends = (layers[index] as Cell[]).flatMap(cell =>
      cell.right.map(other => rights.get(other) as number).sort((a, b) => a - b),
    );
    count += inversionsIn(ends);
  }
  return count;
}

/** How many pairs stand in the wrong order; by merging, so that layers with thousands of edges take no time. */
function inversionsIn(list: readonly number[]): number {
  if (list.length < 2) return 0;
  const middle = list.length >> 1;
  const left = list.slice(0, middle);
  const right = list.slice(middle);
  let count = inversionsIn(left) + inversionsIn(right);
  left.sort((a, b) => a - b);
  right.sort((a, b) => a - b);
  let at = 0;
  for (const value of left) {
    while (at < right.length && (right[at] as number) < value) at++;
    count += at;
  }
  return count;
}

/** Draws each cell towards the middle of its neighbours, as far as those beside it leave room. */
function placeCells(layers: readonly (readonly Cell[])[]): void {
  for (const layer of layers) {
    let y = 0;
    for (const cell of layer) {
      cell.y = y;
      y += cell.height + NODE_GAP;
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const toRight = sweep % 2 === 0;
    for (const layer of toRight ? layers : [...layers].reverse()) {
      const wished = layer.map(cell => {
        const beside = [...(toRight ? cell.left : cell.right)];
        const others = beside.length > 0 ? beside : [...cell.left, ...cell.right];
        if (others.length === 0) return cell.y;
        const middles = others.map(other => other.y + other.height / 2).sort((a, b) => a - b);
        const half = middles.length >> 1;
        const median =
          middles.length % 2 === 1
            ? (middles[half] as number)
            : ((middles[half - 1] as number) + (middles[half] as number)) / 2;
        return median - cell.height / 2;
      });
      spreadOut(layer, wished);
    }
  }
}

/** The nearest places to those wished for in which no two cells touch: neighbours that would are moved as one block. */
function spreadOut(layer: readonly Cell[], wished: readonly number[]): void {
  const blocks: { readonly first: number; count: number; y: number; sum: number; size: number }[] = [];
  for (const [index, cell] of layer.entries()) {
    const size = cell.height + NODE_GAP;
    let block = { first: index, count: 1, y: wished[index] as number, sum: wished[index] as number, size };
    for (let before = blocks.at(-1); before && before.y + before.size > block.y; before = blocks.at(-1)) {
      blocks.pop();
      const sum = before.sum + block.sum - block.count * before.size;
      const count = before.count + block.count;
      block = { first: before.first, count, sum, y: sum / count, size: before.size + block.size };
    }
    blocks.push(block);
  }
  for (const { first, count, y } of blocks) {
    let at = y;
    for (let index = first; index < first + count; index++) {
      const cell = layer[index] as Cell;
      cell.y = at;
      at += cell.height + NODE_GAP;
    }
  }
}

function positioned(
  layers: readonly (readonly Cell[])[],
  chains: readonly { readonly edge: Forward; readonly chain: readonly Cell[] }[],
): Layout {
  const top = Math.min(...layers.flat().map(cell => cell.y));
  const widths = layers.map(layer => Math.max(0, ...layer.map(cell => cell.node?.width ?? 0)));
  const lefts = widths.map((_, index) =>
    widths.slice(0, index).reduce((sum, width) => sum + width + LAYER_GAP, 0),
  );
  const at = (cell: Cell) => ({ x: lefts[cell.layer] as number, y: cell.y - top });
  const nodes = layers.flat().flatMap(cell => (cell.node === null ? [] : [{ ...cell.node, ...at(cell) }]));
  const edges = chains.map(({ edge, chain }): PlacedEdge => {
    const points = chain.flatMap((cell, index): Point[] => {
      const { x, y } = at(cell);
      const middle = y + cell.height / 2;
      if (cell.node === null) return [{ x: x + (widths[cell.layer] as number) / 2, y: middle }];
      return [{ x: index === 0 ? x + cell.node.width : x, y: middle }];
    });
    return edge.reversed
      ? { from: edge.to, to: edge.from, points: points.reverse() }
      : { from: edge.from, to: edge.to, points };
  });
  return {
    nodes,
    edges,
    width: Math.max(...nodes.map(({ x, width }) => x + width)),
    height: Math.max(...nodes.map(({ y, height }) => y + height)),
  };
}

function gridOf(nodes: readonly LayoutNode[], wanted: number): Layout {
  const cell = Math.max(...nodes.map(({ width }) => width)) + NODE_GAP;
  const row = Math.max(...nodes.map(({ height }) => height)) + NODE_GAP;
  const columns = Math.max(1, Math.round((wanted + NODE_GAP) / cell));
  const placed = nodes.map((node, index) => ({
    ...node,
    x: (index % columns) * cell,
    y: Math.floor(index / columns) * row,
  }));
  return {
    nodes: placed,
    edges: [],
    width: Math.min(columns, nodes.length) * cell - NODE_GAP,
    height: Math.ceil(nodes.length / columns) * row - NODE_GAP,
  };
}

function targetWidth(parts: readonly Layout[], single: readonly LayoutNode[]): number {
  const area =
    parts.reduce((sum, { width, height }) => sum + (width + PART_GAP) * (height + PART_GAP), 0) +
    single.reduce((sum, { width, height }) => sum + (width + NODE_GAP) * (height + NODE_GAP), 0);
  return Math.max(Math.sqrt(area * ASPECT), ...parts.map(({ width }) => width));
}

/** Puts parts side by side into rows, the next row below. */
function packed(parts: readonly Layout[], all: readonly LayoutEdge[]): Layout {
  const limit = targetWidth(parts, []);
  const nodes: PlacedNode[] = [];
  const edges: PlacedEdge[] = [];
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  let width = 0;
  for (const part of parts) {
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
  }
  const loops = all.filter(({ from, to }) => from === to);
  return { nodes, edges: [...edges, ...loopsOf(nodes, loops)], width, height: y + rowHeight };
}

/** A node that depends on itself has an arc above it. */
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
          { x: x + width / 2, y: y - NODE_GAP },
          { x: x + width * 0.3, y },
        ],
      },
    ];
  });
}
