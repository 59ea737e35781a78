/**
 * Which generators run together and in which order: closures over the graph of dependencies. Knows generators by
 * their keys and whether each is complete, nothing else.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/graph.py.
 */

import { addToList } from '../../std.ts';
import { byPlacement, type Generator } from './generators.ts';

export interface Graph {
  readonly generators: ReadonlyMap<string, Generator>;
  /** By key: those that depend on it directly. */
  readonly dependents: ReadonlyMap<string, readonly string[]>;
}

/** Dependencies on what does not exist are no edges. */
export function graphOf(generators: ReadonlyMap<string, Generator>): Graph {
  const dependents = new Map<string, string[]>();
  for (const { key, dependencies } of generators.values())
    for (const dependency of dependencies) addToList(dependents, dependency.key, key);
  return { generators, dependents };
}

/** What is there of generators, by their keys. */
export interface Known {
  /** Nothing of it has to be made. */
  complete(key: string): boolean;
  /** Something of it is there: a value that would be older than what it is made from. */
  begun(key: string): boolean;
}

/** Returns the roots that are not complete, and what runs with them. */
export function missingClosure(graph: Graph, roots: Iterable<string>, lookups: Known): Set<string> {
  return runClosure(
    graph,
    [...roots].filter(key => !lookups.complete(key)),
    lookups,
  );
}

/** Returns the roots, complete or not, and what runs with them. */
export function requestedClosure(graph: Graph, roots: Iterable<string>, lookups: Known): Set<string> {
  return runClosure(graph, roots, lookups);
}

/**
 * Returns what runs where some are to run: those, what they need and is not complete, everything that depends on any of these,
 * and what that needs in turn. A dependent of which nothing is there gets no older by the run: where it needs something
 * that the run does not make, it is left for a run of its own.
 */
function runClosure(graph: Graph, start: Iterable<string>, lookups: Known): Set<string> {
  const lackedBy = (key: string) =>
    (graph.generators.get(key)?.dependencies ?? [])
      .map(dependency => dependency.key)
      .filter(dependency => graph.generators.has(dependency) && !lookups.complete(dependency));
  const wanted = reach(start, lackedBy);
  const left = new Set<string>();
  for (;;) {
    const running = reach(wanted, key =>
      (graph.dependents.get(key) ?? []).filter(dependent => !left.has(dependent)),
    );
    const lacking = [...running].filter(key => lackedBy(key).some(each => !running.has(each)));
    const unbegun = lacking.filter(key => !wanted.has(key) && !lookups.begun(key));
    for (const key of unbegun) left.add(key);
    if (unbegun.length > 0) continue;
    if (lacking.length === 0) return running;
    for (const key of reach(lacking.flatMap(lackedBy), lackedBy)) wanted.add(key);
    // With what runs now, they may lack nothing any more.
    left.clear();
  }
}

/** Keys, and everything that depends on them. */
export function withDependents(graph: Graph, keys: Iterable<string>): Set<string> {
  return reach(keys, key => graph.dependents.get(key) ?? []);
}

function reach(start: Iterable<string>, next: (key: string) => readonly string[]): Set<string> {
  const reached = new Set(start);
  // A set that grows while it is walked is walked to its end.
  for (const key of reached) for (const other of next(key)) reached.add(other);
  return reached;
}

export interface Order {
  /** Level by level: what depends on nothing in the closure comes first; sorted by placement within a level. */
  readonly sorted: readonly Generator[];
  /** Keys around one cycle, the first repeated at the end; null where there is none. */
  readonly cycle: readonly string[] | null;
}

export function orderOf(graph: Graph, closure: ReadonlySet<string>): Order {
  const waiting = new Map<string, number>();
  for (const key of closure) {
    const dependencies = graph.generators.get(key)?.dependencies ?? [];
    const keys = new Set<string>();
    for (const dependency of dependencies) if (closure.has(dependency.key)) keys.add(dependency.key);
    waiting.set(key, keys.size);
  }
  const sorted: Generator[] = [];
  let level = [...closure].filter(key => waiting.get(key) === 0);
  while (level.length > 0) {
    const generators = level.flatMap(key => graph.generators.get(key) ?? []).sort(byPlacement);
    sorted.push(...generators);
    const next: string[] = [];
    for (const { key } of generators) {
      waiting.delete(key);
      for (const dependent of new Set(graph.dependents.get(key))) {
        const left = waiting.get(dependent);
        if (left === undefined) continue;
        waiting.set(dependent, left - 1);
        if (left === 1) next.push(dependent);
      }
    }
    level = next;
  }
  return { sorted, cycle: waiting.size === 0 ? null : cycleAmong(graph, new Set(waiting.keys())) };
}

/** @param left what could not be sorted: members of cycles and what depends on them */
function cycleAmong(graph: Graph, left: ReadonlySet<string>): string[] {
  const path: string[] = [];
  let key = [...left].sort()[0] as string;
  // Each of them waits for another of them, so that walking on must come round.
  while (!path.includes(key)) {
    path.push(key);
    key = graph.generators.get(key)?.dependencies.find(dependency => left.has(dependency.key))?.key as string;
  }
  return [...path.slice(path.indexOf(key)), key];
}
