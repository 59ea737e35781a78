/** What single machines have of the generators of each name, among the definitions that their modules hold. */

import type { GeneratorDefinition } from '../model/generators.ts';
import type { MachineGenerators } from '../model/machines.ts';

/** What a machine has of a generator that several places define. */
export interface Having {
  readonly certain: readonly GeneratorDefinition[];
  readonly possible: readonly GeneratorDefinition[];
  /** False if the machine may have more. */
  readonly complete: boolean;
}

const NONE: readonly GeneratorDefinition[] = [];

/** By name: a machine is asked again for as long as it is the same, and of a large fleet nearly all are after an edit. */
const havingsOf = new WeakMap<MachineGenerators, ReadonlyMap<string, Having>>();

/** Returns what a machine has of a name. */
export function havingOf(name: string, own: MachineGenerators): Having {
  return havingsBy(own).get(name) ?? { certain: [], possible: [], complete: own.complete };
}

/** Returns whether the machine has, perhaps at least, a definition of the name. */
export function hasAny(name: string, own: MachineGenerators): boolean {
  return havingsBy(own).has(name);
}

function havingsBy(own: MachineGenerators): ReadonlyMap<string, Having> {
  let byName = havingsOf.get(own);
  if (byName === undefined) {
    byName = indexOf(own);
    havingsOf.set(own, byName);
  }
  return byName;
}

function indexOf({ certain, possible, complete }: MachineGenerators): Map<string, Having> {
  const found = new Map<string, Having>();
  // Nearly all have one definition, and lists that grow keep room for many.
  for (const definition of certain) {
    const before = found.get(definition.name) ?? { certain: NONE, possible: NONE, complete };
    found.set(definition.name, { ...before, certain: [...before.certain, definition] });
  }
  for (const definition of possible) {
    const before = found.get(definition.name) ?? { certain: NONE, possible: NONE, complete };
    found.set(definition.name, { ...before, possible: [...before.possible, definition] });
  }
  return found;
}
