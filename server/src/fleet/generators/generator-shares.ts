/**
 * Extracts what a file contributes to each generator: its definitions, and machines that get the generator through a
 * registry assignment in it. Knows nothing of other files or of the merge.
 */

import { sameItems } from '../../std.ts';
import type { Fleet } from '../model/fleet.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { Unit } from '../model/uses.ts';

/** The part of a unit that contributes to generators. */
export type Contributing = Pick<Unit, 'definitions' | 'assignments'>;

/** The contribution of a file to one name. */
export interface Contribution {
  readonly definitions: readonly GeneratorDefinition[];
  /** Machines that get the generator through an assignment. */
  readonly machines: readonly string[];
}

/** Returns the contributions of a file by name. `rowOf` is only asked for rows that an assignment reads. */
export function contributionsIn(
  { definitions, assignments }: Contributing,
  rowOf: (machine: string) => readonly string[],
): Map<string, Contribution> {
  const byName = new Map<string, { definitions: GeneratorDefinition[]; machines: string[] }>();
  const of = (name: string) => {
    let contribution = byName.get(name);
    if (contribution === undefined) {
      contribution = { definitions: [], machines: [] };
      byName.set(name, contribution);
    }
    return contribution;
  };
  for (const definition of definitions) of(definition.name).definitions.push(definition);
  for (const { machines, names } of assignments) {
    if (names === null)
      for (const machine of machines)
        for (const name of new Set(rowOf(machine))) of(name).machines.push(machine);
    else for (const name of new Set(names)) of(name).machines.push(...machines);
  }
  return byName;
}

/** Returns whether two contributions have the same definitions for the same machines. */
export function areSameContributions(left: Contribution, right: Contribution): boolean {
  return sameItems(left.definitions, right.definitions) && sameItems(left.machines, right.machines);
}

/** Returns whether units contribute the same. */
export function contributeSame(left: Contributing, right: Contributing): boolean {
  return (
    left.definitions === right.definitions &&
    left.assignments.length === right.assignments.length &&
    left.assignments.every(({ machines, names }, index) => {
      const other = right.assignments[index];
      return (
        other !== undefined &&
        sameItems(machines, other.machines) &&
        (names === null || other.names === null ? names === other.names : sameItems(names, other.names))
      );
    })
  );
}

/** Returns the generators of a machine's row, for an assignment whose names are unknown. */
export function generatorsOfRow(
  { registries, matrices }: Pick<Fleet, 'registries' | 'matrices'>,
  machine: string,
): string[] {
  return matrices.flatMap(matrix => {
    const row = matrix.rows.find(matrixRow => matrixRow.machine === machine);
    const registry = registries.find(candidate => candidate.file === matrix.registry);
    if (row === undefined || registry === undefined) return [];
    const wanted = new Set(row.keys.map(key => key.key));
    return registry.keys.flatMap(key =>
      wanted.has(key.key) && key.generator !== null ? [key.generator.value] : [],
    );
  });
}

/** Returns whether the name has holes. */
export function isPattern({ nameKind }: GeneratorDefinition): boolean {
  return nameKind === 'pattern';
}
