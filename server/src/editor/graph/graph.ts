/** Builds the dependency graph of a fleet's generators as data. Pure; layout and drawing are elsewhere. */
import { type NixSays, nixSaysOf } from '../../checks/facts/eval/nix-says.ts';
import { broughtGenerators, clanGeneratorState } from '../../checks/facts/store/clan-states.ts';
import { type StoredStateInputs, stateOverall, storedStates } from '../../checks/facts/store/generated.ts';
import type { Outdated, StoredStates } from '../../checks/facts/store/states.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { ClanGenerator } from '../../fleet/model/services.ts';
import type { Place } from '../../nix/places.ts';
import { compareTexts } from '../../std.ts';
import type { StoredState } from '../../store/vars/tally.ts';
import { circleOf } from '../layout/circles.ts';
import { linksBy } from '../layout/layers.ts';

export interface GraphNode {
  /** The generator's name. */
  readonly id: string;
  /** `declared` in the workspace, `brought` by clan-core, by another `flake`, or `undeclared` but depended on. */
  readonly origin: 'declared' | 'brought' | 'flake' | 'undeclared';
  readonly share: boolean | null;
  /** Machines that certainly have it, sorted. */
  readonly machines: readonly string[];
  readonly secrets: number;
  readonly publics: number;
  readonly prompts: number;
  readonly state: StoredState;
  /** The reason why it is outdated, or null. */
  readonly outdated: Outdated | null;
  /** The number of errors at its places. */
  readonly errors: number;
  /** The clan-core service that provides it, or null. */
  readonly service: string | null;
  /** The domain of the registry key that creates it, or null. */
  readonly domain: string | null;
  /** What Nix says of it, or null if it was not asked about its machines. */
  readonly nix: NixSays | null;
  readonly at: Place | null;
}

/** An edge; `to` is made from `from`. */
interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** True if the edge is part of a cycle, which can never be generated. */
  readonly inCycle: boolean;
  /** The place of the dependency in the source. */
  readonly at: Place;
}

