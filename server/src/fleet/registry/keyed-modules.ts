/**
 * Modules that are made by giving a function keys of a registry (`import ./session.nix { keys = envMatrix.lea; }`), and
 * which generators of its machine such a module reads. The module is looked into as the machine would evaluate it; what
 * stands under a condition that is not known is left out, and so is what provides for a missing generator.
 */

import { config, type Given, moduleArguments } from '../../modules/modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import { stepsOf } from '../../modules/steps.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Selection, Trace } from '../../nix/eval/selection.ts';
import { newTrace, recorded } from '../../nix/eval/trace.ts';
import type { AttrsValue, Lazy, ListValue, Scope, UnknownValue, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { ApplyExpr, Expr } from '../../nix/syntax.ts';
import type { KeyedModule, ModuleReads } from '../model/uses.ts';

/** Steps allowed for one module. */
const STEPS = 100_000;
const MAX_DEPTH = 12;
const MAX_WIDTH = 200;

/** Parts of a module that a machine may never evaluate. */
const NOT_EVALUATED: ReadonlySet<string> = new Set(['_module', 'options', '_type', 'specialArgs', 'meta']);

/** Where the option stands, from the end. */
const GENERATORS = ['vars', 'generators'] as const;

/** What the reading of modules needs of the file's reader. */
export interface KeyedContext {
  /** The registry that a set is; null if it is none. */
  registryOf(set: AttrsValue): string | null;
  readonly given: Given;
}

/** The keys that an application hands over, and where. */
interface Handed {
  readonly at: KeyedModule['at'];
  readonly keys: readonly string[];
}

/**
 * Returns the module that an application makes, if the application hands keys over and makes one.
 * @returns null if it does not, or if that cannot be seen
 */
export function readKeyedModule(
  cx: Evaluation,
  expr: ApplyExpr,
  scope: Scope,
  made: Value,
  context: KeyedContext,
): KeyedModule | null {
  const isModule = made.kind === 'attrs' || (made.kind === 'lambda' && made.expr.formals !== null);
  if (!isModule) return null;
  const handed = handedOver(cx, expr, scope);
  if (handed === null) return null;
  let found: ModuleReads | typeof NOTHING | null = null;
  return {
    ...handed,
    application: { file: scope.file.path, start: expr.start, end: expr.end },
    reads() {
      // Made anew: what was evaluated before is not heard.
      found ??= readsOf(cx, () => cx.evaluate(expr, scope), context);
      return found === NOTHING ? null : found;
    },
  };
}

/** What is read cannot be seen. */
const NOTHING = 'nothing';

/** Looks into the module and returns what it selects on the way. */
function readsOf(cx: Evaluation, make: () => Value, context: KeyedContext): ModuleReads | typeof NOTHING {
  const trace = newTrace(target => target.kind === 'unknown' || context.registryOf(target) !== null);
  const reads = withBudget(cx, STEPS, () =>
    recorded(cx, trace, () => {
      look(cx, make(), context.given, 0);
      return readsIn(cx, trace, context);
    }),
  );
  return reads instanceof BudgetExceeded ? NOTHING : reads;
}

function readsIn(cx: Evaluation, { selections }: Trace, context: KeyedContext): ModuleReads | typeof NOTHING {
  const generators = new Set<string>();
  const registries = new Set<string>();
  // What stands after `or` may be evaluated here, and lengthens the trace.
  for (const selection of selections) {
    const { target, name } = selection;
    if (target.kind === 'attrs') {
      const registry = context.registryOf(target);
      if (registry !== null) registries.add(registry);
    } else if (isRequired(cx, selection) && name.text !== null && isGenerators(target))
      generators.add(name.text);
  }
  const [registry] = registries;
  return registry === undefined || registries.size > 1 ? NOTHING : { registry, generators: [...generators] };
}

/** Returns the list of names among the arguments, or in a set that is one. */
function handedOver(cx: Evaluation, expr: ApplyExpr, scope: Scope): Handed | null {
  for (const arg of argumentsIn(expr)) {
    if (arg.kind === 'path' || arg.kind === 'string') continue;
    const value = cx.evaluate(arg, scope);
    const at = { file: scope.file.path, start: arg.start, end: arg.end };
    if (value.kind === 'list') {
      const keys = namesIn(cx, value);
      if (keys !== null) return { at, keys };
    }
    if (value.kind !== 'attrs') continue;
    for (const entry of value.entries.values()) {
      const inner = entry.optional ? null : cx.force(entry.value);
      const keys = inner?.kind === 'list' ? namesIn(cx, inner) : null;
      if (keys !== null) return { at: entry.at === null ? at : placeOf(entry.at), keys };
    }
  }
  return null;
}

/** Outermost last, as they are written. */
function argumentsIn(expr: ApplyExpr): Expr[] {
  const found: Expr[] = [];
  for (let at: Expr = expr; at.kind === 'apply'; at = at.fn) found.unshift(at.arg);
  return found;
}

/** Null unless all of the list is known, and it is a list of names. */
function namesIn(cx: Evaluation, { items }: ListValue): string[] | null {
  const names: string[] = [];
  for (const item of items) {
    const value = item.kind === 'spread' ? null : cx.force(item);
    if (value?.kind !== 'string' || value.text === null) return null;
    names.push(value.text);
  }
  return names.length === 0 ? null : names;
}

/** Evaluates what a machine would: modules with what they are given, and all that they set. */
function look(cx: Evaluation, lazy: Lazy, given: Given, depth: number): void {
  if (depth > MAX_DEPTH) return;
  for (const definition of definitionsOf(cx, lazy)) {
    if (definition.never || definition.conditional) continue;
    const value = cx.resolve(definition.value);
    if (value.kind === 'lambda') {
      // A function that names no arguments is none that the module system calls.
      if (value.expr.formals !== null)
        look(cx, cx.apply(value, moduleArguments(value, given), null), given, depth + 1);
    } else if (value.kind === 'list') {
      for (const item of value.items.slice(0, MAX_WIDTH))
        if (item.kind !== 'spread') look(cx, item, given, depth + 1);
    } else if (value.kind === 'attrs') {
      const entries = [...value.entries].filter(
        ([name, entry]) => !entry.optional && !NOT_EVALUATED.has(name),
      );
      for (const [, entry] of entries.slice(0, MAX_WIDTH)) look(cx, entry.value, given, depth + 1);
    }
  }
}

/** Returns whether evaluation fails where there is no such attribute. */
function isRequired(cx: Evaluation, { result, guarded, fallback }: Selection): boolean {
  if (result === null) return false;
  return !guarded || (fallback !== null && cx.resolve(fallback).kind === 'failure');
}

/** `config.clan.core.vars.generators` of the machine at hand, and of no other. */
function isGenerators(target: UnknownValue | AttrsValue): boolean {
  if (target.kind !== 'unknown' || rootOf(target).key !== config.key) return false;
  const steps = stepsOf(target).slice(-GENERATORS.length);
  return GENERATORS.every((name, index) => steps[index]?.name.text === name);
}

function rootOf(value: UnknownValue): UnknownValue {
  let at = value;
  while (at.term?.kind === 'select') at = at.term.of;
  return at;
}
