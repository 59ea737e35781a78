/** nixpkgs `lib.attrsets`: trees of sets, and products of sets. */

import { asAttrs, asBool, stop } from '../builtins/arguments.ts';
import { ATTRS, attrNames, mapAttrs } from '../builtins/attrs.ts';
import { anonymous, because, fn2, type Result } from '../builtins/define.ts';
import { settled } from '../builtins/list-parts.ts';
import { concatMapList, mapList } from '../builtins/lists.ts';
import { attr, attrs, emptyAttrs, list, perhaps } from '../eval/construct.ts';
import { update } from '../eval/operators.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, Origin, Value } from '../eval/value.ts';

/** Merges sets recursively while both sides are sets. */
export function recursiveUpdate(cx: BuiltinContext, left: Lazy, right: Lazy, at: Origin | null): Value {
  const [a, b] = [cx.resolve(left), cx.resolve(right)];
  const merged = update(cx, a, b, at);
  if (merged.kind !== 'attrs' || a.kind !== 'attrs' || b.kind !== 'attrs') return merged;
  const entries = new Map(merged.entries);
  for (const [name, entry] of b.entries) {
    const before = a.entries.get(name);
    if (before === undefined || before.optional || entry.optional) continue;
    entries.set(name, {
      ...entry,
      value: thunk(() => updateValue(cx, before.value, entry.value, at), entry.at),
    });
  }
  return { ...merged, entries };
}

function updateValue(cx: BuiltinContext, left: Lazy, right: Lazy, at: Origin | null): Value {
  const before = cx.resolve(left);
  if (before.kind === 'failure') return before;
  const after = cx.resolve(right);
  if (before.kind === 'attrs' && after.kind === 'attrs') return recursiveUpdate(cx, before, after, at);
  if (before.kind === 'unknown' && (after.kind === 'attrs' || after.kind === 'unknown'))
    return perhaps(before, [after], at, 'recursiveUpdate');
  if (before.kind === 'attrs' && after.kind === 'unknown')
    return perhaps(after, [after, before], at, 'recursiveUpdate');
  return after;
}

/** The parameters of mapping a tree of sets. */
export interface TreeMapping {
  /** Returns whether a set is entered, instead of being a leaf itself. A failure or an unknown ends the question. */
  readonly enter: (set: Value) => boolean | Value;
  readonly f: Lazy;
}

/** Applies a function to the leaves of a tree of sets. `path` contains the names that lead to the tree. */
export function mapRecursive(
  cx: BuiltinContext,
  mapping: TreeMapping,
  path: readonly Lazy[],
  lazy: Lazy,
  at: Origin | null,
): Result {
  const { enter, f } = mapping;
  const step = fn2('mapAttrsRecursive', (_cx, name, item, place) => {
    const value = cx.resolve(item);
    const here = [...path, name];
    const inside = value.kind === 'attrs' ? enter(value) : false;
    if (typeof inside !== 'boolean') return inside;
    if (value.kind === 'unknown')
      return perhaps(value, [thunk(() => cx.applyAll(f, [list(here, at), value], at))], place);
    return inside ? mapRecursive(cx, mapping, here, value, at) : cx.applyAll(f, [list(here, at), value], at);
  });
  return mapAttrs(cx, step, lazy, at);
}

/** Collects everything in a tree of sets that satisfies the predicate. */
export function collect(cx: BuiltinContext, predicate: Lazy, lazy: Lazy, at: Origin | null): Result {
  const answer = asBool(
    cx,
    thunk(() => cx.apply(predicate, lazy, at)),
    at,
  );
  if (answer.kind !== 'bool') return stop(answer);
  if (answer.value) return list([lazy], at);
  const value = cx.resolve(lazy);
  if (value.kind === 'failure' || value.kind === 'unknown') return stop(value);
  if (value.kind !== 'attrs') return list([], at);
  const inner = anonymous((_cx, item) => settled(collect(cx, predicate, item, at)));
  return concatMapList(
    cx,
    inner,
    thunk(() => cx.apply(ATTRS.attrValues as Lazy, value, at)),
    at,
  );
}

export function cartesianProduct(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const lists = asAttrs(cx, lazy, at);
  if (lists.kind !== 'attrs') return stop(lists);
  let product: Lazy = list([emptyAttrs(at)], at);
  const names = settled(attrNames(cx, lists, at));
  if (names.kind !== 'list') return names;
  for (const name of names.items) {
    if (name.kind === 'spread') return because(name.of);
    const text = cx.resolve(name);
    if (text.kind !== 'string' || text.text === null) continue;
    const written = text.text;
    const choices = lists.entries.get(written)?.value as Lazy;
    const extend = anonymous((_cx, row) => {
      const add = anonymous((_inner, value) =>
        update(cx, cx.resolve(row), attrs(new Map([[written, attr(value, at)]]), at), at),
      );
      return settled(mapList(cx, add, choices, at));
    });
    product = settled(concatMapList(cx, extend, product, at));
  }
  return cx.resolve(product);
}
