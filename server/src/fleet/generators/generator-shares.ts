/**
 * What each file says of generators: what it defines, and what machines get through a registry assignment in it. Knows
 * nothing of what other files say, nor of what comes of it all.
 */

import { sameItems } from '../../std.ts';
import type { Fleet } from '../model/fleet.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { Unit } from '../model/uses.ts';

/** What one file says. */
export interface Share {
  readonly unit: Unit;
  readonly assigned: readonly Assigned[];
  /** The rows that `assigned` was read from; null if it did not need any. */
  readonly rows: readonly unknown[] | null;
}

/** Generators that machines get through a registry assignment, which names the row it reads. */
interface Assigned {
  readonly machines: readonly string[];
  readonly names: readonly string[];
}

/** What a file says of one name. */
interface Said {
  readonly definitions: GeneratorDefinition[];
  readonly machines: string[];
}

interface ShareReader {
  read(unit: Unit): Share;
  /** Would it be read the same again? */
  isCurrent(share: Share): boolean;
}

/** Reads shares against registries and matrices as they are now. */
export function shareReader({ registries, matrices }: Pick<Fleet, 'registries' | 'matrices'>): ShareReader {
  const rows = [...registries, ...matrices.flatMap(matrix => [matrix.rows, matrix.registry])];
  const rowNames = rowReader(registries, matrices);
  return {
    read(unit) {
      const needsRows = unit.assignments.some(assignment => assignment.names === null);
      const assigned = unit.assignments.flatMap(({ machines, names }): Assigned[] =>
        names === null
          ? machines.map(machine => ({ machines: [machine], names: rowNames(machine) }))
          : [{ machines, names }],
      );
      return { unit, assigned, rows: needsRows ? rows : null };
    },
    isCurrent: share => share.rows === null || sameItems(share.rows, rows),
  };
}

/** Returns what a machine's row asks for, where the assignment itself could not be taken apart. */
function rowReader(
  registries: Fleet['registries'],
  matrices: Fleet['matrices'],
): (machine: string) => string[] {
  return machine =>
    matrices.flatMap(matrix => {
      const row = matrix.rows.find(matrixRow => matrixRow.machine === machine);
      const registry = registries.find(candidate => candidate.file === matrix.registry);
      if (row === undefined || registry === undefined) return [];
      const wanted = new Set(row.keys.map(key => key.key));
      return registry.keys.flatMap(key =>
        wanted.has(key.key) && key.generator !== null ? [key.generator.value] : [],
      );
    });
}

/** Returns whether the unit of a file that has been read again says the same of generators. */
export function saysSame(unit: Unit, { unit: before, rows }: Share): boolean {
  if (unit.definitions !== before.definitions) return false;
  const told = ({ assignments }: Unit) =>
    JSON.stringify(assignments.map(({ machines, names }) => [machines, names]));
  return (
    told(unit) === told(before) && (rows === null || unit.assignments.length === before.assignments.length)
  );
}

export type SaidBy = (share: Share) => ReadonlyMap<string, Said>;

/**
 * Creates an index of what shares say by name. It is kept as long as a merge takes: in a large fleet that is much to
 * keep.
 */
export function createSaidBy(): SaidBy {
  const known = new Map<Share, ReadonlyMap<string, Said>>();
  return share => {
    let said = known.get(share);
    if (said === undefined) {
      said = saidIn(share);
      known.set(share, said);
    }
    return said;
  };
}

function saidIn({ unit, assigned }: Share): Map<string, Said> {
  const found = new Map<string, Said>();
  const of = (name: string): Said => {
    let said = found.get(name);
    if (said === undefined) {
      said = { definitions: [], machines: [] };
      found.set(name, said);
    }
    return said;
  };
  for (const definition of unit.definitions) of(definition.name).definitions.push(definition);
  for (const { machines, names } of assigned)
    for (const name of new Set(names)) of(name).machines.push(...machines);
  return found;
}

/** Returns whether the name has holes. */
export function isPattern({ nameKind }: GeneratorDefinition): boolean {
  return nameKind === 'pattern';
}
