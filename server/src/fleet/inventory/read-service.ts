/** Reads service modules of the workspace: their roles with `interface` and `perInstance`, and `perMachine`. */
import { moduleSets, optionSets } from '../../modules/clan-modules.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Origin } from '../../nix/eval/value.ts';
import type { ServiceModule } from '../model/services.ts';
import { SERVICE_MODULES } from './model-values.ts';
import { type Interface, readInterface } from './service-settings.ts';

/** The parts of a service module. */
export interface Service {
  readonly roles: ReadonlyMap<string, ServiceRole>;
  readonly perMachine: Lazy | null;
  readonly origin: Origin;
  readonly complete: boolean;
}

export interface ServiceRole {
  readonly perInstance: Lazy | null;
  readonly settings: Interface;
}

/** Joins the modules of a service; returns null if none can be read. */
export function readService(
  cx: Evaluation,
  modules: readonly ServiceModule[],
  specialArgs: ArgumentLookup,
): Service | null {
  const roles = new Map<string, ServiceRole>();
  let perMachine: Lazy | null = null;
  let origin: Origin | null = null;
  let complete = true;
  for (const module of modules) {
    const value = SERVICE_MODULES.of(module);
    if (value === null) continue;
    const { sets, gap } = moduleSets(cx, value, specialArgs);
    if (gap !== null) complete = false;
    for (const { set, conditional } of sets) {
      origin ??= set.origin;
      if (conditional) complete = false;
      perMachine = certain(set, 'perMachine')?.value ?? perMachine;
      for (const definition of optionSets(cx, set, 'roles').definitions)
        for (const [name, entry] of definition.set.entries) {
          const role = cx.force(entry.value);
          if (role.kind !== 'attrs') complete = false;
          else roles.set(name, readRole(cx, role, roles.get(name), specialArgs));
        }
    }
  }
  return origin === null ? null : { roles, perMachine, origin, complete };
}

function readRole(
  cx: Evaluation,
  role: AttrsValue,
  before: ServiceRole | undefined,
  specialArgs: ArgumentLookup,
): ServiceRole {
  const declared = certain(role, 'interface')?.value ?? null;
  return {
    perInstance: certain(role, 'perInstance')?.value ?? before?.perInstance ?? null,
    settings:
      declared === null && before !== undefined ? before.settings : readInterface(cx, declared, specialArgs),
  };
}
