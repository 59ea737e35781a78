/**
 * What the fleet explorer shows: machines, their generators, the files of those, and registry keys. Plain data, made
 * level by level, so that a thousand machines cost nothing before somebody opens one.
 */
import type { Generator, Place } from '../fleet/model.ts';
import { type FleetIndex, indexOf } from './index.ts';
import type { Snapshot } from './snapshot.ts';
import { type StoredState, type StoredStates, stateOfAll, storedStates } from './stored-state.ts';

export interface MachineEntry {
  readonly name: string;
  readonly class: string | null;
  readonly system: string | null;
  readonly tags: readonly string[];
  readonly generators: number;
  /** Files that are declared and not stored; null where that cannot be told. */
  readonly missing: number | null;
  readonly at: Place | null;
}

export interface GeneratorEntry {
  readonly name: string;
  readonly share: boolean | null;
  readonly state: StoredState;
  readonly at: Place | null;
  readonly files: readonly FileEntry[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
}

export interface FileEntry {
  readonly name: string;
  readonly secret: boolean | null;
  /** Null where it cannot be told. */
  readonly stored: boolean | null;
  readonly at: Place;
}

export interface KeyEntry {
  readonly key: string;
  readonly registry: string;
  readonly generator: string | null;
  readonly variable: string | null;
  readonly machines: readonly string[];
  readonly at: Place;
}

/** All machines, and how many generators are of no machine that is known. */
export function machineEntries(snapshot: Snapshot): {
  readonly machines: readonly MachineEntry[];
  readonly unassigned: number;
} {
  const byMachine = generatorsByMachine(snapshot);
  const states = storedStates(snapshot.fleet, snapshot.stored());
  const machines = snapshot.fleet.machines.map(({ name, class: kind, system, tags, at }): MachineEntry => {
    const own = byMachine.get(name) ?? [];
    return {
      name,
      class: kind,
      system,
      tags,
      generators: own.length,
      missing: missingOf(states, own, name),
      at,
    };
  });
  return { machines, unassigned: byMachine.get(null)?.length ?? 0 };
}

/** How many files a machine lacks; null where that cannot be told of all of them. */
function missingOf(states: StoredStates, own: readonly Generator[], machine: string): number | null {
  let missing = 0;
  for (const generator of own) {
    // One body for all machines is made once; only where they differ is the machine's own put together.
    const [only, ...others] = generator.bodies();
    const body = only !== undefined && others.length === 0 ? only : generator.bodyOn(machine);
    for (const file of body.files) {
      const stored = states.isStored(generator.name, body.share, machine, file);
      if (stored === null) return null;
      if (!stored) missing++;
    }
  }
  return missing;
}

/** @param machine null: those of no machine that is known */
export function generatorEntries(snapshot: Snapshot, machine: string | null): readonly GeneratorEntry[] {
  return (generatorsByMachine(snapshot).get(machine) ?? []).map(one => entryOf(snapshot, one, machine));
}

export function keyEntries(snapshot: Snapshot): readonly KeyEntry[] {
  const index = indexOf(snapshot);
  return snapshot.fleet.registries.flatMap(({ file, keys }) =>
    keys.map(({ key, at, generator, envVar }) => ({
      key,
      registry: file,
      generator: generator?.value ?? null,
      variable: envVar?.value ?? null,
      machines: index.machinesOfKey(file, key),
      at,
    })),
  );
}

const kept = new WeakMap<FleetIndex, ReadonlyMap<string | null, readonly Generator[]>>();

function generatorsByMachine(snapshot: Snapshot): ReadonlyMap<string | null, readonly Generator[]> {
  const index = indexOf(snapshot);
  const known = kept.get(index);
  if (known) return known;
  const found = new Map<string | null, Generator[]>();
  const add = (machine: string | null, generator: Generator) => {
    const list = found.get(machine);
    if (list) list.push(generator);
    else found.set(machine, [generator]);
  };
  for (const generator of snapshot.fleet.generators) {
    const machines = generator.machines ?? [];
    for (const machine of machines) add(machine, generator);
    if (machines.length === 0) add(null, generator);
  }
  kept.set(index, found);
  return found;
}

function entryOf(snapshot: Snapshot, generator: Generator, machine: string | null): GeneratorEntry {
  const body = machine === null ? generator.body() : generator.bodyOn(machine);
  const states = storedStates(snapshot.fleet, snapshot.stored());
  const files = body.files.map((file): FileEntry => {
    const { name, secret, at } = file;
    return { name, secret, at, stored: states.isStored(generator.name, body.share, machine, file) };
  });
  return {
    name: generator.name,
    share: body.share,
    state: stateOfAll(
      files.map(({ stored }) => stored),
      states.isOutdated(generator.name, machine),
    ),
    at: generator.definitions[0]?.at ?? null,
    files,
    prompts: body.prompts.map(({ name }) => name),
    dependencies: body.dependencies.map(({ value }) => value),
  };
}
