/**
 * Where everything of a graph's picture stands: generators, groups that are open as frames around theirs, groups that
 * are folded as one box each, and the lines between. Groups are laid out among each other as the generators in them are.
 */
import type { Graph, GraphNode } from './graph.ts';
import { type GraphGroup, type Grouping, groupsOf } from './graph-groups.ts';
import { type Layout, layoutOf, type Point } from './layout/layered.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Scene {
  readonly generators: readonly { readonly node: GraphNode; readonly box: Box }[];
  readonly groups: readonly { readonly group: GraphGroup; readonly isOpen: boolean; readonly box: Box }[];
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

/** Ends are names of generators or, where those are folded away, ids of groups. */
export interface Line {
  readonly from: string;
  readonly to: string;
  readonly inCycle: boolean;
  /** How many dependencies it stands for. */
  readonly count: number;
  readonly points: readonly Point[];
}

export interface SceneOptions {
  /** The size of a generator's box. */
  readonly sizeOf: (node: GraphNode) => { readonly width: number; readonly height: number };
  readonly groupSizeOf: (group: GraphGroup) => { readonly width: number; readonly height: number };
  readonly grouping: Grouping | null;
  /** Ids of the groups that are open; null for all. */
  readonly open: ReadonlySet<string> | null;
}

/** Room inside of a frame, and for its title. */
const FRAME = { side: 14, top: 30 };

export function sceneOf(graph: Graph, { sizeOf, groupSizeOf, grouping, open }: SceneOptions): Scene {
  const layout = (nodes: readonly GraphNode[], edges: Graph['edges']) =>
    layoutOf(
      nodes.map(node => ({ id: node.id, ...sizeOf(node) })),
      edges,
    );
  const byId = new Map(graph.nodes.map(node => [node.id, node]));
  if (grouping === null) {
    const laid = layout(graph.nodes, graph.edges);
    return {
      generators: laid.nodes.map(({ id, ...box }) => ({ node: byId.get(id) as GraphNode, box })),
      groups: [],
      lines: linesOf(laid, cyclesIn(graph)),
      width: laid.width,
      height: laid.height,
    };
  }

  const groups = groupsOf(graph, grouping);
  const groupOf = new Map(groups.flatMap(({ id, nodes }) => nodes.map(node => [node.id, id] as const)));
  const inside = new Map<string, Graph['edges'][number][]>();
  const between = new Map<string, { readonly from: string; readonly to: string }>();
  const across: Graph['edges'][number][] = [];
  for (const edge of graph.edges) {
    const [from, to] = [groupOf.get(edge.from) as string, groupOf.get(edge.to) as string];
    if (from === to) {
      const list = inside.get(from);
      if (list) list.push(edge);
      else inside.set(from, [edge]);
    } else {
      between.set(`${from}\0${to}`, { from, to });
      across.push(edge);
    }
  }
  const isOpen = (id: string) => open === null || open.has(id);
  const inner = new Map(
    groups
      .filter(({ id }) => isOpen(id))
      .map(group => [group.id, layout(group.nodes, inside.get(group.id) ?? [])] as const),
  );
  const outer = layoutOf(
    groups.map(group => {
      const own = inner.get(group.id);
      const title = groupSizeOf(group);
      if (own === undefined) return { id: group.id, ...title };
      return {
        id: group.id,
        width: Math.max(own.width + 2 * FRAME.side, title.width),
        height: own.height + FRAME.top + FRAME.side,
      };
    }),
    [...between.values()],
  );
  const boxes = new Map<string, Box>(outer.nodes.map(({ id, ...box }) => [id, box]));
  const cycles = cyclesIn(graph);
  const generators: Scene['generators'][number][] = [];
  const lines: Line[] = [];
  for (const [id, own] of inner) {
    const frame = boxes.get(id) as Box;
    const [right, down] = [frame.x + FRAME.side, frame.y + FRAME.top];
    for (const { id: name, x, y, width, height } of own.nodes)
      generators.push({
        node: byId.get(name) as GraphNode,
        box: { x: x + right, y: y + down, width, height },
      });
    for (const line of linesOf(own, cycles))
      lines.push({ ...line, points: line.points.map(({ x, y }) => ({ x: x + right, y: y + down })) });
  }
  const ends = new Map<string, { readonly id: string; readonly box: Box }>(
    generators.map(({ node, box }) => [node.id, { id: node.id, box }]),
  );
  for (const [name, id] of groupOf) if (!inner.has(id)) ends.set(name, { id, box: boxes.get(id) as Box });
  lines.push(...acrossLines(across, ends));
  return {
    generators,
    groups: groups.map(group => ({ group, isOpen: isOpen(group.id), box: boxes.get(group.id) as Box })),
    lines,
    width: outer.width,
    height: outer.height,
  };
}

/** Lines between groups, straight from end to end; those with the same ends are one. */
function acrossLines(
  edges: Graph['edges'],
  ends: ReadonlyMap<string, { readonly id: string; readonly box: Box }>,
): Line[] {
  const lines = new Map<string, Line>();
  for (const edge of edges) {
    const from = ends.get(edge.from);
    const to = ends.get(edge.to);
    if (from === undefined || to === undefined) continue;
    const key = `${from.id}\0${to.id}`;
    const known = lines.get(key);
    lines.set(key, {
      from: from.id,
      to: to.id,
      inCycle: edge.inCycle || known?.inCycle === true,
      count: (known?.count ?? 0) + 1,
      points: known?.points ?? [
        { x: from.box.x + from.box.width, y: from.box.y + from.box.height / 2 },
        { x: to.box.x, y: to.box.y + to.box.height / 2 },
      ],
    });
  }
  return [...lines.values()];
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
