/**
 * Which machines read a file as one of their modules, and which generators such a machine is certainly without. Only
 * asks the fleet; what is wrong with it is the rules' business.
 */

import { isOfClanCore } from '../../../fleet/inventory/inventory.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { derived } from '../../memory/derived.ts';
import { type Facts, isAmong, mayBeDefinedElsewhere } from '../fleet-facts.ts';
import { waysFrom } from './value-flow.ts';

/** The machines of a file. */
export interface Readers {
  /** Certainly among their modules. */
  readonly certain: readonly string[];
  readonly possible: readonly string[];
}

/** Returns the machines that have a file among their modules, as far as is known; null if there are none. */
export function readersOf(fleet: Fleet, file: string): Readers | null {
  return indexOf(fleet).get(file) ?? null;
}

const indexOf = derived((fleet): ReadonlyMap<string, Readers> => {
  const found = new Map<string, { readonly certain: string[]; readonly possible: string[] }>();
  const at = (file: string) => {
    const readers = found.get(file) ?? { certain: [], possible: [] };
    found.set(file, readers);
    return readers;
  };
  for (const [machine, { files, possibleFiles, homeFiles }] of fleet.modules) {
    for (const file of new Set([...files, ...homeFiles])) at(file).certain.push(machine);
    for (const file of possibleFiles) at(file).possible.push(machine);
  }
  return found;
});

/**
 * Returns whether the machine is certainly without a generator of this name. Only if all its modules are known, and all
 * services that the inventory gives to machines.
 */
export function isSurelyWithout(fleet: Fleet, facts: Facts, machine: string, name: string): boolean {
  const isWithout = (facts.generators.get(name) ?? []).every(
    ({ machines, machinesComplete }) => machines !== null && machinesComplete && !isAmong(machines, machine),
  );
  if (!isWithout || !fleet.hasAllGenerators(machine) || mayBeDefinedElsewhere(facts, name)) return false;
  return isInventoryKnown(fleet);
}

/** Services of other flakes may declare whatever they like. */
function isInventoryKnown({ inventory }: Fleet): boolean {
  return (
    inventory.complete &&
    inventory.instances.every(instance => isOfClanCore(instance) === true || instance.module.input === 'self')
  );
}

/** Returns whether the use may be left out of a machine, under a condition. */
export function isPerhapsLeftOut(source: SourceFile, at: Place): boolean {
  return waysFrom(source, at).every(way => way.steps.some(step => step.kind === 'condition'));
}
