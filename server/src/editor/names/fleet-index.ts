/**
 * Indexes which subject is at which place of a fleet and how subjects are related: once per snapshot, and per
 * file on first use. The basis of every feature.
 */

import type { Machine } from '../../fleet/model/base.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody, GeneratorDefinition } from '../../fleet/model/generators.ts';
import type { MatrixRow, Registry, RegistryKey } from '../../fleet/model/registries.ts';
import { machineRows } from '../../fleet/registry/machine-rows.ts';
import { groupBy } from '../../std.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Subject, subjectKey, type Target } from './subjects.ts';
import { definitionsIn, filesWithTargets, targetsIn } from './targets.ts';

export interface FleetIndex {
  readonly registries: ReadonlyMap<string, Registry>;
  /** Generators by name, one for each placement. */
  readonly generators: ReadonlyMap<string, readonly Generator[]>;
  readonly machines: ReadonlyMap<string, Machine>;
  key(registry: string, key: string): RegistryKey | null;
  row(matrix: string, machine: string): MatrixRow | null;
  /** Returns the machines whose rows list a key, in matrix order. */
  machinesOfKey(registry: string, key: string): readonly string[];
  /** Returns the smallest target at an offset of a file; its end counts as inside. */
  targetAt(file: string, offset: number): Target | null;
  /** Returns the definitions of generators whose names are in a file. */
  definitionsIn(file: string): readonly GeneratorDefinition[];
  /** Returns all targets of a file, in text order. */
  targetsIn(file: string): readonly Target[];
  /** Returns every place of the fleet that refers to a subject, by file and place. */
  occurrencesOf(subject: Subject): readonly Target[];
}

const indexes = new WeakMap<Fleet, FleetIndex>();

/** Returns the index of a snapshot's fleet, built on first use. */
export function indexOf({ fleet }: Snapshot): FleetIndex {
  const index = indexes.get(fleet);
  if (index) return index;
  const fresh = createIndex(fleet);
  indexes.set(fleet, fresh);
  return fresh;
}

/** Returns the bodies of generators declared in a file, including those of registry entries. */
export function bodiesIn(snapshot: Snapshot, file: string): GeneratorBody[] {
  return [
    ...indexOf(snapshot)
      .definitionsIn(file)
      .map(definition => definition.body()),
    ...snapshot.fleet.registries
      .filter(registry => registry.file === file)
      .flatMap(({ keys }) => keys.map(({ body }) => body)),
  ];
}

function createIndex(fleet: Fleet): FleetIndex {
  const registries = new Map(fleet.registries.map(registry => [registry.file, registry]));
  const keys = new Map<string, ReadonlyMap<string, RegistryKey>>();
  for (const { file, keys: listed } of fleet.registries)
    keys.set(file, new Map(listed.map(key => [key.key, key])));
  const generators = groupBy(fleet.generators, generator => generator.name);
  const selections = selectionsOf(fleet);
  const targets = new Map<string, readonly Target[]>();
  let occurrences: ReadonlyMap<string, readonly Target[]> | null = null;

  function inFile(file: string): readonly Target[] {
    let target = targets.get(file);
    if (!target) {
      target = targetsIn(fleet, file);
      targets.set(file, target);
    }
    return target;
  }

  return {
    registries,
    generators,
    machines: new Map(fleet.machines.map(machine => [machine.name, machine])),
    key: (registry, key) => keys.get(registry)?.get(key) ?? null,
    row: (matrix, machine) =>
      fleet.matrices
        .find(({ file }) => file === matrix)
        ?.rows.find(row => row.machine === machine && !row.shared) ?? null,
    machinesOfKey: (registry, key) => [...(selections.get(registry)?.get(key) ?? [])],
    targetAt: (file, offset) => smallestAt(inFile(file), offset),
    definitionsIn: file => definitionsIn(fleet, file),
    targetsIn: inFile,
    occurrencesOf(subject) {
      occurrences ??= groupBy(filesWithTargets(fleet).flatMap(inFile), ({ subject: pointed }) =>
        subjectKey(pointed),
      );
      return occurrences.get(subjectKey(subject)) ?? [];
    },
  };
}

/** Returns the machines by registry file and key. */
function selectionsOf(fleet: Fleet): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> {
  const selections = new Map<string, Map<string, Set<string>>>();
  for (const matrix of fleet.matrices) {
    const { registry } = matrix;
    if (registry === null) continue;
    const ofRegistry = selections.get(registry) ?? new Map<string, Set<string>>();
    selections.set(registry, ofRegistry);
    for (const { machine, keys } of machineRows(fleet, matrix)) {
      for (const { key } of keys) ofRegistry.set(key, (ofRegistry.get(key) ?? new Set()).add(machine));
    }
  }
  return selections;
}

function smallestAt(targets: readonly Target[], offset: number): Target | null {
  let best: Target | null = null;
  for (const target of targets) {
    if (offset < target.at.start || offset > target.at.end) continue;
    if (!best || target.at.end - target.at.start < best.at.end - best.at.start) best = target;
  }
  return best;
}
