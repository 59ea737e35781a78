/**
 * Finds the machines that have their own steps in the session specification next to a registry: `{ shared = …;
 * machines = { lea = …; }; }`. Pure syntax; finds none in files of another form.
 */

import type { Sources } from '../../../edits/text-edit.ts';
import { sessionSpecOf } from '../../../fleet/registry/session-spec.ts';
import type { Place } from '../../../nix/places.ts';
import type { AttrName, Binding, Expr } from '../../../nix/syntax.ts';

export interface MachineWithSteps {
  readonly machine: string;
  readonly at: Place;
}

/**
 * Returns the machines with steps of their own.
 *
 * @param registry the registry's file
 */
export function machinesWithSteps(sources: Sources, registry: string): readonly MachineWithSteps[] {
  const path = sessionSpecOf(registry);
  const file = sources.parse(path);
  let expr: Expr | null = file?.root ?? null;
  while (expr?.kind === 'let' || expr?.kind === 'with') expr = expr.body;
  if (expr?.kind !== 'attrs') return [];
  const parts = expr.bindings.map(binding => ({ binding, name: nameAt(binding, 0)?.name }));
  if (!parts.some(({ name }) => name === 'shared')) return [];
  return parts
    .filter(({ name }) => name === 'machines')
    .flatMap(({ binding }) => machineNames(binding))
    .map(({ name, start, end }) => ({ machine: name, at: { file: path, start, end } }));
}

type Name = Extract<AttrName, { readonly kind: 'name' }>;

/** Returns the names in `machines.lea = …` or `machines = { … }`. */
function machineNames(binding: Binding): Name[] {
  const second = nameAt(binding, 1);
  if (second !== null) return [second];
  if (binding.kind !== 'bind' || binding.path.length > 1 || binding.value.kind !== 'attrs') return [];
  return binding.value.bindings.flatMap(inner =>
    inner.kind === 'bind' ? (nameAt(inner, 0) ?? []) : inner.names.filter(name => name.kind === 'name'),
  );
}

function nameAt(binding: Binding, index: number): Name | null {
  const name = binding.kind === 'bind' ? binding.path[index] : undefined;
  return name?.kind === 'name' ? name : null;
}