export interface Graph {
  /** Sorted by name. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The kinds that a view can filter by. */
export type GraphKind = 'secret' | 'public' | 'prompt';
export type GraphCondition = Exclude<StoredState, 'unknown'> | 'error' | 'cycle';

export interface GraphOptions {
  /** Limits the graph to this machine's generators and their dependencies. */
  readonly machine?: string | null;
  /** Limits the graph to this generator, its dependencies and its dependents. */
  readonly generator?: string | null;
  /** Limits the graph to generators with such a file or a prompt. */
  readonly kind?: GraphKind | null;
  /** Limits the graph to generators that meet this condition. */
  readonly condition?: GraphCondition | null;
}

/**
 * Builds the graph.
 *
 * @param looked what is stored, or null to omit states @param errors the number of errors of each generator, by
 * name
 */
export function graphOf(
  fleet: Fleet,
  looked: StoredStateInputs | null,
  options: GraphOptions = {},
  errors: ReadonlyMap<string, number> = new Map(),
): Graph {
  const declared = new Map<string, Generator[]>();
  for (const generator of fleet.generators) {
    if (generator.nameKind === 'pattern') continue;
    declared.set(generator.name, [...(declared.get(generator.name) ?? []), generator]);
  }
  const clanGenerators = new Map(broughtGenerators(fleet).map(generator => [generator.name, generator]));
  const edges = edgesOf(declared, clanGenerators);
  const wanted = wantedOf(declared, clanGenerators, edges, options);
  const links = edges.filter(({ from, to }) => wanted.has(from) && wanted.has(to));
  const circles = circleOf([...wanted], links);
  const states = looked === null ? null : storedStates(looked);
  const domains = domainsIn(fleet);
  const nodes = [...wanted]
    .sort()
    .map(id => {
      const same = declared.get(id) ?? [];
      const node = nodeOf(id, same, clanGenerators.get(id) ?? null, states, errors.get(id) ?? 0);
      const shown = { generator: id, machine: options.machine ?? null };
      return {
        ...node,
        domain: domains.get(id) ?? null,
        nix: nixSaysOf(fleet.nix, shown, node.machines),
      };
    })
    .filter(
      node =>
        isKind(node, options.kind ?? null) && agreesOnMachines(node, options.condition ?? null, circles),
    );
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

function agreesOnMachines(
  { id, state, errors }: GraphNode,
  condition: GraphCondition | null,
  circles: ReadonlyMap<string, number>,
): boolean {
  if (condition === null) return true;
  if (condition === 'error') return errors > 0;
  return condition === 'cycle' ? circles.has(id) : state === condition;
}

type Link = Omit<GraphEdge, 'inCycle'>;

/** Returns the edges. The place of a service's edge is the declaration of its instance, that of another flake's `flake.nix`. */
function edgesOf(
  declared: ReadonlyMap<string, readonly Generator[]>,
  clanGenerators: ReadonlyMap<string, ClanGenerator>,
): Link[] {
  const edges = new Map<string, Link>();
  for (const [to, same] of declared)
    for (const { value: from, at } of same.flatMap(generator => generator.body().dependencies)) {
      const key = `${from}\0${to}`;
      if (!edges.has(key) && !from.includes('${')) edges.set(key, { from, to, at });
    }
  for (const { name: to, body, instance } of clanGenerators.values()) {
    if (declared.has(to)) continue;
    for (const { value: from, at } of body().dependencies) {
      const key = `${from}\0${to}`;
      if (!edges.has(key) && !from.includes('${')) edges.set(key, { from, to, at: instance?.at[0] ?? at });
    }
  }
  return [...edges.values()].sort((a, b) => compareTexts(a.from, b.from) || compareTexts(a.to, b.to));
}

function wantedOf(
  declared: ReadonlyMap<string, readonly Generator[]>,
  clanGenerators: ReadonlyMap<string, ClanGenerator>,
  edges: readonly Link[],
  { machine, generator }: GraphOptions,
): ReadonlySet<string> {
  const all = [...declared.keys(), ...clanGenerators.keys(), ...edges.map(({ from }) => from)];
  const begin = all.filter(name => {
    if (generator != null) return name === generator;
    if (machine == null || clanGenerators.get(name)?.machines?.includes(machine) === true) return true;
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

/** A node without what is looked up by its name. */
type OwnNode = Omit<GraphNode, 'domain' | 'nix'>;

function nodeOf(
  id: string,
  same: readonly Generator[],
  clanGenerator: ClanGenerator | null,
  states: StoredStates | null,
  errors: number,
): OwnNode {
  if (same.length === 0) return foreignNode(id, clanGenerator, states);
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

/** Returns the node of a generator that a clan-core service provides, or that is only depended on. */
function foreignNode(id: string, clanGenerator: ClanGenerator | null, states: StoredStates | null): OwnNode {
  const state =
    clanGenerator === null || states === null
      ? 'unknown'
      : clanGeneratorState(clanGenerator, states, clanGenerator.machines);
  return {
    id,
    origin: clanGenerator === null ? 'undeclared' : clanGenerator.isOfOtherFlake ? 'flake' : 'brought',
    share: clanGenerator?.share ?? null,
    machines: [...(clanGenerator?.machines ?? [])].sort(),
    secrets: clanGenerator?.files.filter(({ secret }) => secret !== false).length ?? 0,
    publics: clanGenerator?.files.filter(({ secret }) => secret === false).length ?? 0,
    prompts: clanGenerator?.prompts.length ?? 0,
    state,
    outdated: state === 'outdated' ? (states?.outdatedBy(id, null) ?? null) : null,
    errors: 0,
    service: clanGenerator?.service ?? null,
    at: clanGenerator?.instance?.at[0] ?? null,
  };
}
