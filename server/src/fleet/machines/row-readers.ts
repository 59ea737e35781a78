/** Finds machines by the modules that read their rows of a matrix, with the platform that such a module states. */

import type { Machine } from '../model/base.ts';
import type { Unit } from '../model/uses.ts';
import type { DeclaredFleet } from './declared.ts';
import { platformIn } from './machine-facts.ts';

/** State that is kept from one build to the next. */
export interface ReaderCache {
  readonly byUnit: WeakMap<Unit, readonly Reader[]>;
  /** The last result for each file, so that an unchanged machine stays the same object when its file is read again. */
  readonly byFile: Map<string, readonly Reader[]>;
}

interface Reader {
  readonly machine: Machine;
  /** False if the matrix has no such row. */
  readonly found: boolean;
}

/**
 * Returns all such machines, in the order of the files.
 * @param textOf returns the text of a file, which may state the platform
 * @param lists rows that are shared lists, so that their readers are not named after them
 */
export function readersOf(
  cache: ReaderCache,
  declared: readonly DeclaredFleet[],
  units: ReadonlyMap<string, Unit>,
  textOf: (path: string) => string,
  lists: ReadonlySet<string>,
): Machine[] {
  const isDeclared = declaredIn(declared);
  const machines: Machine[] = [];
  for (const unit of units.values()) {
    if (unit.rowReads.length === 0) continue;
    if (unit.assignments.length === 0 && unit.appliedImports.length === 0) continue;
    for (const reader of readersIn(cache, unit, textOf))
      if ((reader.found && !lists.has(reader.machine.name)) || isDeclared(reader.machine.name))
        machines.push(reader.machine);
  }
  return machines;
}

/**
 * Returns rows that modules add to that of a declared machine (`envMatrix.work ++ envMatrix.lea`), which are lists and
 * not machines.
 * @param folders machines that are found by their folders
 */
export function listsRead(
  declared: readonly DeclaredFleet[],
  folders: readonly Machine[],
  units: ReadonlyMap<string, Unit>,
): ReadonlySet<string> {
  const isDeclared = declaredIn([...declared, { machines: folders }]);
  const lists = new Set<string>();
  for (const { assignments } of units.values())
    for (const { machines } of assignments) {
      if (machines.length < 2 || !machines.some(isDeclared)) continue;
      for (const name of machines) if (!isDeclared(name)) lists.add(name);
    }
  return lists;
}

/**
 * Returns a function that tests whether a machine with a given name is declared. It collects the names on first call.
 */
function declaredIn(
  declared: readonly { readonly machines: readonly Machine[] }[],
): (name: string) => boolean {
  let names: ReadonlySet<string> | null = null;
  return name => {
    names ??= new Set(declared.flatMap(source => source.machines.map(machine => machine.name)));
    return names.has(name);
  };
}

function readersIn(cache: ReaderCache, unit: Unit, textOf: (path: string) => string): readonly Reader[] {
  const kept = cache.byUnit.get(unit);
  if (kept !== undefined) return kept;
  const system = platformIn(textOf(unit.file));
  const machineClass = system === null ? null : system.endsWith('-darwin') ? 'darwin' : 'nixos';
  const fresh = unit.rowReads.map(
    ({ machine: name, at, found }): Reader => ({
      machine: { name, class: machineClass, system, tags: [], at, source: 'reader' },
      found,
    }),
  );
  const before = cache.byFile.get(unit.file);
  const readers = JSON.stringify(before) === JSON.stringify(fresh) ? (before ?? fresh) : fresh;
  cache.byFile.set(unit.file, readers);
  cache.byUnit.set(unit, readers);
  return readers;
}
