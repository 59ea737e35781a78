/**
 * Reads generators that are written as modules: functions of their own configuration, possibly with options of their
 * own.
 */
import { attr, attrs, isClosed, unknown } from '../nix/eval/construct.ts';

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { LambdaValue, Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
import { unknownArgument } from './modules.ts';
import { type WeightedDefinition, weighed } from './priorities.ts';

/**
 * Returns the definitions of a module that is a function.
 * @param isOnly true if there are no other definitions of the submodule, so that the function's literal values are
 * its configuration
 */
export function definedBy(
  cx: Evaluation,
  module: LambdaValue,
  conditional: boolean,
  isOnly: boolean,
): WeightedDefinition[] {
  const { formals } = module.expr;
  const file = module.scope.file.path;
  const at = module.expr.start;
  const apply = (ownConfig: Lazy | null): Value => {
    const argument = (name: string) =>
      name === 'config' && ownConfig !== null ? ownConfig : argumentOf(name, file, at);
    const args = attrs(
      new Map((formals ?? []).map(({ name }) => [name.name, attr(argument(name.name), null)])),
      null,
    );
    return configOf(
      cx.apply(
        module,
        formals === null ? unknown(`the arguments of a module`, `module ${file}:${at}`, null) : args,
        module.origin,
      ),
      cx,
    );
  };
  const first = apply(null);
  const asks = formals?.some(({ name }) => name.name === 'config') === true;
  const ownConfig = isOnly && asks ? simpleValues(cx, first, ownArgument('config', file, at)) : null;
  return weighed(cx, ownConfig === null ? first : apply(ownConfig), conditional);
}

function configOf(value: Value, cx: Evaluation): Value {
  const entry = value.kind === 'attrs' ? value.entries.get('config') : undefined;
  return entry === undefined ? value : cx.force(entry.value);
}

/** Returns the unconditional simple values of a set, with `rest` for all other options. */
function simpleValues(cx: Evaluation, set: Value, rest: UnknownValue): Value | null {
  if (set.kind !== 'attrs' || !isClosed(set)) return null;
  const entries = new Map(
    [...set.entries].filter(([, entry]) => !entry.optional && isSimple(cx.force(entry.value))),
  );
  return entries.size === 0 ? null : attrs(entries, null, rest);
}

function isSimple({ kind }: Value): boolean {
  return kind === 'string' || kind === 'bool' || kind === 'int';
}

/** Returns the argument of a submodule. Its `config` is its own, not the machine's. */
function argumentOf(name: string, file: string, at: number): Lazy {
  return name === 'config' || name === 'options'
    ? ownArgument(name, file, at)
    : unknownArgument(name, file, at);
}

function ownArgument(name: 'config' | 'options', file: string, at: number): UnknownValue {
  return unknown(`the generator's own \`${name}\``, `${name} of ${file}:${at}`, null, { kind: 'root', name });
}
