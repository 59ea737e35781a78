/**
 * Reads the settings that roles of a service module accept: the options of `roles.<role>.interface`.
 *
 * Source: clan-core d7c35d912, lib/inventory/distributed-service/service-module.nix.
 */

import { moduleSets, optionSets } from '../../modules/clan-modules.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import { readLevel } from '../../modules/options/level.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { attr, attrs, isClosed, list } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import type { RoleSettings } from '../model/services.ts';

/** The evaluation steps allowed for the settings of one service. */
const STEPS = 200_000;

const NONE: ReadonlyMap<string, RoleSettings> = new Map();

/** Returns a function that reads the settings of all roles on first call; empty if not all of them are known. */
export function serviceOptions(
  cx: Evaluation,
  module: Lazy,
  specialArgs: ArgumentLookup,
): () => ReadonlyMap<string, RoleSettings> {
  let settings: ReadonlyMap<string, RoleSettings> | null = null;
  return () => {
    if (settings === null) {
      const read = withBudget(cx, STEPS, () => readRoles(cx, module, specialArgs));
      settings = read instanceof BudgetExceeded ? NONE : read;
    }
    return settings;
  };
}

function readRoles(
  cx: Evaluation,
  module: Lazy,
  specialArgs: ArgumentLookup,
): ReadonlyMap<string, RoleSettings> {
  const { sets, gap } = moduleSets(cx, module, specialArgs);
  if (gap !== null || sets.some(set => set.conditional)) return NONE;
  const interfaces = new Map<string, Lazy[]>();
  const places = new Map<string, Place>();
  const completing = new Set<string>();
  const reading = new Set<string>();
  for (const { set } of sets) {
    const roles = optionSets(cx, set, 'roles');
    if (!roles.complete) return NONE;
    for (const definition of roles.definitions)
      for (const [name, entry] of definition.set.entries) {
        const modules = interfaces.get(name) ?? [];
        interfaces.set(name, modules);
        if (entry.at !== null && !places.has(name)) places.set(name, placeOf(entry.at));
        const role = moduleSets(cx, entry.value, specialArgs);
        if (role.gap !== null || entry.optional) return NONE;
        for (const { set: roleSet, conditional } of role.sets) {
          const written = roleSet.entries.get('interface');
          if (conditional || !isClosed(roleSet) || written?.optional === true) return NONE;
          if (written !== undefined) modules.push(written.value);
          const instance = roleSet.entries.get('perInstance');
          if (instance === undefined) continue;
          if (mayComplete(cx, instance.value)) completing.add(name);
          if (asksFor(cx, instance.value, 'settings')) reading.add(name);
        }
      }
  }
  return new Map(
    [...interfaces].map(([name, modules]) => {
      const all = attrs(new Map([['imports', attr(list(modules, null), null)]]), null);
      const tree = readLevel(cx, all, specialArgs);
      const at = places.get(name) ?? null;
      return [name, { tree, wantsAll: !completing.has(name), isRead: reading.has(name), at }] as const;
    }),
  );
}

/** Returns whether `perInstance` may extend the settings, as it can if it takes the argument `extendSettings`. */
function mayComplete(cx: Evaluation, instance: Lazy): boolean {
  const fn = cx.force(instance);
  if (fn.kind !== 'lambda' || fn.expr.formals === null || fn.expr.name !== null) return true;
  return asksFor(cx, fn, 'extendSettings');
}

function asksFor(cx: Evaluation, instance: Lazy, name: string): boolean {
  const fn = cx.force(instance);
  return fn.kind === 'lambda' && fn.expr.formals?.some(formal => formal.name.name === name) === true;
}
