/** What `perInstance` and `perMachine` of a service module are called with. */

import { argumentsFor, type Given, moduleArguments } from '../../modules/modules.ts';
import { attr, attrs, unknown } from '../../nix/eval/construct.ts';
import type { Attr, AttrsValue, LambdaValue, Lazy } from '../../nix/eval/value.ts';

/**
 * Returns the arguments of `perInstance` or `perMachine`. It is a module: beside what clan gives, it may ask for what every
 * module may ask for. Its `config` and `options` are the service's, not a machine's.
 * @param values what clan gives, by name
 * @param given what the flake hands to modules
 */
export function serviceArguments(
  fn: LambdaValue,
  values: Readonly<Record<string, Lazy>>,
  given: Given,
): AttrsValue {
  const own = ['config', 'options'].map((name): [string, Attr] => [
    name,
    attr(unknown(`the service's own \`${name}\``, `${name} of a service`, null), null),
  ]);
  const all = [...moduleArguments(fn, given).entries, ...own, ...argumentsFor(fn, values).entries];
  const formals = fn.expr.ellipsis ? null : fn.expr.formals;
  const asked = formals === null ? null : new Set(formals.map(formal => formal.name.name));
  return attrs(new Map(all.filter(([name]) => asked === null || asked.has(name))), null);
}

/** Returns the arguments that clan gives beside what the inventory says: nothing of them is known here. */
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
