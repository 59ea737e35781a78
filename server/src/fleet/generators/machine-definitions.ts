/** Sorts the definitions of single machines by the name of the generator. */

import { sameItems } from '../../std.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { MachineGenerators } from '../model/machines.ts';

/** The definitions of one generator on a machine. */
export interface MachineDefinitions {
  readonly certain: readonly GeneratorDefinition[];
  readonly possible: readonly GeneratorDefinition[];
  /** False if the machine may have further definitions. */
  readonly complete: boolean;
}

const NONE: readonly GeneratorDefinition[] = [];

/** Returns the definitions of a machine by name. */
export function machineDefinitions({
  certain,
  possible,
  complete,
}: MachineGenerators): Map<string, MachineDefinitions> {
  const byName = new Map<string, MachineDefinitions>();
  // Most names have a single definition, and an array that is grown by `push` reserves room for more.
  for (const definition of certain) {
    const before = byName.get(definition.name) ?? { certain: NONE, possible: NONE, complete };
    byName.set(definition.name, { ...before, certain: [...before.certain, definition] });
  }
  for (const definition of possible) {
    const before = byName.get(definition.name) ?? { certain: NONE, possible: NONE, complete };
    byName.set(definition.name, { ...before, possible: [...before.possible, definition] });
  }
  return byName;
}

/** Returns whether a machine has the same definitions of a name, and as certainly. */
export function areSameDefinitions(left: MachineDefinitions, right: MachineDefinitions): boolean {
  return (
    left.complete === right.complete &&
    sameItems(left.certain, right.certain) &&
    sameItems(left.possible, right.possible)
  );
}
