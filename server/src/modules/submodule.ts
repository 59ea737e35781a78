/**
 * A generator that is written as a module: a function of its own configuration, with options of its own perhaps.
 */
import { attr, attrs, unknown } from '../nix/eval/construct.ts';

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { LambdaValue, Lazy } from '../nix/eval/value.ts';
import { unknownArgument } from './modules.ts';
import { type Weighed, weighed } from './weights.ts';

/** Returns what a module that is a function defines. */
export function definedBy(cx: Evaluation, module: LambdaValue, conditional: boolean): Weighed[] {
  const { formals } = module.expr;
  const file = module.scope.file.path;
  const at = module.expr.start;
  const args = attrs(
    new Map((formals ?? []).map(({ name }) => [name.name, attr(argumentOf(name.name, file, at), null)])),
    null,
  );
  const value = cx.apply(
    module,
    formals === null ? unknown(`the arguments of a module`, `module ${file}:${at}`, null) : args,
    module.origin,
  );
  const configEntry = value.kind === 'attrs' ? value.entries.get('config') : undefined;
  return weighed(cx, configEntry === undefined ? value : configEntry.value, conditional);
}

/** Returns the argument of a submodule, whose `config` is its own, not the machine's. */
function argumentOf(name: string, file: string, at: number): Lazy {
  if (name !== 'config' && name !== 'options') return unknownArgument(name, file, at);
  return unknown(`the generator's own \`${name}\``, `${name} of ${file}:${at}`, null, { kind: 'root', name });
}
