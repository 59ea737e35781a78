/** nixpkgs `lib.lists`. */

import { asBool, asInt, asList, elementOf, stop } from '../builtins/arguments.ts';
import { ATTRS } from '../builtins/attrs.ts';
import { anonymous, because, builtin, fn1, fn2, fn3, type Result, type Table } from '../builtins/define.ts';
import {
  eachOfUnknown,
  filterItems,
  type Item,
  mapSpread,
  maybeItem,
  settled,
  wholeList,
} from '../builtins/list-parts.ts';
import { LIST_TO_ATTRS } from '../builtins/list-to-attrs.ts';
import { concatLists, filterList, foldLeft, generate, isElem, LISTS, mapList } from '../builtins/lists.ts';
import { sortItems } from '../builtins/sorting.ts';
import { attrsOf, bool, either, int, list, withCandidates } from '../eval/construct.ts';
import { append } from '../eval/operators.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, ListValue, Origin, UnknownValue, Value } from '../eval/value.ts';
import { backwards, cut, EVERYTHING, imap, initItems, lastItem, sublist } from './list-slices.ts';

/** Returns the result of a function that needs all items of a list. */
function onWhole(
  cx: BuiltinContext,
  xs: Lazy,
  at: Origin | null,
  use: (items: readonly Lazy[]) => Result,
): Result {
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const items = wholeList(value);
  return 'kind' in items ? because(items) : use(items);
}

/** Evaluates `optional` and `optionals`. Under an unknown condition the items may be absent. */
function optionals(cx: BuiltinContext, condition: Lazy, items: Lazy, at: Origin | null): Result {
  const holds = asBool(cx, condition, at);
  if (holds.kind === 'failure') return holds;
  if (holds.kind === 'bool') return holds.value ? cx.resolve(items) : list([], at);
  return list([{ kind: 'spread', of: either(holds, [items, list([], at)], at, 'optionals') }], at);
}

function flatten(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const value = cx.resolve(lazy);
  if (value.kind === 'failure') return value;
  const again = (items: Lazy) => settled(flatten(cx, items, at));
  if (value.kind === 'unknown')
    return value.candidates === null ? because(value, [list([value], at)]) : eachOfUnknown(value, again);
  if (value.kind !== 'list') return list([value], at);
  const flat: Item[] = [];
  for (const item of value.items) {
    cx.step();
    if (item.kind === 'spread') {
      flat.push(mapSpread(item, 'flatten', again));
      continue;
    }
    const inner = cx.resolve(item);
    if (inner.kind === 'unknown')
      flat.push({ kind: 'spread', of: withCandidates(inner, [list([inner], at)]) });
    else if (inner.kind === 'failure') flat.push({ kind: 'spread', of: cx.tolerate(inner) });
    else if (inner.kind !== 'list') flat.push(item);
    else {
      const below = settled(flatten(cx, inner, at));
      if (below.kind === 'list') for (const candidate of below.items) flat.push(candidate);
      else return below;
    }
  }
  return list(flat, at);
}

function unique(cx: BuiltinContext, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  const again = (items: Lazy) => settled(unique(cx, items, at));
  if (value.kind === 'unknown') return eachOfUnknown(value, again);
  if (value.kind === 'failure') return value;
  const seen = new Set<string>();
  const items: Item[] = [];
  let hidden: UnknownValue | null = null;
  for (const item of value.items) {
    cx.step();
    if (item.kind === 'spread') {
      hidden ??= item.of;
      items.push(mapSpread(item, 'unique', again));
      continue;
    }
    const resolved = cx.resolve(item);
    if (resolved.kind === 'string' && resolved.text !== null && onlyTexts(items)) {
      if (!seen.has(resolved.text)) items.push(resolved);
      seen.add(resolved.text);
      continue;
    }
    const before = settled(isElem(cx, item, list(items, at), at));
    if (before.kind === 'failure') return before;
    if (before.kind === 'unknown' && hidden === null) items.push(maybeItem(before, item, 'unique'));
    else if (before.kind !== 'bool' || !before.value) items.push(item);
  }
  // An earlier item may equal a later one, so the positions of those are unknown.
  if (hidden !== null)
    items.push({ kind: 'spread', of: withCandidates({ ...hidden, term: null }, [], true) });
  return list(items, at);
}

function onlyTexts(items: readonly Item[]): boolean {
  const last = items.at(-1);
  return last === undefined || (last.kind === 'string' && last.text !== null);
}

