/** Which machines read a file as a module of theirs and are certainly without a key of a registry. */

import type { MatrixRow, RegistryKey } from '../../../fleet/model/registries.ts';
import type { Unit } from '../../../fleet/model/uses.ts';
import type { Place } from '../../../nix/places.ts';
import type { CheckContext } from '../../rule.ts';
import { type Facts, isWithout, machinesOfUnit, mayBeDefinedElsewhere, rowOf } from '../fleet-facts.ts';
import { isPerhapsLeftOut, readersOf } from '../use/reading-machines.ts';

/**
 * Returns the machines that certainly evaluate what is at a place of a unit: those of which it reads the rows to
 * assign generators, or else those that have the file among their modules, unless the place may be left out there.
 */
export function machinesAt({ fleet, sources }: CheckContext, unit: Unit, at: Place): readonly string[] {
  const own = machinesOfUnit(unit);
  if (own.length > 0) return own;
  const readers = readersOf(fleet, unit.file)?.certain ?? [];
  const source = readers.length === 0 ? null : sources.parse(unit.file);
  if (source === null || OTHER_MACHINES.test(source.text) || isPerhapsLeftOut(source, at)) return [];
  return readers;
}

/** `self.nixosConfigurations.lea.config`: another machine's. */
const OTHER_MACHINES = /\b(nixosConfigurations|darwinConfigurations|nodes)\b/;

/** A key with its generator. */
export interface GeneratorKey {
  /** The registry's file. */
  readonly registry: string;
  readonly entry: RegistryKey;
  /** The name of the generator. */
  readonly generator: string;
}

/** Returns those of the machines that certainly do not have the key's generator. */
export function machinesWithout(
  facts: Facts,
  unit: Unit,
  machines: readonly string[],
  key: GeneratorKey,
): string[] {
  return machines.filter(machine => isWithoutKey(facts, unit, machine, key));
}

const keys = new WeakMap<MatrixRow, ReadonlySet<string>>();

/** Returns the keys that a row lists. */
function keysOf(row: MatrixRow): ReadonlySet<string> {
  const known = keys.get(row) ?? new Set(row.keys.map(({ key }) => key));
  keys.set(row, known);
  return known;
}

function isWithoutKey(
  facts: Facts,
  unit: Unit,
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
