/**
 * Which machines read a file as one of their modules, and which generators such a machine is certainly without. Only
 * asks the fleet; what is wrong with it is the rules' business.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Unit, Use } from '../../../fleet/model/uses.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { derived } from '../../memory/derived.ts';
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
 * Returns the machines that perhaps evaluate a use: those that have its file among their modules. Null where nobody knows
 * them, or the use is written elsewhere than its file.
 */
export function machinesOfUse(fleet: Fleet, unit: Unit, use: Use): readonly string[] | null {
  const readers = use.at.file === unit.file ? readersOf(fleet, unit.file) : null;
  if (readers === null) return null;
  return readers.possible.length === 0 ? readers.certain : [...readers.certain, ...readers.possible];
}

/** Returns whether the use may be left out of a machine, under a condition. */
export function isPerhapsLeftOut(source: SourceFile, at: Place): boolean {
  return waysFrom(source, at).every(way => way.steps.some(step => step.kind === 'condition'));
}
