/**
 * Indexes which subject is at which place of a fleet and how subjects are related. Each part is kept while what it was
 * built from is unchanged. The basis of every feature.
 */

import { derived, derivedIndex } from '../../checks/memory/derived.ts';
import type { Machine } from '../../fleet/model/base.ts';
import type { Generator, GeneratorBody, GeneratorDefinition } from '../../fleet/model/generators.ts';
import type { MatrixRow, Registry, RegistryKey } from '../../fleet/model/registries.ts';
import { machineRows } from '../../fleet/registry/machine-rows.ts';
import { addToSet, groupBy } from '../../std.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Subject, subjectKey, type Target } from './subjects.ts';
import { definitionsIn, targetsIn, targetsOf } from './targets.ts';

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

const registriesOf = derived(
  ({ registries }) => new Map(registries.map(registry => [registry.file, registry])),
);
const machinesOf = derived(({ machines }) => new Map(machines.map(machine => [machine.name, machine])));
const generatorsOf = derivedIndex(({ generators }) => groupBy(generators, ({ name }) => name));

const keysOf = derived(
  ({ registries }) =>
    new Map(registries.map(({ file, keys }) => [file, new Map(keys.map(key => [key.key, key]))])),
);

/** The machines by registry file and key. */
const selectionsOf = derived((fleet): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> => {
  const selections = new Map<string, Map<string, Set<string>>>();
  for (const matrix of fleet.matrices) {
    const { registry } = matrix;
    if (registry === null) continue;
    const ofRegistry = selections.get(registry) ?? new Map<string, Set<string>>();
    selections.set(registry, ofRegistry);
    for (const { machine, keys } of machineRows(fleet, matrix))
      for (const { key } of keys) addToSet(ofRegistry, key, machine);
  }
  return selections;
});

/** Returns the index of a snapshot's fleet, of which each part is built on first use. */
export function indexOf({ fleet }: Snapshot): FleetIndex {
  return {
    get registries() {
      return registriesOf(fleet);
    },
    get generators() {
      return generatorsOf(fleet);
    },
    get machines() {
      return machinesOf(fleet);
    },
    key: (registry, key) => keysOf(fleet).get(registry)?.get(key) ?? null,
    row: (matrix, machine) =>
      fleet.matrices
        .find(({ file }) => file === matrix)
        ?.rows.find(row => row.machine === machine && !row.shared) ?? null,
    machinesOfKey: (registry, key) => [...(selectionsOf(fleet).get(registry)?.get(key) ?? [])],
    targetAt: (file, offset) => smallestAt(targetsIn(fleet, file), offset),
    definitionsIn: file => definitionsIn(fleet, file),
    targetsIn: file => targetsIn(fleet, file),
    occurrencesOf: subject => targetsOf(fleet, subjectKey(subject)),
  };
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

function smallestAt(targets: readonly Target[], offset: number): Target | null {
  let best: Target | null = null;
  for (const target of targets) {
    if (offset < target.at.start || offset > target.at.end) continue;
    if (!best || target.at.end - target.at.start < best.at.end - best.at.start) best = target;
  }
  return best;
}
