/**
 * Determines which machines import a file as a module, and which generators such a machine certainly lacks.
 * Only queries the fleet; rules decide what is wrong.
 */

import type { Reached } from '../../../fleet/model/base.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { UnitOutline, Use } from '../../../fleet/model/uses.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { derived } from '../../memory/derived.ts';
import { valuePathsFrom } from './value-flow.ts';

/** The machines that import a file. */
export interface Readers {
  /** Machines that certainly import it. */
  readonly certain: readonly string[];
  readonly possible: readonly string[];
}

/** Returns the machines known to import a file, or null if there are none. */
export function readersOf(fleet: Fleet, file: string): Readers | null {
  return indexOf(fleet).get(file) ?? null;
}

const indexOf = derived((fleet): ReadonlyMap<string, Readers> => {
  const machinesByFile = new Map<string, { readonly certain: string[]; readonly possible: string[] }>();
  const at = (file: string) => {
    const readers = machinesByFile.get(file) ?? { certain: [], possible: [] };
    machinesByFile.set(file, readers);
    return readers;
  };
  for (const [machine, { files, possibleFiles, homeFiles }] of fleet.modules) {
    for (const file of new Set([...files, ...homeFiles])) at(file).certain.push(machine);
    for (const file of possibleFiles) at(file).possible.push(machine);
  }
  return machinesByFile;
});

/**
 * Returns the machines that may evaluate a use: those that import its file. Null if they are not known or the
 * use is written in another file.
 */
export function machinesOfUse(fleet: Fleet, unit: UnitOutline, use: Use): readonly string[] | null {
  const readers = use.at.file === unit.file ? readersOf(fleet, unit.file) : null;
  if (readers === null) return null;
  return readers.possible.length === 0 ? readers.certain : [...readers.certain, ...readers.possible];
}

/**
 * Returns the machine in whose own module a use is written, where the machine is declared (`machines.lea = { … };`), or null if it
 * may be read by others.
 */
export function declaredAround(fleet: Fleet, source: SourceFile, { at }: Use): string | null {
  const declared = fleet.machineFacts.filter(
    ({ isModule, module, at: place }) =>
      isModule === true && module === 'known' && place?.file === source.path && place.file === at.file,
  );
  if (declared.length === 0) return null;
  const [first, ...others] = valuePathsFrom(source, at).map(way =>
    declared.find(({ at: place }) =>
      way.steps.some(step => step.kind === 'attribute' && step.at.start === place?.start),
    ),
  );
  return first !== undefined && others.every(other => other?.name === first.name) ? first.name : null;
}

/** Returns whether evaluation reaches a place in its module, as far as the conditions around it are written. */
export function writtenReach(source: SourceFile | null, at: Place): Reached {
  const ways = source === null ? [] : valuePathsFrom(source, at);
  return ways.some(way => way.steps.every(step => step.kind !== 'condition')) ? 'surely' : 'perhaps';
}
