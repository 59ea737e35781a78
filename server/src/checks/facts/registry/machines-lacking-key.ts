/** Finds machines that import a file as a module and certainly lack a registry key. */

import type { Reached } from '../../../fleet/model/base.ts';
import type { MatrixRow, RegistryKey } from '../../../fleet/model/registries.ts';
import type { UnitOutline } from '../../../fleet/model/uses.ts';
import { memoized } from '../../../std.ts';
import type { CheckContext } from '../../rule.ts';
import { type Facts, isWithout, machinesOfUnit, mayBeDefinedElsewhere, rowOf } from '../fleet-facts.ts';
import { readersOf } from '../use/reading-machines.ts';

/**
 * Returns the machines that certainly evaluate a place in a unit: those whose rows the unit reads to assign
 * generators, or else those that import the file, unless evaluation may skip the place.
 * @param reached whether evaluation reaches the place in the module
 */
export function machinesAt(
  { fleet, sources }: CheckContext,
  unit: UnitOutline,
  reached: Reached,
): readonly string[] {
  if (reached !== 'surely') return [];
  const rowMachines = machinesOfUnit(unit);
  if (rowMachines.length > 0) return rowMachines;
  const readers = readersOf(fleet, unit.file)?.certain ?? [];
  const source = readers.length === 0 ? null : sources.parse(unit.file);
  return source === null || OTHER_MACHINES.test(source.text) ? [] : readers;
}

/** Matches the configuration of another machine: `self.nixosConfigurations.lea.config`. */
const OTHER_MACHINES = /\b(nixosConfigurations|darwinConfigurations|nodes)\b/;

/** A key with its generator. */
export interface GeneratorKey {
  /** The file of the registry. */
  readonly registry: string;
  readonly entry: RegistryKey;
  /** The generator's name. */
  readonly generator: string;
}

/** Returns the machines that certainly lack the key's generator. */
export function machinesWithout(
  facts: Facts,
  unit: UnitOutline,
  machines: readonly string[],
  key: GeneratorKey,
): string[] {
  return machines.filter(machine => isWithoutKey(facts, unit, machine, key));
}

/** Returns the keys listed in a row. */
const keysOf = memoized(({ keys }: MatrixRow): ReadonlySet<string> => new Set(keys.map(({ key }) => key)));

function isWithoutKey(
  facts: Facts,
  unit: UnitOutline,
  machine: string,
  { registry, entry, generator }: GeneratorKey,
): boolean {
  const row = rowOf(facts, registry, machine)?.row;
  if (row === undefined || !row.complete || keysOf(row).has(entry.key)) return false;
  if (
    unit.assignments.some(assignment => assignment.names === null || assignment.names.includes(generator))
  ) {
    return false;
  }
  return !mayBeDefinedElsewhere(facts, generator, [machine]) && isWithout(facts, machine, generator);
}
