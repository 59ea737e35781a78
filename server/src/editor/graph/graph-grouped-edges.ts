/**
 * Routes the lines between groups of a graph: from the generator to a point on its group's frame, along the
 * groups' own layout to the other frame, and on to the other generator. A line therefore never runs behind a
 * box.
 */

import { addToList } from '../../std.ts';
import { withoutCircles } from '../layout/layers.ts';
import type { LayoutEdge, LayoutNode, PlacedEdge, Point } from '../layout/shapes.ts';
import type { Graph } from './graph.ts';
import type { Box, Line } from './graph-boxes.ts';
import type { GraphGroup } from './graph-groups.ts';

type Links = Graph['edges'];

export interface GroupedEdges {
  /** Edges within one group, by its id. */
  readonly inside: ReadonlyMap<string, Links>;
  /** Edges between groups, without cycles. */
  readonly between: readonly LayoutEdge[];
  /** Returns the points on the frame of an expanded group, and what they connect to. */
  pins(group: string): { readonly nodes: readonly LayoutNode[]; readonly edges: readonly LayoutEdge[] };
  isPinned(edge: LayoutEdge): boolean;
  lines(placed: Placed): Line[];
}

interface Placed {
  /** Boxes of groups, by id. */
  readonly boxes: ReadonlyMap<string, Box>;
  /** Routes between groups, like `between`. */
  readonly trunks: readonly PlacedEdge[];
  /** Routes between a generator and its point on the frame, by `from\0to`. */
  readonly ways: ReadonlyMap<string, readonly Point[]>;
  readonly cycles: ReadonlySet<string>;
}

const LEFT = '\0left\0';
const RIGHT = '\0right\0';

export function groupedEdgesOf(
  groups: readonly GraphGroup[],
  edges: Links,
  isOpen: (id: string) => boolean,
): GroupedEdges {
  const groupOf = new Map(groups.flatMap(({ id, nodes }) => nodes.map(node => [node.id, id] as const)));
  const group = (name: string) => groupOf.get(name) as string;
  const inside = new Map<string, Links[number][]>();
  const across: Links[number][] = [];
  for (const edge of edges) {
    const id = group(edge.from);
    if (id !== group(edge.to)) across.push(edge);
    else addToList(inside, id, edge);
  }
  const pairs = new Map(
    across.map(({ from, to }) => [`${group(from)}\0${group(to)}`, { from: group(from), to: group(to) }]),
  );
  const forward = withoutCircles(
    groups.map(({ id }) => ({ id, width: 0, height: 0 })),
    [...pairs.values()],
  );
  const between = new Map(forward.map(({ from, to }) => [`${from}\0${to}`, { from, to }]));
  /** Returns whether an edge runs against the direction of most lines between the two groups. */
  const isBackward = ({ from, to }: LayoutEdge) => !between.has(`${group(from)}\0${group(to)}`);
  const pinned = new Map<string, Map<string, LayoutEdge>>();
  const pin = (name: string, side: typeof LEFT | typeof RIGHT) => {
    if (!isOpen(group(name))) return;
    const groupEdges = pinned.get(group(name)) ?? new Map<string, LayoutEdge>();
    pinned.set(group(name), groupEdges);
    groupEdges.set(
      side + name,
      side === LEFT ? { from: side + name, to: name } : { from: name, to: side + name },
    );
  };
  for (const edge of across) {
    const [left, right] = isBackward(edge) ? [edge.to, edge.from] : [edge.from, edge.to];
    pin(left, RIGHT);
    pin(right, LEFT);
  }

  return {
    inside,
    between: [...between.values()],
    pins(id) {
      const groupEdges = pinned.get(id) ?? new Map<string, LayoutEdge>();
      const nodeOf = (name: string): LayoutNode => ({
        ...{ id: name, width: 0, height: 0 },
        pin: name.startsWith(LEFT) ? 'first' : 'last',
      });
      return { nodes: [...groupEdges.keys()].map(nodeOf), edges: [...groupEdges.values()] };
    },
    isPinned: ({ from, to }) => from.startsWith(LEFT) || to.startsWith(RIGHT),
    lines({ boxes, trunks, ways, cycles }) {
      const trunkOf = new Map(trunks.map(trunk => [`${trunk.from}\0${trunk.to}`, trunk.points]));
      const lines = new Map<string, Line>();
      for (const { from, to } of across) {
        const isBack = isBackward({ from, to });
        const [left, right] = isBack ? [to, from] : [from, to];
        const out = ways.get(`${left}\0${RIGHT}${left}`) ?? [];
        const into = ways.get(`${LEFT}${right}\0${right}`) ?? [];
        const trunk = trunkOf.get(`${group(left)}\0${group(right)}`) ?? [];
        const points = joined(out, into, trunk, boxes.get(group(left)), boxes.get(group(right)));
        const ends = [from, to].map(name => (isOpen(group(name)) ? name : group(name)));
        const key = ends.join('\0');
        const line = lines.get(key);
        lines.set(key, {
          from: ends[0] as string,
          to: ends[1] as string,
          inCycle: cycles.has(`${from}\0${to}`) || line?.inCycle === true,
          count: (line?.count ?? 0) + 1,
          points: line?.points ?? (isBack ? points.reverse() : points),
        });
      }
      return [...lines.values()];
    },
  };
}

/**
 * Joins the parts of a route.
 *
 * @param trunk from the right side of one frame, first to the end of its layer, to the left side of the other
 * frame
 */
function joined(
  out: readonly Point[],
  into: readonly Point[],
  trunk: readonly Point[],
  left: Box | undefined,
  right: Box | undefined,
): Point[] {
  const [, layerEnd, ...rest] = trunk;
  if (left === undefined || right === undefined || layerEnd === undefined) return [];
  const begin = out.at(-1)?.y ?? left.y + left.height / 2;
  const end = into[0]?.y ?? right.y + right.height / 2;
  return [
    ...out,
    { x: left.x + left.width, y: begin },
    { x: layerEnd.x, y: begin },
    ...rest.slice(0, -1),
    { x: right.x, y: end },
    ...into,
  ];
}
