/**
 * Reads how many instances a service module allows, and how many machines in its roles (`manifest.constraints`). Only
 * certain limits are read.
 *
 * Source: clan-core d7c35d912, lib/inventory/distributed-service/service-module.nix.
 */

import { optionSets, type SetDefinition } from '../../modules/clan-modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Bounds, ServiceConstraints } from '../model/services.ts';

export const NO_CONSTRAINTS: ServiceConstraints = { maxInstances: null, machines: new Map() };

/**
 * Reads the constraints of a service.
 * @param modules all sets of which the service's module consists
 */
export function readConstraints(cx: Evaluation, modules: readonly SetDefinition[]): ServiceConstraints {
  const constraints = below(cx, below(cx, modules, 'manifest'), 'constraints');
  const roles = below(cx, constraints, 'roles');
  const names = new Set(roles.flatMap(({ set }) => [...set.entries.keys()]));
  const machines = new Map<string, Bounds>();
  for (const name of names) {
    const role = below(cx, roles, name);
    machines.set(name, { min: numberIn(cx, role, 'minMachines'), max: numberIn(cx, role, 'maxMachines') });
  }
  return { maxInstances: numberIn(cx, constraints, 'maxInstances'), machines };
}

function below(cx: Evaluation, sets: readonly SetDefinition[], name: string): SetDefinition[] {
  return sets.flatMap(({ set, conditional }) =>
    optionSets(cx, set, name).definitions.map(definition => ({
      ...definition,
      conditional: conditional || definition.conditional,
    })),
  );
}

/** Returns the number that all definitions agree on; null if they differ or one is conditional. */
function numberIn(cx: Evaluation, sets: readonly SetDefinition[], name: string): number | null {
  const numbers = new Set<number | null>();
  for (const { set, conditional } of sets) {
    const entry = set.entries.get(name);
    if (entry === undefined) continue;
    for (const { value, conditional: only } of definitionsOf(cx, entry.value)) {
      const isCertain = value.kind === 'int' && !conditional && !only && !entry.optional;
      numbers.add(isCertain ? Number(value.value) : null);
    }
  }
  const [only = null, ...others] = numbers;
  return others.length === 0 ? only : null;
}
