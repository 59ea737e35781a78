/**
 * Recognises modules that are made by passing registry keys to a function (`import ./session.nix { keys =
 * envMatrix.lea; }`), and finds the generators of its machine that such a module reads. The module is evaluated as on a
 * machine; parts under an unknown condition, and reads with a fallback, are left out.
 */

import { type ArgumentLookup, config, moduleArguments } from '../../modules/modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import { stepsOf } from '../../modules/steps.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Selection, Trace } from '../../nix/eval/selection.ts';
import { newTrace, recorded } from '../../nix/eval/trace.ts';
import type { AttrsValue, Lazy, ListValue, Scope, UnknownValue, Value } from '../../nix/eval/value.ts';
import { placeIn, placeOf } from '../../nix/places.ts';
import { isSameData } from '../../nix/same-data.ts';
import type { ApplyExpr, Expr } from '../../nix/syntax.ts';
import { laterPart } from '../../query/reads.ts';
import type { KeyedModule, ModuleReads } from '../model/uses.ts';

/** The evaluation steps allowed for one module. */
const STEPS = 100_000;
const MAX_DEPTH = 12;
const MAX_WIDTH = 200;

/** Parts of a module that a machine may never evaluate. */
const NOT_EVALUATED: ReadonlySet<string> = new Set(['_module', 'options', '_type', 'specialArgs', 'meta']);

/** The last names of the option's path. */
const GENERATORS = ['vars', 'generators'] as const;

/** The environment in which keyed modules are read. */
export interface KeyedContext {
  /** Returns the file of the registry if the set is one; null otherwise. */
  registryOf(set: AttrsValue): string | null;
  readonly specialArgs: ArgumentLookup;
}

/** The keys that an application passes, and their place. */
interface PassedKeys {
  readonly at: KeyedModule['at'];
  readonly keys: readonly string[];
}

/**
 * Returns the module that an application with keys makes; null if it passes no keys or makes no module, or if that is
 * unknown.
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
  const handed = passedKeys(cx, expr, scope);
  if (handed === null) return null;
  // Evaluated anew, since selections are recorded only while a value is first evaluated.
  const source: ReadsSource = {
    read: laterPart(cx.recorder, () => readsOf(cx, () => cx.evaluate(expr, scope), context)),
    reads: null,
  };
  const module: KeyedModule = {
    ...handed,
    application: placeIn(scope.file, expr),
    reads() {
      source.reads ??= source.read();
      return source.reads === NOTHING ? null : source.reads;
    },
  };
  sources.set(module, source);
  return module;
}

/** What the reads of a module are computed from, and the result once somebody has asked for it. */
interface ReadsSource {
  read: () => ModuleReads | typeof NOTHING;
  reads: ModuleReads | typeof NOTHING | null;
}

const sources = new WeakMap<KeyedModule, ReadsSource>();

/** Returns the previous module, with the current reads, if the current one is equal; otherwise the current one. */
export function reusingKeyedModule(before: KeyedModule | undefined, now: KeyedModule): KeyedModule {
  const [earlier, source] = [before && sources.get(before), sources.get(now)];
  if (before === undefined || earlier === undefined || source === undefined) return now;
  if (!isSameData({ ...before, reads: null }, { ...now, reads: null })) return now;
  // What nobody has asked for nobody depends on.
  if (earlier.reads === null) earlier.read = source.read;
  else if (!isSameData(before.reads(), now.reads())) return now;
  return before;
}

/** Marks that the reads of a module are unknown. */
const NOTHING = 'nothing';

/** Evaluates the module, and returns the generators that it selects. */
function readsOf(cx: Evaluation, make: () => Value, context: KeyedContext): ModuleReads | typeof NOTHING {
  const trace = newTrace(target => target.kind === 'unknown' || context.registryOf(target) !== null);
  const reads = withBudget(cx, STEPS, () =>
    recorded(cx, trace, () => {
      look(cx, make(), context.specialArgs, 0);
      return readsIn(cx, trace, context);
    }),
  );
  return reads instanceof BudgetExceeded ? NOTHING : reads;
}

function readsIn(cx: Evaluation, { selections }: Trace, context: KeyedContext): ModuleReads | typeof NOTHING {
  const generators = new Set<string>();
  const registries = new Set<string>();
  // `isRequired` may evaluate the fallback of `or`, which appends to the trace while it is iterated.
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

/** Returns the first list of names among the arguments, or among the attributes of an argument. */
function passedKeys(cx: Evaluation, expr: ApplyExpr, scope: Scope): PassedKeys | null {
  for (const arg of argumentsIn(expr)) {
    if (arg.kind === 'path' || arg.kind === 'string') continue;
    const value = cx.evaluate(arg, scope);
    const at = placeIn(scope.file, arg);
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

/** Returns the arguments of a curried application as they are written, the innermost first. */
function argumentsIn(expr: ApplyExpr): Expr[] {
  const args: Expr[] = [];
  for (let at: Expr = expr; at.kind === 'apply'; at = at.fn) args.unshift(at.arg);
  return args;
}

/** Returns the strings of a list; null if it is empty, or not a fully known list of strings. */
function namesIn(cx: Evaluation, { items }: ListValue): string[] | null {
  const names: string[] = [];
  for (const item of items) {
    const value = item.kind === 'spread' ? null : cx.force(item);
    if (value?.kind !== 'string' || value.text === null) return null;
    names.push(value.text);
  }
  return names.length === 0 ? null : names;
}

/** Evaluates the parts that a machine would evaluate: modules with their arguments, and all their settings. */
function look(cx: Evaluation, lazy: Lazy, specialArgs: ArgumentLookup, depth: number): void {
  if (depth > MAX_DEPTH) return;
  for (const definition of definitionsOf(cx, lazy)) {
    if (definition.never || definition.conditional) continue;
    const value = cx.resolve(definition.value);
    if (value.kind === 'lambda') {
      // The module system does not call a function without named arguments.
      if (value.expr.formals !== null)
        look(cx, cx.apply(value, moduleArguments(value, specialArgs), null), specialArgs, depth + 1);
    } else if (value.kind === 'list') {
      for (const item of value.items.slice(0, MAX_WIDTH))
        if (item.kind !== 'spread') look(cx, item, specialArgs, depth + 1);
    } else if (value.kind === 'attrs') {
      const entries = [...value.entries].filter(
        ([name, entry]) => !entry.optional && !NOT_EVALUATED.has(name),
      );
      for (const [, entry] of entries.slice(0, MAX_WIDTH)) look(cx, entry.value, specialArgs, depth + 1);
    }
  }
}

/** Returns whether evaluation fails if the attribute is missing. */
function isRequired(cx: Evaluation, { result, guarded, fallback }: Selection): boolean {
  if (result === null) return false;
  return !guarded || (fallback !== null && cx.resolve(fallback).kind === 'failure');
}

/** Returns whether a value is `config.clan.core.vars.generators` of the machine itself. */
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
