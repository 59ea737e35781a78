/** Finds the machines with session variables, and the registry keys that each selects. */

import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Registry, RegistryKey } from '../../fleet/model/registries.ts';
import { machineRows } from '../../fleet/registry/machine-rows.ts';
import type { Note } from './environment-data.ts';

/** Returns the machines with an environment: those of the fleet, and those that only a matrix names. */
export function environmentMachines(fleet: Fleet): readonly string[] {
  const rows = fleet.matrices.flatMap(matrix => machineRows(fleet, matrix));
  const names = [...fleet.machines.map(({ name }) => name), ...rows.map(({ machine }) => machine)];
  return [...new Set(names)];
}

export interface Selected {
  readonly keys: readonly RegistryKey[];
  /** False if the machine may select more. */
  readonly complete: boolean;
  readonly notes: readonly Note[];
}

/** Returns the keys of a machine's rows or, without a row, those whose generators it certainly has. */
export function selectedKeys(fleet: Fleet, registry: Registry, machine: string): Selected {
  const byKey = new Map(registry.keys.map(key => [key.key, key]));
  const matrices = fleet.matrices.filter(matrix => matrix.registry === registry.file);
  const rows = matrices.flatMap(matrix =>
    matrix.rows.filter(row => !row.shared && row.machine === machine).map(row => ({ matrix, row })),
  );
  if (rows.length === 0) return assignedKeys(fleet, registry, machine);
  const keys = new Map<string, RegistryKey>();
  const notes: Note[] = [];
  for (const { matrix, row } of rows) {
    for (const { key } of row.keys) {
      const entry = byKey.get(key);
      if (entry) keys.set(key, entry);
      else notes.push({ name: null, keys: [key], text: `${registry.file} has no key "${key}".` });
    }
    if (!row.complete) {
      const text = `There may be more: not all of the row "${machine}" in ${matrix.file} can be read without Nix.`;
      notes.push({ name: null, keys: [], text });
    }
  }
  return { keys: [...keys.values()], complete: rows.every(({ row }) => row.complete), notes };
}

function assignedKeys(fleet: Fleet, registry: Registry, machine: string): Selected {
  const certain = new Set<string>();
  const possible = new Set<string>();
  for (const { name, machines, machinesComplete, conditional } of fleet.generators) {
    if (machines?.includes(machine) === true && !conditional) certain.add(name);
    else if (machines === null || !machinesComplete || conditional) possible.add(name);
  }
  const named = (names: ReadonlySet<string>) =>
    registry.keys.filter(({ generator }) => generator !== null && names.has(generator.value));
  const open = named(possible).filter(key => key.envVar !== null && !named(certain).includes(key));
  const notes = open.map(({ key, envVar }) => ({
    name: envVar?.value ?? null,
    keys: [key],
    text: `It is not known whether ${machine} has the key "${key}".`,
  }));
  return { keys: named(certain), complete: open.length === 0, notes };
}
