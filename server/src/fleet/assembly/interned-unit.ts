/** Keeps what a unit has in common with the previous one of its file the same objects. */
import { reusing } from '../../nix/same-data.ts';
import { internDefinitions } from '../machine-modules/interned.ts';
import type { Unit, UnitOutline } from '../model/uses.ts';
import { reusingKeyedModule } from '../registry/keyed-modules.ts';

/**
 * Returns a unit with everything reused that is equal in the previous one. That is the previous unit itself if all is,
 * unless the file's own text has changed, in which readers may find more than the unit says.
 */
export function internUnit(unit: Unit, before: Unit | undefined, isEdited: boolean): Unit {
  if (before === undefined) return unit;
  const definitions = internDefinitions(unit.definitions, before.definitions);
  const keyedModules = unit.keyedModules.map((module, index) =>
    reusingKeyedModule(before.keyedModules[index], module),
  );
  const interned = reusing(before, { ...unit, definitions, keyedModules });
  return interned === before && isEdited ? { ...before } : interned;
}

/** Units in which nothing else has changed than what their generators consist of, by the first of them. */
const outlines = new WeakMap<UnitOutline, UnitOutline>();

/** Returns a unit whose generators consist of something else now. */
export function withContents(unit: Unit, definitions: Unit['definitions']): Unit {
  const changed = { ...unit, definitions };
  outlines.set(changed, outlines.get(unit) ?? unit);
  return changed;
}

/** Returns whether units differ in nothing but what their generators consist of. */
export function isSameOutline(left: UnitOutline | null, right: UnitOutline | null): boolean {
  if (left === right) return true;
  if (left === null || right === null) return false;
  return (outlines.get(left) ?? left) === (outlines.get(right) ?? right);
}
