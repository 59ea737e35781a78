/** nixpkgs `lib.attrsets`: making, filtering and merging sets. */

import { asAttrs, asBool, asList, elementOf, stop } from '../builtins/arguments.ts';
import { anyName, itemsOf, namesUnknown } from '../builtins/attr-parts.ts';
import { ATTRS } from '../builtins/attrs.ts';
import { anonymous, because, fn1, fn2, fn3, type Result, type Table } from '../builtins/define.ts';
import { eachOfUnknown, settled } from '../builtins/list-parts.ts';
import { LIST_TO_ATTRS, listToAttrs } from '../builtins/list-to-attrs.ts';
import { foldLeft, mapList } from '../builtins/lists.ts';
import { attr, attrs, bool, boundedAttrs, either, emptyAttrs, list, string } from '../eval/construct.ts';
import { update } from '../eval/operators.ts';
import { thunk } from '../eval/thunks.ts';
import type { Attr, AttrsValue, BuiltinContext, Lazy, Origin, UnknownValue, Value } from '../eval/value.ts';
import { attrByPath, filterAttrs, getAttrs, hasAttrByPath, setAttrByPath } from './attr-paths.ts';
import { cartesianProduct, collect, mapRecursive, recursiveUpdate } from './attr-trees.ts';

function pair(name: Lazy, value: Lazy, at: Origin | null): AttrsValue {
  return attrs(
    new Map<string, Attr>([
      ['name', attr(name, at)],
      ['value', attr(value, at)],
    ]),
    at,
  );
}

function genAttrs(cx: BuiltinContext, names: Lazy, f: Lazy, at: Origin | null): Result {
  const make = anonymous((_cx, name, place) =>
    pair(
      name,
      thunk(() => cx.apply(f, name, place), at),
      place,
    ),
  );
  return fromPairs(cx, mapList(cx, make, names, at), at);
}

/** Applies `listToAttrs` to a list made by another function here. An unknown list gives an open set. */
function fromPairs(cx: BuiltinContext, pairs: Result, at: Origin | null): Result {
  return listToAttrs(cx, settled(pairs), at);
}

export function mapAttrsToList(cx: BuiltinContext, f: Lazy, lazy: Lazy, at: Origin | null): Result {
  const set = asAttrs(cx, lazy, at);
  const apply = (name: Lazy, value: Lazy) => thunk(() => cx.applyAll(f, [name, value], at), at);
  if (set.kind === 'unknown' && set.candidates === null)
    return because(set, [list([apply(anyName(set), elementOf(set))], at)], true);
  if (set.kind === 'unknown') return because(set, null, true);
  if (set.kind !== 'attrs') return set;
  cx.step(set.entries.size);
  return list(
    itemsOf(set, 'mapAttrsToList', (name, entry) => apply(name, entry.value), apply),
    at,
  );
}

function mapAttrsPrime(cx: BuiltinContext, f: Lazy, set: Lazy, at: Origin | null): Result {
  return fromPairs(cx, mapAttrsToList(cx, f, set, at), at);
}

/** Evaluates `optionalAttrs`. Under an unknown condition the attributes are optional. */
function optionalAttrs(cx: BuiltinContext, condition: Lazy, lazy: Lazy, at: Origin | null): Result {
  const holds = asBool(cx, condition, at);
  if (holds.kind === 'failure') return holds;
  if (holds.kind === 'bool') return holds.value ? cx.resolve(lazy) : emptyAttrs(at);
  const set = cx.speculate(lazy);
  if (set.kind !== 'attrs') return either(holds, [lazy, emptyAttrs(at)], at, 'optionalAttrs');
  const entries = new Map<string, Attr>();
  for (const [name, entry] of set.entries) entries.set(name, { ...entry, optional: true });
  const patterns = set.patterns.map(pattern => ({ ...pattern, optional: true }));
  return boundedAttrs(attrs(entries, set.origin, set.open, patterns), set.bounded === true);
}

/** Merges sets from left to right. A set that fails hides nothing of the others. */
function mergeSets(cx: BuiltinContext, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  if (value.kind === 'unknown') return eachMerged(cx, value, at);
  if (value.kind === 'failure') return value;
  let merged: Value = emptyAttrs(at);
  let failed: UnknownValue | null = null;
  for (const item of value.items) {
    const set: Value = item.kind === 'spread' ? settled(eachMerged(cx, item.of, at)) : cx.resolve(item);
    const next: Value = set.kind === 'failure' ? set : update(cx, merged, set, at);
    if (next.kind === 'failure') failed ??= cx.tolerate(next);
    else merged = next;
  }
  if (failed === null || merged.kind !== 'attrs') return merged;
  const { bounded: _, ...others } = merged;
  return { ...others, open: merged.open ?? failed };
}

function eachMerged(cx: BuiltinContext, value: UnknownValue, at: Origin | null): Result {
  return eachOfUnknown(value, items => settled(mergeSets(cx, items, at)));
}

function concatMapAttrs(cx: BuiltinContext, f: Lazy, set: Lazy, at: Origin | null): Result {
  return mergeSets(cx, settled(mapAttrsToList(cx, f, set, at)), at);
}

