/**
 * Reads the names of the roles that a service module declares, and how many machines they may have. `services.ts` reads
 * what the roles do.
 */

import { moduleSets, optionSets } from '../../modules/clan-modules.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { ServiceRoles } from '../model/services.ts';
import { NO_CONSTRAINTS, readConstraints } from './service-constraints.ts';

/** The evaluation steps allowed for one module. */
const STEPS = 100_000;

/** Returns a function that reads the roles of a module on first call. */
export function serviceRoles(cx: Evaluation, module: Lazy, specialArgs: ArgumentLookup): () => ServiceRoles {
  let roles: ServiceRoles | null = null;
  return () => {
    if (roles === null) {
      const read = withBudget(cx, STEPS, () => readRoles(cx, module, specialArgs));
      roles =
        read instanceof BudgetExceeded ? { names: [], complete: false, constraints: NO_CONSTRAINTS } : read;
    }
    return roles;
  };
}

function readRoles(cx: Evaluation, module: Lazy, specialArgs: ArgumentLookup): ServiceRoles {
  const { sets, gap } = moduleSets(cx, module, specialArgs);
  const names = new Set<string>();
  let complete = gap === null && sets.length > 0;
  for (const { set, conditional } of sets) {
    const roles = optionSets(cx, set, 'roles');
    if (!roles.complete || conditional) complete = false;
    for (const definition of roles.definitions)
      for (const name of definition.set.entries.keys()) names.add(name);
  }
  const constraints = gap === null ? readConstraints(cx, sets) : NO_CONSTRAINTS;
  return { names: [...names].sort(), complete, constraints };
}
