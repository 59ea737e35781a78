/**
 * Computes which generators run together and in which order, as closures over the dependency graph. Knows only
 * the keys of generators and whether each is complete.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/graph.py.
 */

import { addToList } from '../../std.ts';
import { byPlacement, type Generator } from './generators.ts';

export interface Graph {
  readonly generators: ReadonlyMap<string, Generator>;
  /** Direct dependents by key. */
  readonly dependents: ReadonlyMap<string, readonly string[]>;
}

/** Builds the dependency graph. Dependencies on generators that do not exist are left out. */
export function graphOf(generators: ReadonlyMap<string, Generator>): Graph {
  const dependents = new Map<string, string[]>();
  for (const { key, dependencies } of generators.values())
    for (const dependency of dependencies) addToList(dependents, dependency.key, key);
  return { generators, dependents };
}

/** Look-ups of which generators have stored values, by key. */
export interface StoredLookup {
  /** Returns true if nothing has to be generated. */
  complete(key: string): boolean;
  /** Returns true if some values exist, which would become older than their inputs. */
  begun(key: string): boolean;
}

/** Returns the incomplete roots and everything that runs with them. */
export function missingClosure(graph: Graph, roots: Iterable<string>, lookups: StoredLookup): Set<string> {
  return runClosure(
    graph,
    [...roots].filter(key => !lookups.complete(key)),
    lookups,
  );
}

/** Returns the roots, complete or not, and everything that runs with them. */
export function requestedClosure(graph: Graph, roots: Iterable<string>, lookups: StoredLookup): Set<string> {
  return runClosure(graph, roots, lookups);
}

/**
 * Returns everything that runs if some generators are to run: those, their incomplete dependencies, all
 * dependents of any of these, and the dependencies of those in turn. A dependent without any values cannot
 * become outdated; if it needs something that the run does not make, it is left to a later run.
 */
function runClosure(graph: Graph, start: Iterable<string>, lookups: StoredLookup): Set<string> {
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
    const lacking = [...running].filter(key => lackedBy(key).some(dependency => !running.has(dependency)));
    const unbegun = lacking.filter(key => !wanted.has(key) && !lookups.begun(key));
    for (const key of unbegun) left.add(key);
    if (unbegun.length > 0) continue;
    if (lacking.length === 0) return running;
    for (const key of reach(lacking.flatMap(lackedBy), lackedBy)) wanted.add(key);
    // With what now runs, nothing may be missing for the postponed ones any more.
    left.clear();
  }
}

/** Returns the keys and all that transitively depend on them. */
export function withDependents(graph: Graph, keys: Iterable<string>): Set<string> {
  return reach(keys, key => graph.dependents.get(key) ?? []);
}

function reach(start: Iterable<string>, next: (key: string) => readonly string[]): Set<string> {
  const reached = new Set(start);
  // Iterating over a set includes elements that are added meanwhile.
  for (const key of reached) for (const other of next(key)) reached.add(other);
  return reached;
}

export interface Order {
  /** Sorted topologically by level, dependencies first, and by placement within a level. */
  readonly sorted: readonly Generator[];
  /** The keys of one cycle with the first repeated at the end, or null if there is none. */
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

/**
 * Returns one cycle.
 *
 * @param left the keys that could not be sorted: members of cycles and their dependents
 */
function cycleAmong(graph: Graph, left: ReadonlySet<string>): string[] {
  const path: string[] = [];
  let key = [...left].sort()[0] as string;
  // Each remaining generator waits for another, so this walk must return to a visited one.
  while (!path.includes(key)) {
    path.push(key);
    key = graph.generators.get(key)?.dependencies.find(dependency => left.has(dependency.key))?.key as string;
  }
  return [...path.slice(path.indexOf(key)), key];
}