function foldlAttrs(cx: BuiltinContext, f: Lazy, start: Lazy, set: Lazy, at: Origin | null): Result {
  const pairs = settled(mapAttrsToList(cx, PAIR, set, at));
  const part = (item: Lazy, name: string) => thunk(() => cx.select(item, name, null));
  return foldLeft(
    cx,
    (accumulator, item) => cx.applyAll(f, [accumulator, part(item, 'name'), part(item, 'value')], at),
    start,
    pairs,
    at,
  );
}

const PAIR = fn2('nameValuePair', (_cx, name, value, at) => pair(name, value, at));

function isDerivation(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const value = cx.resolve(lazy);
  if (value.kind === 'failure' || value.kind === 'unknown') return stop(value);
  if (value.kind !== 'attrs') return bool(false, at);
  const has = cx.has(value, 'type');
  if (has === false) return bool(false, at);
  const same = cx.equal(
    cx.delay(() => cx.select(value, 'type', null)),
    string('derivation', at),
  );
  if (typeof same === 'boolean') return bool(same, at);
  return same ?? because(value.open ?? namesUnknown(value));
}

export const LIB_ATTRS: Table = {
  ...ATTRS,
  ...LIST_TO_ATTRS,
  genAttrs: fn2('genAttrs', genAttrs),
  "genAttrs'": fn2("genAttrs'", (cx, xs, f, at) => fromPairs(cx, mapList(cx, f, xs, at), at)),
  nameValuePair: PAIR,
  mapAttrsToList: fn2('mapAttrsToList', mapAttrsToList),
  attrsToList: fn1('attrsToList', (cx, set, at) => mapAttrsToList(cx, PAIR, set, at)),
  "mapAttrs'": fn2("mapAttrs'", mapAttrsPrime),
  filterAttrs: fn2('filterAttrs', filterAttrs),
  getAttrs: fn2('getAttrs', getAttrs),
  attrVals: fn2('attrVals', (cx, names, set, at) => {
    const get = anonymous((_cx, name) =>
      cx.apply(
        cx.delay(() => cx.apply(ATTRS.getAttr as Lazy, name, at)),
        set,
        at,
      ),
    );
    return mapList(cx, get, names, at);
  }),
  optionalAttrs: fn2('optionalAttrs', optionalAttrs),
  concatMapAttrs: fn2('concatMapAttrs', concatMapAttrs),
  mergeAttrsList: fn1('mergeAttrsList', mergeSets),
  mergeAttrs: fn2('mergeAttrs', (cx, left, right, at) => update(cx, cx.resolve(left), cx.resolve(right), at)),
  foldlAttrs: fn3('foldlAttrs', foldlAttrs),
  foldAttrs: fn3('foldAttrs', (cx, f, start, xs, at) => {
    const fold = fn2('foldAttrs', (_cx, _name, values, place) => {
      const all = asList(cx, values, place);
      if (all.kind !== 'list') return stop(all);
      return foldLeft(
        cx,
        (acc, item) => cx.applyAll(f, [item, acc], at),
        start,
        { ...all, items: [...all.items].reverse() },
        at,
      );
    });
    return cx.applyAll(ATTRS.zipAttrsWith as Lazy, [fold, xs], at);
  }),
  recursiveUpdate: fn2('recursiveUpdate', recursiveUpdate),
  attrByPath: fn3('attrByPath', attrByPath),
  hasAttrByPath: fn2('hasAttrByPath', hasAttrByPath),
  getAttrFromPath: fn2('getAttrFromPath', (cx, path, set, at) => attrByPath(cx, path, null, set, at)),
  setAttrByPath: fn2('setAttrByPath', setAttrByPath),
  mapAttrsRecursive: fn2('mapAttrsRecursive', (cx, f, set, at) =>
    mapRecursive(cx, { enter: () => true, f }, [], set, at),
  ),
  mapAttrsRecursiveCond: fn3('mapAttrsRecursiveCond', (cx, condition, f, set, at) => {
    const enter = (value: Value) => {
      const answer = asBool(
        cx,
        thunk(() => cx.apply(condition, value, at)),
        at,
      );
      return answer.kind === 'bool' ? answer.value : answer;
    };
    return mapRecursive(cx, { enter, f }, [], set, at);
  }),
  zipAttrs: fn1('zipAttrs', (cx, xs, at) =>
    cx.applyAll(
      ATTRS.zipAttrsWith as Lazy,
      [fn2('zipAttrs', (inner, _name, values) => inner.resolve(values)), xs],
      at,
    ),
  ),
  cartesianProduct: fn1('cartesianProduct', cartesianProduct),
  cartesianProductOfSets: fn1('cartesianProductOfSets', cartesianProduct),
  mapCartesianProduct: fn2('mapCartesianProduct', (cx, f, sets, at) =>
    mapList(cx, f, settled(cartesianProduct(cx, sets, at)), at),
  ),
  collect: fn2('collect', collect),
  isDerivation: fn1('isDerivation', isDerivation),
  recurseIntoAttrs: fn1('recurseIntoAttrs', (cx, set, at) =>
    update(
      cx,
      cx.resolve(set),
      attrs(new Map([['recurseForDerivations', attr(bool(true, at), at)]]), at),
      at,
    ),
  ),
};
