/** Groups the generators of a graph, for fleets that are too large to show at once. Pure. */
import type { Graph, GraphNode } from './graph.ts';

/**
 * `machine`: by the only machine that has them; `service`: by the service that provides them, else the domain
 * of their registry key, else the module that declares them.
 */
export type Grouping = 'machine' | 'service';

export interface GraphGroup {
  /** Unique within a grouping, and stable across edits. */
  readonly id: string;
  readonly label: string;
  /** Sorted by name. */
  readonly nodes: readonly GraphNode[];
}

/** Returns the groups of a graph. A generator that would be alone in one stands for itself. */
export function groupsOf(graph: Graph, by: Grouping): readonly GraphGroup[] {
  return partitionOf(graph, by).filter(isGroup);
}

/** Returns whether there is more in it than one generator, which says more by itself. */
export function isGroup({ nodes }: GraphGroup): boolean {
  return nodes.length > 1;
}

/**
 * Divides the nodes of a graph into groups, also of one. Groups shared by several machines come first; then sorted by
 * label.
 */
export function partitionOf({ nodes }: Graph, by: Grouping): readonly GraphGroup[] {
  const groups = new Map<
    string,
    { readonly label: string; readonly rank: number; readonly nodes: GraphNode[] }
  >();
  for (const node of nodes) {
    const { id, label, rank } = by === 'machine' ? byMachine(node) : byService(node);
    const group = groups.get(id);
    if (group) group.nodes.push(node);
    else groups.set(id, { label, rank, nodes: [node] });
  }
  return [...groups]
    .sort(([, a], [, b]) => a.rank - b.rank || (a.label < b.label ? -1 : Number(a.label > b.label)))
    .map(([id, { label, nodes: members }]) => ({ id, label, nodes: members }));
}

/**
 * Returns the grouping that reads best: few groups, none of which has nearly all generators. Null if neither
 * simplifies the graph.
 */
export function bestGrouping(graph: Graph): Grouping | null {
  const sizes = (['machine', 'service'] as const).map(by => {
    const groups = partitionOf(graph, by);
    return { by, size: Math.max(groups.length, ...groups.map(({ nodes }) => nodes.length)) };
  });
  const best = sizes.reduce((a, b) => (b.size < a.size ? b : a));
  return best.size < graph.nodes.length ? best.by : null;
}

interface Place {
  readonly id: string;
  readonly label: string;
  readonly rank: number;
}

function byMachine({ share, machines }: GraphNode): Place {
  if (share === true) return { id: '*shared', label: 'shared', rank: 0 };
  const [only, ...others] = machines;
  if (only === undefined) return { id: '*none', label: 'no known machine', rank: 3 };
  if (others.length > 0) return { id: '*several', label: 'several machines', rank: 1 };
  return { id: only, label: only, rank: 2 };
}

function byService({ service, domain, origin, at }: GraphNode): Place {
  if (service !== null) return { id: `service ${service}`, label: service, rank: 0 };
  if (domain !== null) return { id: `domain ${domain}`, label: domain, rank: 1 };
  if (origin !== 'declared' || at === null) return { id: '*none', label: 'not declared here', rank: 3 };
  return { id: at.file, label: at.file.replace(/(\/default)?\.nix$/, ''), rank: 2 };
}
