/**
 * The roles that a service module declares, by name, and how many machines may be in them. What the roles do is read in
 * services.ts.
 */

import { moduleSets, optionSets } from '../../modules/clan-modules.ts';
import type { Given } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { ServiceRoles } from '../model/services.ts';
import { NO_CONSTRAINTS, readConstraints } from './service-constraints.ts';

/** Steps allowed for one module. */
const STEPS = 100_000;

/** Reads the roles of a module when asked for the first time. */
export function serviceRoles(cx: Evaluation, module: Lazy, given: Given): () => ServiceRoles {
  let roles: ServiceRoles | null = null;
  return () => {
    if (roles === null) {
      const read = withBudget(cx, STEPS, () => readRoles(cx, module, given));
      roles =
        read instanceof BudgetExceeded ? { names: [], complete: false, constraints: NO_CONSTRAINTS } : read;
    }
    return roles;
  };
}

function readRoles(cx: Evaluation, module: Lazy, given: Given): ServiceRoles {
  const { sets, gap } = moduleSets(cx, module, given);
  const names = new Set<string>();
  let complete = gap === null && sets.length > 0;
  for (const { set, conditional } of sets) {
    const roles = optionSets(cx, set, 'roles');
    if (!roles.complete || conditional) complete = false;
    for (const definition of roles.found) for (const name of definition.set.entries.keys()) names.add(name);
  }
  const constraints = gap === null ? readConstraints(cx, sets) : NO_CONSTRAINTS;
  return { names: [...names].sort(), complete, constraints };
}
