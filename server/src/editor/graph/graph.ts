/**
 * Which generator is made from which: the dependency graph of a fleet, as data. Pure; how it is laid out and drawn is
 * for others.
 */
import {
  type Looked,
  type Outdated,
  type StoredStates,
  stateOverall,
  storedStates,
} from '../../checks/facts/store/generated.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { BroughtGenerator } from '../../fleet/model/services.ts';
import type { Place } from '../../nix/places.ts';
import { compareTexts } from '../../std.ts';
import { type StoredState, stateOfFiles } from '../../store/vars/tally.ts';
import { circleOf } from '../layout/circles.ts';
import { linksBy } from '../layout/layers.ts';

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
  /** Why it is outdated; null where it is not. */
  readonly outdated: Outdated | null;
  /** Errors that stand at places of it. */
  readonly errors: number;
  /** One of clan-core's services that brings it; null for others. */
  readonly service: string | null;
  /** The domain of the registry key that makes it; null for others, and where it has none. */
  readonly domain: string | null;
  readonly at: Place | null;
}

/** `to` is made from `from`. */
interface GraphEdge {
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

/** What a view may ask for, beside what it is about. */
export type GraphKind = 'secret' | 'public' | 'prompt';
export type GraphCondition = Exclude<StoredState, 'unknown'> | 'error' | 'cycle';

export interface GraphOptions {
  /** Only what this machine has, and what that is made from. */
  readonly machine?: string | null;
  /** Only this generator, what it is made from and what is made from it. */
  readonly generator?: string | null;
  /** Only generators that have such a file, or a prompt. */
  readonly kind?: GraphKind | null;
  /** Only generators of which this holds. */
  readonly condition?: GraphCondition | null;
}

/**
 * @param looked what is stored; null: nobody asks
 * @param errors how many errors each generator has, by name
 */
export function graphOf(
  fleet: Fleet,
  looked: Looked | null,
  options: GraphOptions = {},
  errors: ReadonlyMap<string, number> = new Map(),
): Graph {
  const declared = new Map<string, Generator[]>();
  for (const generator of fleet.generators) {
    if (generator.nameKind === 'pattern') continue;
    declared.set(generator.name, [...(declared.get(generator.name) ?? []), generator]);
  }
  const brought = broughtIn(fleet);
  const edges = edgesOf(declared, brought);
  const wanted = wantedOf(declared, brought, edges, options);
  const links = edges.filter(({ from, to }) => wanted.has(from) && wanted.has(to));
  const circles = circleOf([...wanted], links);
  const states = looked === null ? null : storedStates(looked);
  const domains = domainsIn(fleet);
  const nodes = [...wanted]
    .sort()
    .map(id => ({
      ...nodeOf(id, declared.get(id) ?? [], brought.get(id) ?? null, states, errors.get(id) ?? 0),
      domain: domains.get(id) ?? null,
    }))
    .filter(node => isKind(node, options.kind ?? null) && isSo(node, options.condition ?? null, circles));
  const shown = new Set(nodes.map(({ id }) => id));
  return {
    nodes,
    edges: links
      .filter(({ from, to }) => shown.has(from) && shown.has(to))
      .map(edge => ({
        ...edge,
        inCycle: circles.get(edge.from) !== undefined && circles.get(edge.from) === circles.get(edge.to),
      })),
  };
}

function domainsIn({ registries }: Fleet): ReadonlyMap<string, string> {
  return new Map(
    registries
      .flatMap(({ keys }) => keys)
      .flatMap(({ generator, domain }) => (generator && domain ? [[generator.value, domain] as const] : [])),
  );
}

function isKind({ secrets, publics, prompts }: GraphNode, kind: GraphKind | null): boolean {
  switch (kind) {
    case null:
      return true;
    case 'secret':
      return secrets > 0;
    case 'public':
      return publics > 0;
    case 'prompt':
      return prompts > 0;
  }
}

function isSo(
  { id, state, errors }: GraphNode,
  condition: GraphCondition | null,
  circles: ReadonlyMap<string, number>,
): boolean {
  if (condition === null) return true;
  if (condition === 'error') return errors > 0;
  return condition === 'cycle' ? circles.has(id) : state === condition;
}

type Link = Omit<GraphEdge, 'inCycle'>;

/** What clan-core's services certainly bring, by name. */
function broughtIn(fleet: Fleet): ReadonlyMap<string, BroughtGenerator> {
  // Those of core modules are on every machine, and nobody asks for them here.
  const generators = fleet.brought.filter(
    ({ isPattern, certain, service }) => !isPattern && certain && service !== null,
  );
  return new Map(generators.map(generator => [generator.name, generator]));
}

/** An edge that a service draws stands where its instance is declared. */
function edgesOf(
  declared: ReadonlyMap<string, readonly Generator[]>,
  brought: ReadonlyMap<string, BroughtGenerator>,
): Link[] {
  const edges = new Map<string, Link>();
  for (const [to, same] of declared)
    for (const { value: from, at } of same.flatMap(generator => generator.body().dependencies)) {
      const key = `${from}\0${to}`;
      if (!edges.has(key) && !from.includes('${')) edges.set(key, { from, to, at });
    }
  for (const { name: to, dependencies, instance } of brought.values()) {
    const [at] = instance?.at ?? [];
    if (at === undefined || declared.has(to)) continue;
    for (const from of dependencies) {
      const key = `${from}\0${to}`;
      if (!edges.has(key) && !from.includes('${')) edges.set(key, { from, to, at });
    }
  }
  return [...edges.values()].sort((a, b) => compareTexts(a.from, b.from) || compareTexts(a.to, b.to));
}

function wantedOf(
  declared: ReadonlyMap<string, readonly Generator[]>,
  brought: ReadonlyMap<string, BroughtGenerator>,
  edges: readonly Link[],
  { machine, generator }: GraphOptions,
): ReadonlySet<string> {
  const all = [...declared.keys(), ...brought.keys(), ...edges.map(({ from }) => from)];
  const begin = all.filter(name => {
    if (generator != null) return name === generator;
    if (machine == null || brought.get(name)?.machines?.includes(machine) === true) return true;
    return declared.get(name)?.some(({ machines }) => machines?.includes(machine)) === true;
  });
  const wanted = new Set(begin);
  spread(wanted, begin, linksBy(edges, 'to', 'from'));
  if (generator != null) spread(wanted, begin, linksBy(edges, 'from', 'to'));
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

function nodeOf(
  id: string,
  same: readonly Generator[],
  brought: BroughtGenerator | null,
  states: StoredStates | null,
  errors: number,
): Omit<GraphNode, 'domain'> {
  if (same.length === 0) return foreignNode(id, brought, states);
  const bodies = same.map(generator => generator.body());
  const files = [...new Map(bodies.flatMap(body => body.files.map(file => [file.name, file]))).values()];
  const shares = new Set(bodies.map(body => body.share));
  const state = states === null ? 'unknown' : stateOverall(states, same);
  return {
    id,
    origin: 'declared',
    share: shares.size === 1 ? (bodies[0]?.share ?? null) : null,
    machines: [...new Set(same.flatMap(({ machines }) => machines ?? []))].sort(),
    secrets: files.filter(file => file.secret !== false).length,
    publics: files.filter(file => file.secret === false).length,
    prompts: new Set(bodies.flatMap(body => body.prompts.map(({ name }) => name))).size,
    state,
    outdated: state === 'outdated' ? (states?.outdatedBy(id, null) ?? null) : null,
    errors,
    service: null,
    at: same[0]?.definitions[0]?.at ?? null,
  };
}

/** What one of clan-core's services brings, or what others depend on and nothing here declares. */
function foreignNode(
  id: string,
  brought: BroughtGenerator | null,
  states: StoredStates | null,
): Omit<GraphNode, 'domain'> {
  const state = brought === null || states === null ? 'unknown' : broughtState(brought, states);
  return {
    id,
    origin: brought === null ? 'undeclared' : 'brought',
    share: brought?.share ?? null,
    machines: [...(brought?.machines ?? [])].sort(),
    secrets: brought?.files.filter(({ secret }) => secret !== false).length ?? 0,
    publics: brought?.files.filter(({ secret }) => secret === false).length ?? 0,
    prompts: brought?.prompts.length ?? 0,
    state,
    outdated: state === 'outdated' ? (states?.outdatedBy(id, null) ?? null) : null,
    errors: 0,
    service: brought?.service ?? null,
    at: brought?.instance?.at[0] ?? null,
  };
}

function broughtState({ name, files, machines, share }: BroughtGenerator, states: StoredStates): StoredState {
  // Which files there are may depend on settings that are not known.
  if (share === null || machines === null || files.some(({ certain }) => !certain)) return 'unknown';
  const owners = share ? [null] : machines;
  const stored = owners.flatMap(owner =>
    files.map(file => {
      const nameKind = file.name.includes('${') ? 'pattern' : 'literal';
      return states.isStored(name, share, owner, { ...file, nameKind, conditional: false });
    }),
  );
  return stateOfFiles(stored, states.outdatedBy(name, null) !== null);
}
