/**
 * Which generator is made from which: the dependency graph of a fleet, as data. Pure; how it is laid out and drawn is
 * for others.
 */
import type { Fleet, Generator, GeneratorBody, Place } from '../fleet/model.ts';
import type { StoreContents } from '../store/read.ts';
import { type StoredState, stateOfAll, storedFilesIn } from './stored-state.ts';

export interface GraphNode {
  /** The generator's name. */
  readonly id: string;
  /** `declared` in the workspace, `brought` by one of clan-core's services, or `undeclared`: only depended on. */
  readonly origin: 'declared' | 'brought' | 'undeclared';
  readonly share: boolean | null;
  /** Machines that certainly have it, sorted. */
  readonly machines: readonly string[];
  readonly secrets: number;
  readonly publics: number;
  readonly prompts: number;
  readonly state: StoredState;
  readonly at: Place | null;
}

/** `to` is made from `from`. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Part of a circle, which can never be generated. */
  readonly inCycle: boolean;
  /** Where the dependency is written. */
  readonly at: Place;
}

export interface Graph {
  /** Sorted by name. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphOptions {
  /** Only what this machine has, and what that is made from. */
  readonly machine?: string | null;
  /** Only this generator, what it is made from and what is made from it. */
  readonly generator?: string | null;
}

export function graphOf(fleet: Fleet, stored: StoreContents | null, options: GraphOptions = {}): Graph {
  const declared = new Map<string, Generator[]>();
  for (const generator of fleet.generators) {
    if (generator.nameKind === 'pattern') continue;
    declared.set(generator.name, [...(declared.get(generator.name) ?? []), generator]);
  }
  const found = edgesOf(declared);
  const wanted = wantedOf(declared, found, options);
  const links = found.filter(({ from, to }) => wanted.has(from) && wanted.has(to));
  const circles = circleOf([...wanted], links);
  const brought = new Set(fleet.brought().map(({ name }) => name));
  return {
    nodes: [...wanted].sort().map(id => nodeOf(id, declared.get(id) ?? [], brought.has(id), stored)),
    edges: links.map(edge => ({
      ...edge,
      inCycle: circles.get(edge.from) !== undefined && circles.get(edge.from) === circles.get(edge.to),
    })),
  };
}

type Link = Omit<GraphEdge, 'inCycle'>;

function edgesOf(declared: ReadonlyMap<string, readonly Generator[]>): Link[] {
  const edges = new Map<string, Link>();
  for (const [to, same] of declared)
    for (const { value: from, at } of same.flatMap(generator => generator.body().dependencies)) {
      const key = `${from}\0${to}`;
      if (!edges.has(key) && !from.includes('${')) edges.set(key, { from, to, at });
    }
  return [...edges.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function wantedOf(
  declared: ReadonlyMap<string, readonly Generator[]>,
  edges: readonly Link[],
  { machine, generator }: GraphOptions,
): ReadonlySet<string> {
  const all = [...declared.keys(), ...edges.map(({ from }) => from)];
  const begin = all.filter(name => {
    if (generator != null) return name === generator;
    return machine == null || declared.get(name)?.some(one => one.machines?.includes(machine)) === true;
  });
  const wanted = new Set(begin);
  spread(wanted, begin, groupBy(edges, 'to', 'from'));
  if (generator != null) spread(wanted, begin, groupBy(edges, 'from', 'to'));
  return wanted;
}

function spread(
  into: Set<string>,
  begin: readonly string[],
  next: ReadonlyMap<string, readonly string[]>,
): void {
  const seen = new Set(begin);
  const open = [...begin];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    into.add(name);
    for (const other of next.get(name) ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
}

function groupBy(edges: readonly Link[], key: 'from' | 'to', value: 'from' | 'to'): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const edge of edges) {
    const group = groups.get(edge[key]);
    if (group) group.push(edge[value]);
    else groups.set(edge[key], [edge[value]]);
  }
  return groups;
}

/**
 * Names that depend on themselves through others, each with the number of its circle (Tarjan's strongly connected
 * components, without recursion).
 */
export function circleOf(
  names: readonly string[],
  edges: readonly { readonly from: string; readonly to: string }[],
): ReadonlyMap<string, number> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const list = next.get(from);
    if (list) list.push(to);
    else next.set(from, [to]);
  }
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles = new Map<string, number>();
  for (const root of names) {
    if (order.has(root)) continue;
    const work: { readonly name: string; at: number }[] = [{ name: root, at: 0 }];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { name } = frame;
      if (frame.at === 0) {
        order.set(name, order.size);
        low.set(name, order.get(name) as number);
        stack.push(name);
        onStack.add(name);
      }
      const other = next.get(name)?.[frame.at++];
      if (other !== undefined) {
        if (!order.has(other)) work.push({ name: other, at: 0 });
        else if (onStack.has(other)) lower(low, name, order.get(other) as number);
        continue;
      }
      work.pop();
      const above = work.at(-1);
      if (above) lower(low, above.name, low.get(name) as number);
      if (low.get(name) !== order.get(name)) continue;
      const members = stack.splice(stack.indexOf(name));
      for (const member of members) onStack.delete(member);
      const isCircle = members.length > 1 || next.get(name)?.includes(name) === true;
      if (isCircle) for (const member of members) circles.set(member, order.get(name) as number);
    }
  }
  return circles;
}

function lower(low: Map<string, number>, name: string, to: number): void {
  low.set(name, Math.min(low.get(name) as number, to));
}

function nodeOf(
  id: string,
  same: readonly Generator[],
  isBrought: boolean,
  stored: StoreContents | null,
): GraphNode {
  const bodies = same.map(generator => generator.body());
  const files = [...new Map(bodies.flatMap(body => body.files.map(file => [file.name, file]))).values()];
  const at = same[0]?.definitions[0]?.at ?? null;
  const shares = new Set(bodies.map(body => body.share));
  const origin = same.length > 0 ? 'declared' : isBrought ? 'brought' : 'undeclared';
  return {
    id,
    origin,
    share: shares.size === 1 ? (bodies[0]?.share ?? null) : null,
    machines: [...new Set(same.flatMap(({ machines }) => machines ?? []))].sort(),
    secrets: files.filter(file => file.secret !== false).length,
    publics: files.filter(file => file.secret === false).length,
    prompts: new Set(bodies.flatMap(body => body.prompts.map(({ name }) => name))).size,
    state: stored === null ? 'unknown' : stateOf(id, same, bodies, stored),
    at,
  };
}

function stateOf(
  id: string,
  same: readonly Generator[],
  bodies: readonly GeneratorBody[],
  stored: StoreContents,
): StoredState {
  const isStored = storedFilesIn(stored);
  const found: (boolean | null)[] = [];
  for (const [position, generator] of same.entries()) {
    const body = bodies[position];
    if (body === undefined || body.share === null || !body.complete.files) return 'unknown';
    const machines = generator.machines ?? [];
    const owners = body.share && machines.length > 0 ? [null] : machines;
    for (const owner of owners)
      for (const file of body.files) found.push(isStored(id, body.share, owner, file));
  }
  return stateOfAll(found);
}