function findFirst(cx: BuiltinContext, f: Lazy, fallback: Lazy, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  if (value.kind === 'unknown') return because(value, [elementOf(value), fallback]);
  if (value.kind === 'failure') return value;
  for (const [index, item] of value.items.entries()) {
    cx.step();
    const answer =
      item.kind === 'spread'
        ? item.of
        : asBool(
            cx,
            thunk(() => cx.apply(f, item, at)),
            at,
          );
    if (answer.kind === 'failure') return answer;
    if (answer.kind === 'bool') {
      if (answer.value) return cx.resolve(item as Lazy);
      continue;
    }
    const rest = list(value.items.slice(index + 1), at);
    const later = thunk(() => settled(findFirst(cx, f, fallback, rest, at)));
    return because(answer, item.kind === 'spread' ? [later] : [item, later]);
  }
  return cx.resolve(fallback);
}

/** Evaluates `zipListsWith f xs ys`. Of lists that are not known whole, any item may stand beside any other. */
function zipWith(
  cx: BuiltinContext,
  f: (a: Lazy, b: Lazy) => Value,
  xs: Lazy,
  ys: Lazy,
  at: Origin | null,
): Result {
  const left = asList(cx, xs, at);
  if (left.kind === 'failure') return left;
  const right = asList(cx, ys, at);
  if (right.kind === 'failure') return right;
  if (!isWhole(left) || !isWhole(right)) {
    const besideAny = anonymous((_cx, x) => {
      const beside = anonymous((_inner, y) => f(x, y));
      return settled(mapList(cx, beside, right, at));
    });
    return concatLists(cx, settled(mapList(cx, besideAny, left, at)), at);
  }
  const length = Math.min(left.items.length, right.items.length);
  return list(
    left.items.slice(0, length).map((item, i) => thunk(() => f(item as Lazy, right.items[i] as Lazy))),
    at,
  );
}

function isWhole(value: ListValue | UnknownValue): value is ListValue {
  return value.kind === 'list' && value.items.every(item => item.kind !== 'spread');
}

/** Returns a function that keeps the items of the second list that are (or are not) in the first. */
function setOperation(name: string, wanted: boolean) {
  const run = (cx: BuiltinContext, e: Lazy, xs: Lazy, at: Origin | null): Result => {
    const value = asList(cx, xs, at);
    const again = (items: Lazy) => settled(run(cx, e, items, at));
    if (value.kind === 'unknown') return eachOfUnknown(value, again);
    if (value.kind === 'failure') return value;
    const keep = (item: Lazy): Value => {
      const is = settled(isElem(cx, item, e, at));
      return is.kind === 'bool' ? bool(is.value === wanted, at) : is;
    };
    return list(filterItems(cx, value, name, keep, again), at);
  };
  return fn2(name, run);
}

/** Folds from the right, lazily in the accumulated value. */
function foldRight(cx: BuiltinContext, f: Lazy, start: Lazy, xs: Lazy, at: Origin | null): Result {
  return foldLeft(
    cx,
    (acc, item) => thunk(() => cx.applyAll(f, [item, acc], at)),
    start,
    settled(backwards(cx, xs, at)),
    at,
  );
}

function sortOn(cx: BuiltinContext, f: Lazy, xs: Lazy, at: Origin | null): Result {
  return onWhole(cx, xs, at, items => {
    const keyed = items.map(item => list([thunk(() => cx.apply(f, item, at)), item], at));
    const key = (pair: Lazy) => (cx.resolve(pair) as ListValue).items[0] as Lazy;
    const less = fn2('sortOn', (inner, left, right, place) => {
      const answer = inner.less(key(left), key(right), place);
      if (answer === null) return because(elementOf({ ...unknownKey, origin: at }));
      return typeof answer === 'boolean' ? bool(answer, at) : answer;
    });
    const sorted = sortItems(cx, less, keyed, at);
    if (!Array.isArray(sorted)) return sorted as Result;
    return list(
      sorted.map(pair => (cx.resolve(pair) as ListValue).items[1] as Lazy),
      at,
    );
  });
}

const unknownKey: UnknownValue = {
  kind: 'unknown',
  reason: 'what a list is sorted by',
  key: 'sortOn',
  term: null,
  candidates: null,
  origin: null,
};

