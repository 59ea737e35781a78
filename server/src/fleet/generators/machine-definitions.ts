/** Indexes the definitions of single machines by the name of the generator. */

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

/** The index of each machine. After an edit in a large fleet, most machines are the same objects. */
const indexes = new WeakMap<MachineGenerators, ReadonlyMap<string, MachineDefinitions>>();

/** Returns the definitions of a name on a machine. */
export function machineDefinitionsOf(name: string, ownGenerators: MachineGenerators): MachineDefinitions {
  return (
    definitionsByName(ownGenerators).get(name) ?? {
      certain: [],
      possible: [],
      complete: ownGenerators.complete,
    }
  );
}

/** Returns whether the machine has, or may have, a definition of the name. */
export function hasAny(name: string, ownGenerators: MachineGenerators): boolean {
  return definitionsByName(ownGenerators).has(name);
}

function definitionsByName(ownGenerators: MachineGenerators): ReadonlyMap<string, MachineDefinitions> {
  let byName = indexes.get(ownGenerators);
  if (byName === undefined) {
    byName = indexOf(ownGenerators);
    indexes.set(ownGenerators, byName);
  }
  return byName;
}

function indexOf({ certain, possible, complete }: MachineGenerators): Map<string, MachineDefinitions> {
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
