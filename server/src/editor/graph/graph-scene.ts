/**
 * Lays out everything in a graph's picture: generators, expanded groups as frames, collapsed groups as single
 * boxes, and the lines between them. Groups are laid out like generators; unconnected generators form a compact
 * list.
 */

import { type Layout, layoutOf, type Point } from '../layout/layered.ts';
import { listOf } from '../layout/list.ts';
import type { LayoutNode } from '../layout/shapes.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { Box, Line } from './graph-boxes.ts';
import { groupedEdgesOf } from './graph-grouped-edges.ts';
import { type GraphGroup, type Grouping, isGroup, partitionOf } from './graph-groups.ts';

export interface Scene {
  readonly generators: readonly SceneNode[];
  readonly groups: readonly { readonly group: GraphGroup; readonly isOpen: boolean; readonly box: Box }[];
  readonly lines: readonly Line[];
  /** The origin of the list of unconnected generators below the drawing, or null without one. */
  readonly list: Point | null;
  readonly width: number;
  readonly height: number;
}

interface SceneNode {
  readonly node: GraphNode;
  /** True for an unconnected generator in the list. */
  readonly isCompact: boolean;
  readonly box: Box;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface SceneOptions {
  /** Returns the size of a generator's box. */
  readonly sizeOf: (node: GraphNode, isCompact: boolean) => Size;
  readonly groupSizeOf: (group: GraphGroup) => Size;
  readonly grouping: Grouping | null;
  /** Ids of the expanded groups, or null for all. */
  readonly open: ReadonlySet<string> | null;
  /** The aspect ratio of what it is shown in, width to height; by default about that of a window. */
  readonly aspect?: number;
}

/** Padding of a frame, and the height of its title. */
const FRAME = { side: 14, top: 30 };
/** The distance between drawing and list, including the list's title. */
const LIST_TOP = 52;
const PART_GAP = 30;
/** The aspect ratio of a picture, width to height: about that of a window. */
const ASPECT = 1.8;
/** The minimum width that a list may use. */
const LIST_WIDTH = 640;

type Links = Graph['edges'];

interface Block extends Layout {
  /** The top of the list, or null without one. */
  readonly list: number | null;
}

export function sceneOf(graph: Graph, options: SceneOptions): Scene {
  const { aspect = ASPECT } = options;
  const linked = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const byId = new Map(graph.nodes.map(node => [node.id, node]));
  const isCompact = (id: string) => !linked.has(id);
  const sized = (node: GraphNode): LayoutNode => ({
    id: node.id,
    ...options.sizeOf(node, isCompact(node.id)),
  });
  /** Lays out a drawing with the list of unconnected nodes below it. */
  const block = (nodes: readonly GraphNode[], edges: Links, pins: Pins, gap: number): Block => {
    const laid = layoutOf(
      [...nodes.filter(({ id }) => linked.has(id)).map(sized), ...pins.nodes],
      [...edges, ...pins.edges],
    );
    const single = nodes.filter(({ id }) => isCompact(id)).map(sized);
    return withList(laid, single, gap, aspect);
  };
  const placed = ({ id, x, y, width, height }: Layout['nodes'][number], right = 0, down = 0): SceneNode => ({
    node: byId.get(id) as GraphNode,
    isCompact: isCompact(id),
    box: { x: x + right, y: y + down, width, height },
  });
  const cycles = cyclesIn(graph);
  if (options.grouping === null) {
    const laid = block(graph.nodes, graph.edges, NO_PINS, LIST_TOP);
    return {
      generators: laid.nodes.map(node => placed(node)),
      groups: [],
      lines: linesOf(laid, cycles),
      list: laid.list === null ? null : { x: 0, y: laid.list },
      width: laid.width,
      height: laid.height,
    };
  }
  return grouped(graph, options, options.grouping, { block, placed, cycles });
}

interface Pins {
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

const NO_PINS: Pins = { nodes: [], edges: [] };

interface Tools {
  readonly block: (nodes: readonly GraphNode[], edges: Links, pins: Pins, gap: number) => Block;
  readonly placed: (node: Layout['nodes'][number], right?: number, down?: number) => SceneNode;
  readonly cycles: ReadonlySet<string>;
}

function grouped(
  graph: Graph,
  { sizeOf, groupSizeOf, open }: SceneOptions,
  by: Grouping,
  { block, placed, cycles }: Tools,
): Scene {
  const groups = partitionOf(graph, by).map(standing);
  const isOpen = (id: string) => !id.startsWith(ALONE) && (open === null || open.has(id));
  const crossings = groupedEdgesOf(groups, graph.edges, isOpen);
  const inner = new Map(
    groups
      .filter(({ id }) => isOpen(id))
      .map(({ id, nodes }) => [
        id,
        block(nodes, crossings.inside.get(id) ?? [], crossings.pins(id), PART_GAP),
      ]),
  );
  const outer = layoutOf(
    groups.map(group => {
      const innerLayout = inner.get(group.id);
      const [first] = group.nodes;
      const title = first !== undefined && !isGroup(group) ? sizeOf(first, false) : groupSizeOf(group);
      if (innerLayout === undefined) return { id: group.id, ...title };
      return {
        id: group.id,
        width: Math.max(innerLayout.width + 2 * FRAME.side, title.width),
        height: innerLayout.height + FRAME.top + FRAME.side,
      };
    }),
    crossings.between,
  );
  const boxes = new Map<string, Box>(outer.nodes.map(({ id, ...box }) => [id, box]));
  const generators: SceneNode[] = [];
  const lines: Line[] = [];
  const ways = new Map<string, readonly Point[]>();
  for (const [id, layout] of inner) {
    const frame = boxes.get(id) as Box;
    const [right, down] = [frame.x + FRAME.side, frame.y + FRAME.top];
    for (const node of layout.nodes) if (node.pin === undefined) generators.push(placed(node, right, down));
    for (const line of linesOf(layout, cycles)) {
      const points = line.points.map(({ x, y }) => ({ x: x + right, y: y + down }));
      if (crossings.isPinned(line)) ways.set(`${line.from}\0${line.to}`, points);
      else lines.push({ ...line, points });
    }
  }
  for (const line of crossings.lines({ boxes, trunks: outer.edges, ways, cycles }))
    lines.push({ ...line, from: withoutMark(line.from), to: withoutMark(line.to) });
  for (const { id, nodes } of groups.filter(group => !isGroup(group)))
    for (const node of nodes) generators.push({ node, isCompact: false, box: boxes.get(id) as Box });
  return {
    ...{ generators, lines, list: null, width: outer.width, height: outer.height },
    groups: groups
      .filter(isGroup)
      .map(group => ({ group, isOpen: isOpen(group.id), box: boxes.get(group.id) as Box })),
  };
}

/** Marks the id of a generator that is in no group, where groups are laid out. */
const ALONE = '\0alone\0';

/** Returns a group; a single generator under its own name. */
function standing(group: GraphGroup): GraphGroup {
  const [first] = group.nodes;
  return first === undefined || isGroup(group) ? group : { ...group, id: ALONE + first.id };
}

function withoutMark(id: string): string {
  return id.startsWith(ALONE) ? id.slice(ALONE.length) : id;
}

function withList(laid: Layout, single: readonly LayoutNode[], gap: number, aspect: number): Block {
  if (single.length === 0) return { ...laid, list: null };
  const isAlone = laid.nodes.length === 0;
  const list = isAlone ? shapedList(single, aspect) : listOf(single, widthBelow(laid, single));
  const down = (isAlone ? 0 : laid.height) + (isAlone && gap !== LIST_TOP ? 0 : gap);
  return {
    nodes: [...laid.nodes, ...list.nodes.map(node => ({ ...node, y: node.y + down }))],
    edges: laid.edges,
    list: down,
    width: Math.max(laid.width, list.width),
    height: down + list.height,
  };
}

/** Returns a width for the list below a drawing: at least that of the drawing. */
function widthBelow({ width }: Layout, single: readonly LayoutNode[]): number {
  const area = single.reduce((sum, box) => sum + box.width * box.height, 0);
  return Math.max(width, Math.min(LIST_WIDTH, Math.sqrt(area * ASPECT * 2)), Math.sqrt(area * ASPECT));
}

/** The factor between the widths that are tried: where there are few columns, it adds about one. */
const STEP = 4 / 3;

/** Returns the list that is largest when it is shown as a whole: its columns follow from the shape of the canvas. */
function shapedList(single: readonly LayoutNode[], aspect: number): Layout {
  const narrow = Math.max(...single.map(({ width }) => width));
  let best = listOf(single, narrow);
  const extent = ({ width, height }: Layout) => Math.max(width / aspect, height);
  for (let width = narrow; width < narrow * Math.min(100, single.length); width *= STEP) {
    const list = listOf(single, width * STEP);
    if (extent(list) < extent(best)) best = list;
  }
  return best;
}

function linesOf({ edges }: Layout, cycles: ReadonlySet<string>): Line[] {
  return edges.map(({ from, to, points }) => ({
    ...{ from, to, points },
    inCycle: cycles.has(`${from}\0${to}`),
    count: 1,
  }));
}

function cyclesIn({ edges }: Graph): ReadonlySet<string> {
  return new Set(edges.flatMap(({ from, to, inCycle }) => (inCycle ? [`${from}\0${to}`] : [])));
}