export const LIB_LISTS: Table = {
  ...LISTS,
  // Strict in the start value, unlike Nix's own.
  "foldl'": fn3("foldl'", (cx, f, start, xs, at) => {
    const first = cx.resolve(start);
    if (first.kind === 'failure') return first;
    return foldLeft(cx, (acc, item) => cx.applyAll(f, [acc, item], at), first, xs, at);
  }),
  foldl: fn3('foldl', (cx, f, start, xs, at) =>
    foldLeft(cx, (acc, item) => thunk(() => cx.applyAll(f, [acc, item], at)), start, xs, at),
  ),
  foldr: fn3('foldr', foldRight),
  fold: fn3('fold', foldRight),
  optional: fn2('optional', (cx, condition, item, at) => optionals(cx, condition, list([item], at), at)),
  optionals: fn2('optionals', optionals),
  flatten: fn1('flatten', flatten),
  unique: fn1('unique', unique),
  toList: fn1('toList', (cx, x, at) => {
    const value = cx.resolve(x);
    if (value.kind === 'failure' || value.kind === 'list') return value;
    return value.kind === 'unknown' ? because(value, [list([value], at)]) : list([x], at);
  }),
  singleton: fn1('singleton', (_cx, x, at) => list([x], at)),
  forEach: fn2('forEach', (cx, xs, f, at) => mapList(cx, f, xs, at)),
  range: fn2('range', (cx, first, last, at) => {
    const from = asInt(cx, first, at);
    if (from.kind !== 'int') return stop(from);
    const to = asInt(cx, last, at);
    if (to.kind !== 'int') return stop(to);
    return generate(cx, to.value - from.value + 1n, index => int(from.value + index, at), at);
  }),
  replicate: fn2('replicate', (cx, n, x, at) => {
    const count = asInt(cx, n, at);
    return count.kind === 'int' ? generate(cx, count.value, () => x, at) : stop(count);
  }),
  imap0: imap('imap0', 0),
  imap1: imap('imap1', 1),
  last: fn1('last', lastItem),
  init: fn1('init', initItems),
  take: cut('take', n => [0n, n]),
  drop: cut('drop', n => [n, EVERYTHING]),
  sublist: fn3('sublist', (cx, start, count, xs, at) => {
    const from = asInt(cx, start, at);
    if (from.kind !== 'int') return stop(from);
    const length = asInt(cx, count, at);
    return length.kind === 'int' ? sublist(cx, from.value, length.value, xs, at) : stop(length);
  }),
  reverseList: fn1('reverseList', backwards),
  sortOn: fn2('sortOn', sortOn),
  count: fn2('count', (cx, f, xs, at) => {
    const kept = filterList(cx, f, xs, at);
    if (kept.kind !== 'list') return kept;
    const items = wholeList(kept);
    return 'kind' in items ? because(items) : int(BigInt(items.length), at);
  }),
  remove: fn2('remove', (cx, x, xs, at) => {
    const differs = anonymous((inner, item) => {
      const same = inner.equal(item, x);
      return typeof same === 'boolean'
        ? bool(!same, at)
        : (same ?? elementOf({ ...unknownKey, reason: 'whether two values are equal' }));
    });
    return filterList(cx, differs, xs, at);
  }),
  findFirst: fn3('findFirst', findFirst),
  findSingle: builtin('findSingle', 4, (cx, [f, none, many, xs], at) => {
    const kept = filterList(cx, f as Lazy, xs as Lazy, at);
    if (kept.kind !== 'list') return kept;
    const items = wholeList(kept);
    if ('kind' in items) return because(items);
    return cx.resolve((items.length === 0 ? none : items.length === 1 ? items[0] : many) as Lazy);
  }),
  zipListsWith: fn3('zipListsWith', (cx, f, xs, ys, at) =>
    zipWith(cx, (a, b) => cx.applyAll(f, [a, b], at), xs, ys, at),
  ),
  zipLists: fn2('zipLists', (cx, xs, ys, at) =>
    zipWith(cx, (fst, snd) => attrsOf({ fst, snd }, at), xs, ys, at),
  ),
  intersectLists: setOperation('intersectLists', true),
  subtractLists: setOperation('subtractLists', false),
  mutuallyExclusive: fn2('mutuallyExclusive', (cx, xs, ys, at) =>
    onWhole(cx, xs, at, items => {
      for (const item of items) {
        const is = isElem(cx, item, ys, at);
        if (is.kind !== 'bool') return is;
        if (is.value) return bool(false, at);
      }
      return bool(true, at);
    }),
  ),
  crossLists: fn2('crossLists', (cx, f, lists, at) => {
    let rows: Lazy = list([f], at);
    const all = asList(cx, lists, at);
    if (all.kind !== 'list') return stop(all);
    for (const choices of all.items) {
      if (choices.kind === 'spread') return because(choices.of);
      const extend = anonymous((_cx, row) => settled(mapList(cx, row, choices, at)));
      rows = settled(concatLists(cx, settled(mapList(cx, extend, rows, at)), at));
    }
    return cx.resolve(rows);
  }),
  concat: fn2('concat', (cx, left, right, at) => append(cx, cx.resolve(left), cx.resolve(right), at)),
  "groupBy'": builtin("groupBy'", 4, (cx, [f, start, key, xs], at) => {
    const fold = fn2('group', (inner, _name, group, place) =>
      foldLeft(
        inner,
        (acc, item) => inner.applyAll(f as Lazy, [acc, item], place),
        start as Lazy,
        group,
        place,
      ),
    );
    const groups = cx.applyAll(LIST_TO_ATTRS.groupBy as Lazy, [key as Lazy, xs as Lazy], at);
    return cx.applyAll(ATTRS.mapAttrs as Lazy, [fold, groups], at);
  }),
};
