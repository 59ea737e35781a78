/**
 * Extracts the contribution of each file: its definitions, and generators that machines get through a registry
 * assignment in it. Knows nothing of other files or of the merge.
 */

import { sameItems } from '../../std.ts';
import type { Fleet } from '../model/fleet.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { Unit } from '../model/uses.ts';

/** The contribution of one file. */
export interface Share {
  readonly unit: Unit;
  readonly assigned: readonly Assigned[];
  /** The rows that `assigned` was read from; null if none were needed. */
  readonly rows: readonly unknown[] | null;
}

/** Generators that machines get through a registry assignment, which names the row it reads. */
interface Assigned {
  readonly machines: readonly string[];
  readonly names: readonly string[];
}

/** The contribution of a file to one name. */
interface Contribution {
  readonly definitions: GeneratorDefinition[];
  readonly machines: string[];
}

interface ShareReader {
  read(unit: Unit): Share;
  /** Returns whether reading the share again would give the same. */
  isCurrent(share: Share): boolean;
}

/** Creates a reader of shares for the present registries and matrices. */
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

/** Returns a function that finds the generators of a machine's row, for assignments whose names are unknown. */
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

/** Returns whether the file's new unit has the same generators as its share. */
export function hasSameGenerators(unit: Unit, { unit: before, rows }: Share): boolean {
  if (unit.definitions !== before.definitions) return false;
  const summaryOf = ({ assignments }: Unit) =>
    JSON.stringify(assignments.map(({ machines, names }) => [machines, names]));
  return (
    summaryOf(unit) === summaryOf(before) &&
    (rows === null || unit.assignments.length === before.assignments.length)
  );
}

/** Returns whether two contributions have the same definitions for the same machines. */
export function isSameContribution(left: Contribution, right: Contribution): boolean {
  return sameItems(left.definitions, right.definitions) && sameItems(left.machines, right.machines);
}

export type ContributionsBy = (share: Share) => ReadonlyMap<string, Contribution>;

/** Creates an index of shares by name. It is kept only during a merge, since it takes much memory in a large fleet. */
export function createContributionsBy(): ContributionsBy {
  const byShare = new Map<Share, ReadonlyMap<string, Contribution>>();
  return share => {
    let contribution = byShare.get(share);
    if (contribution === undefined) {
      contribution = contributionsIn(share);
      byShare.set(share, contribution);
    }
    return contribution;
  };
}

function contributionsIn({ unit, assigned }: Share): Map<string, Contribution> {
  const byName = new Map<string, Contribution>();
  const of = (name: string): Contribution => {
    let contribution = byName.get(name);
    if (contribution === undefined) {
      contribution = { definitions: [], machines: [] };
      byName.set(name, contribution);
    }
    return contribution;
  };
  for (const definition of unit.definitions) of(definition.name).definitions.push(definition);
  for (const { machines, names } of assigned)
    for (const name of new Set(names)) of(name).machines.push(...machines);
  return byName;
}

/** Returns whether the name has holes. */
export function isPattern({ nameKind }: GeneratorDefinition): boolean {
  return nameKind === 'pattern';
}
