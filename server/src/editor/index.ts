/**
 * What stands where in a file, and what belongs to what in a fleet: made once a snapshot, and for a file when it
 * is first asked about. Hover and definition begin here.
 */
import type {
  Fleet,
  Generator,
  GeneratorBody,
  Machine,
  MatrixRow,
  Place,
  Registry,
  RegistryKey,
} from '../fleet/model.ts';
import type { Snapshot } from './snapshot.ts';

/** Something with a name that a person can point at. */
export type Subject =
  | { readonly kind: 'key'; readonly registry: string; readonly key: string }
  | { readonly kind: 'generator'; readonly name: string }
  | { readonly kind: 'file'; readonly generator: string; readonly file: string }
  /** A row of a matrix; where it is written it leads on to the machine. */
  | { readonly kind: 'row'; readonly matrix: string; readonly machine: string; readonly written: boolean }
  | { readonly kind: 'machine'; readonly machine: string };

export interface Target {
  readonly at: Place;
  readonly subject: Subject;
}

export interface FleetIndex {
  readonly registries: ReadonlyMap<string, Registry>;
  /** Generators of one name: one for each placement. */
  readonly generators: ReadonlyMap<string, readonly Generator[]>;
  readonly machines: ReadonlyMap<string, Machine>;
  key(registry: string, key: string): RegistryKey | null;
  row(matrix: string, machine: string): MatrixRow | null;
  /** Names of the machines whose rows list a key, in the order of the matrix. */
  machinesOfKey(registry: string, key: string): readonly string[];
  /** The smallest target at an offset of a file; its end counts as inside. */
  targetAt(file: string, offset: number): Target | null;
}

const indexes = new WeakMap<Fleet, FleetIndex>();

/** The index of a snapshot's fleet. Made on first use. */
export function indexOf({ fleet }: Snapshot): FleetIndex {
  const known = indexes.get(fleet);
  if (known) return known;
  const fresh = createIndex(fleet);
  indexes.set(fleet, fresh);
  return fresh;
}

function createIndex(fleet: Fleet): FleetIndex {
  const registries = new Map(fleet.registries.map(registry => [registry.file, registry]));
  const keys = new Map<string, ReadonlyMap<string, RegistryKey>>();
  for (const { file, keys: listed } of fleet.registries)
    keys.set(file, new Map(listed.map(key => [key.key, key])));
  const generators = new Map<string, Generator[]>();
  for (const generator of fleet.generators) {
    const same = generators.get(generator.name);
    if (same) same.push(generator);
    else generators.set(generator.name, [generator]);
  }
  const selections = selectionsOf(fleet);
  const targets = new Map<string, readonly Target[]>();

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
    targetAt(file, offset) {
      let found = targets.get(file);
      if (!found) {
        found = targetsOf(fleet, file);
        targets.set(file, found);
      }
      return smallestAt(found, offset);
    },
  };
}

/** Registry file → key → machines. */
function selectionsOf(fleet: Fleet): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> {
  const selections = new Map<string, Map<string, Set<string>>>();
  for (const { registry, rows } of fleet.matrices) {
    if (registry === null) continue;
    const ofRegistry = selections.get(registry) ?? new Map<string, Set<string>>();
    selections.set(registry, ofRegistry);
    for (const { machine, keys, shared } of rows) {
      if (shared) continue;
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

/**
 * The targets in one file. A place that stands for several subjects (a helper function's `files.${name}`) stands
 * for none of them.
 */
function targetsOf(fleet: Fleet, file: string): readonly Target[] {
  const byPlace = new Map<string, Target | null>();
  const add = (at: Place | null, subject: Subject) => {
    if (at?.file !== file) return;
    const place = `${at.start}:${at.end}`;
    const before = byPlace.get(place);
    if (before === undefined) byPlace.set(place, { at, subject });
    else if (before && !sameSubject(before.subject, subject)) byPlace.set(place, null);
  };

  for (const { name, at } of fleet.machines) add(at, { kind: 'machine', machine: name });
  for (const registry of fleet.registries) addRegistry(registry, add);
  for (const matrix of fleet.matrices) {
    for (const { machine, at, keys, shared } of matrix.rows) {
      if (!shared) add(at, { kind: 'row', matrix: matrix.file, machine, written: true });
      if (matrix.registry === null) continue;
      for (const listed of keys) add(listed.at, { kind: 'key', registry: matrix.registry, key: listed.key });
    }
  }
  for (const generator of fleet.generators) {
    for (const definition of generator.definitions) {
      if (definition.at.file !== file) continue;
      add(definition.at, { kind: 'generator', name: generator.name });
      addBody(generator.name, definition.body(), add);
    }
  }
  const unit = fleet.units.get(file);
  for (const lookup of unit?.keyLookups ?? []) {
    add(lookup.at, { kind: 'key', registry: lookup.registry, key: lookup.key });
  }
  for (const { matrix, machine, at } of unit?.rowReads ?? []) {
    add(at, { kind: 'row', matrix, machine, written: false });
  }
  for (const use of unit?.uses ?? []) {
    if (use.key) add(use.key.at, { kind: 'key', registry: use.key.registry, key: use.key.key });
    add(use.generatorAt, { kind: 'generator', name: use.generator });
    if (use.fileName === null) continue;
    const subject: Subject = { kind: 'file', generator: use.generator, file: use.fileName };
    add(use.fileAt, subject);
    add(use.attributeAt, subject);
  }
  return [...byPlace.values()].filter(target => target !== null);
}

type Add = (at: Place | null, subject: Subject) => void;

function addRegistry({ file, keys }: Registry, add: Add): void {
  for (const { key, at, generator, envVar, fileAttr, body } of keys) {
    const subject: Subject = { kind: 'key', registry: file, key };
    add(at, subject);
    if (envVar) add(envVar.at, subject);
    if (!generator) continue;
    add(generator.at, { kind: 'generator', name: generator.value });
    if (fileAttr) add(fileAttr.at, { kind: 'file', generator: generator.value, file: fileAttr.value });
    addBody(generator.value, body, add);
  }
}

function addBody(generator: string, body: GeneratorBody, add: Add): void {
  for (const { name, at } of body.files) add(at, { kind: 'file', generator, file: name });
  for (const { value, at } of body.dependencies) add(at, { kind: 'generator', name: value });
}

function sameSubject(a: Subject, b: Subject): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
