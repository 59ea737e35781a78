/** Builds the arguments with which `perInstance` and `perMachine` of a service module are called. */

import { type ArgumentLookup, argumentsFor, moduleArguments } from '../../modules/modules.ts';
import { attr, attrs, unknown } from '../../nix/eval/construct.ts';
import type { Attr, AttrsValue, LambdaValue, Lazy } from '../../nix/eval/value.ts';

/**
 * Returns the arguments of `perInstance` or `perMachine`. As a module, the function may also take the arguments that
 * every module may take; its `config` and `options` are the service's, not a machine's.
 * @param values the arguments that clan passes, by name
 * @param specialArgs the arguments that the flake passes to modules
 */
export function serviceArguments(
  fn: LambdaValue,
  values: Readonly<Record<string, Lazy>>,
  specialArgs: ArgumentLookup,
): AttrsValue {
  const ownArguments = ['config', 'options'].map((name): [string, Attr] => [
    name,
    attr(unknown(`the service's own \`${name}\``, `${name} of a service`, null), null),
  ]);
  const all = [
    ...moduleArguments(fn, specialArgs).entries,
    ...ownArguments,
    ...argumentsFor(fn, values).entries,
  ];
  const formals = fn.expr.ellipsis ? null : fn.expr.formals;
  const asked = formals === null ? null : new Set(formals.map(formal => formal.name.name));
  return attrs(new Map(all.filter(([name]) => asked === null || asked.has(name))), null);
}

/** Returns the arguments that clan passes and that do not come from the inventory, as unknown values. */
export function unknownsOf(what: string): Readonly<Record<string, Lazy>> {
  const root = (name: string) =>
    unknown(`\`${name}\`, which clan gives to services`, `${name}@${what}`, null, { kind: 'root', name });
  return {
    exports: root('exports'),
    mkExports: root('mkExports'),
    meta: root('meta'),
    extendSettings: root('extendSettings'),
    extendRoles: root('extendRoles'),
  };
}
