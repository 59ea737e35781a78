/**
 * Builtins for lists. A spread (an unknown number of items) keeps its position; results that depend on the number of
 * items are unknown.
 */

import { attrsOf, bool, failure, int, list, perhaps } from '../eval/construct.ts';
import { lazyKey } from '../eval/identity.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, ListValue, Origin, UnknownValue, Value } from '../eval/value.ts';
import { asBool, asInt, asList, elementOf, stop } from './arguments.ts';
import { because, fn1, fn2, fn3, type Result, type Table } from './define.ts';
import {
  eachOfUnknown,
  expected,
  filterItems,
  hidden,
  type Item,
  mapSpread,
  maybeItem,
  notCallable,
  possibleLists,
  settled,
  wholeList,
} from './list-parts.ts';
import { sortList } from './sorting.ts';

export function mapList(cx: BuiltinContext, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  const again = (items: Lazy) => settled(mapList(cx, f, items, at));
  if (value.kind === 'unknown') return eachOfUnknown(value, again);
  if (value.kind === 'failure') return value;
  cx.step(value.items.length);
  return list(
    value.items.map(item =>
      item.kind === 'spread'
        ? mapSpread(item, `map ${lazyKey(f)}`, again)
        : thunk(() => cx.applyToName(f, item, at), at),
    ),
    at,
  );
}

export function filterList(cx: BuiltinContext, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const refused = notCallable(cx, f, at);
  if (refused !== null) return refused;
  const value = asList(cx, xs, at);
  const again = (items: Lazy) => settled(filterList(cx, f, items, at));
  if (value.kind === 'unknown') return eachOfUnknown(value, again);
  if (value.kind === 'failure') return value;
  return list(
    filterItems(cx, value, `filter ${lazyKey(f)}`, item => cx.apply(f, item, at), again),
    at,
  );
}

/** Concatenates lists of lists. An unknown list becomes a spread, and a failure hides nothing else. */
function joinLists(
  cx: BuiltinContext,
  items: readonly Item[],
  again: (items: Lazy) => Value,
  at: Origin | null,
): ListValue {
  const joined: Item[] = [];
  for (const item of items) {
    cx.step();
    if (item.kind === 'spread') {
      joined.push(mapSpread(item, 'concatLists', again));
      continue;
    }
    const inner = cx.resolve(item);
    if (inner.kind === 'list') for (const candidate of inner.items) joined.push(candidate);
    else if (inner.kind === 'unknown') joined.push({ kind: 'spread', of: inner });
    else joined.push({ kind: 'spread', of: cx.tolerate(expected(inner, 'a list')) });
  }
  cx.step(joined.length >> 4);
  return list(joined, at);
}

export function concatLists(cx: BuiltinContext, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  const again = (items: Lazy) => settled(concatLists(cx, items, at));
  if (value.kind === 'unknown') return eachOfUnknown(value, again);
  return value.kind === 'list' ? joinLists(cx, value.items, again, at) : value;
}

export function concatMapList(cx: BuiltinContext, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const refused = notCallable(cx, f, at);
  if (refused !== null) return refused;
  const mapped = mapList(cx, f, xs, at);
  if (mapped.kind === 'list') return concatLists(cx, mapped, at);
  if (mapped.kind !== 'pending' || mapped.candidates === null) return mapped;
  return because(
    mapped.cause,
    mapped.candidates.map(candidate => thunk(() => settled(concatLists(cx, candidate, at)))),
    mapped.bounded,
  );
}

/**
 * Evaluates `any` (`wanted` is true) and `all` (`wanted` is false), stopping at the first item that decides the
 * answer.
 */
function quantify(cx: BuiltinContext, f: Lazy, xs: Lazy, wanted: boolean, at: Origin | null): Result {
  const refused = notCallable(cx, f, at);
  if (refused !== null) return refused;
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  let why: UnknownValue | null = null;
  for (const item of value.items) {
    cx.step();
    const answer =
      item.kind === 'spread'
        ? item.of
        : asBool(
            cx,
            thunk(() => cx.apply(f, item, at)),
            at,
          );
    if (answer.kind === 'failure') return why === null ? answer : because(why);
    if (answer.kind === 'unknown') why ??= answer;
    else if (answer.value === wanted) return bool(wanted, at);
  }
  return why === null ? bool(!wanted, at) : because(why);
}

export function isElem(cx: BuiltinContext, x: Lazy, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  let why: UnknownValue | null = null;
  for (const item of value.items) {
    if (item.kind === 'spread') {
      why ??= item.of;
      continue;
    }
    const same = cx.equal(x, item);
    if (same === true) return bool(true, at);
    if (same === null) why ??= unknownOf(cx, x) ?? unknownOf(cx, item) ?? elementOf(hidden(value));
    else if (same !== false) return why === null ? same : because(why);
  }
  return why === null ? bool(false, at) : because(why);
}

function unknownOf(cx: BuiltinContext, lazy: Lazy): UnknownValue | null {
  const value = cx.resolve(lazy);
  return value.kind === 'unknown' ? value : null;
}

/** Folds from the left. For an unknown number of items, the result may be the same as before, or one step further. */
export function foldLeft(
  cx: BuiltinContext,
  step: (accumulator: Lazy, item: Lazy) => Lazy,
  start: Lazy,
  xs: Lazy,
  at: Origin | null,
): Result {
  const value = asList(cx, xs, at);
  const once = (accumulator: Lazy, of: UnknownValue): UnknownValue => {
    const further = possibleLists(of).map(items =>
      thunk(() => settled(foldLeft(cx, step, accumulator, items, at))),
    );
    return perhaps(of, [accumulator, ...further], at, 'fold');
  };
  if (value.kind === 'unknown') return once(start, value);
  if (value.kind === 'failure') return value;
  let accumulator = start;
  for (const item of value.items) {
    cx.step();
    accumulator = item.kind === 'spread' ? once(accumulator, item.of) : step(accumulator, item);
    if (accumulator.kind === 'failure') return accumulator;
  }
  return cx.resolve(accumulator);
}

/** Limit above the size of any intended list. A larger one is not built. */
const MAX_GENERATED = 200_000n;

export function generate(
  cx: BuiltinContext,
  length: bigint,
  item: (index: bigint) => Lazy,
  at: Origin | null,
): Result {
  if (length > MAX_GENERATED) {
    const reason = `a list of ${length} items`;
    return because({ kind: 'unknown', reason, key: reason, term: null, candidates: null, origin: at });
  }
  cx.step(Number(length) >> 1);
  const items: Lazy[] = [];
  for (let index = 0n; index < length; index++) items.push(item(index));
  return list(items, at);
}

/** Returns the item at an index, which a spread before it makes unknown. */
function itemAt(
  cx: BuiltinContext,
  value: ListValue,
  index: number,
  name: string,
  at: Origin | null,
): Result {
  for (let i = 0; i <= index; i++) {
    const item = value.items[i];
    if (item === undefined) break;
    if (item.kind === 'spread') return because(item.of);
    if (i === index) return cx.resolve(item);
  }
  const message =
    name === 'elemAt' ? `list index ${index} is out of bounds` : `'builtins.${name}' called on an empty list`;
  return failure('other', message, at);
}

/** Partitions into `{ right; wrong; }`. An item with an unknown predicate may be in either. */
function partition(cx: BuiltinContext, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const refused = notCallable(cx, f, at);
  if (refused !== null) return refused;
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const right: Item[] = [];
  const wrong: Item[] = [];
  for (const item of value.items) {
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
    if (answer.kind === 'bool') (answer.value ? right : wrong).push(item);
    else if (item.kind === 'spread') for (const side of [right, wrong]) side.push(item);
    else
      for (const [name, side] of Object.entries({ right, wrong })) side.push(maybeItem(answer, item, name));
  }
  return attrsOf({ right: list(right, at), wrong: list(wrong, at) }, at);
}

export const LISTS: Table = {
  partition: fn2('partition', partition),
  map: fn2('map', mapList),
  filter: fn2('filter', filterList),
  concatLists: fn1('concatLists', concatLists),
  concatMap: fn2('concatMap', concatMapList),
  any: fn2('any', (cx, f, xs, at) => quantify(cx, f, xs, true, at)),
  all: fn2('all', (cx, f, xs, at) => quantify(cx, f, xs, false, at)),
  elem: fn2('elem', isElem),
  sort: fn2('sort', sortList),
  "foldl'": fn3(
    "foldl'",
    (cx, f, start, xs, at) =>
      notCallable(cx, f, at) ??
      foldLeft(cx, (accumulator, item) => cx.applyAll(f, [accumulator, item], at), start, xs, at),
  ),
  length: fn1('length', (cx, xs, at) => {
    const value = asList(cx, xs, at);
    if (value.kind !== 'list') return stop(value);
    const items = wholeList(value);
    return 'kind' in items ? because(items) : int(BigInt(items.length), at);
  }),
  head: fn1('head', (cx, xs, at) => {
    const value = asList(cx, xs, at);
    return value.kind === 'list' ? itemAt(cx, value, 0, 'head', at) : stop(value);
  }),
  tail: fn1('tail', (cx, xs, at) => {
    const value = asList(cx, xs, at);
    if (value.kind !== 'list') return stop(value);
    const first = value.items[0];
    if (first === undefined) return failure('other', "'builtins.tail' called on an empty list", at);
    if (first.kind === 'spread') return because(first.of);
    cx.step(value.items.length >> 6);
    return list(value.items.slice(1), at);
  }),
  elemAt: fn2('elemAt', (cx, xs, n, at) => {
    const value = asList(cx, xs, at);
    if (value.kind !== 'list') return stop(value);
    const index = asInt(cx, n, at);
    if (index.kind !== 'int') return stop(index);
    if (index.value < 0n) return failure('other', `list index ${index.value} is out of bounds`, at);
    return itemAt(cx, value, Number(index.value), 'elemAt', at);
  }),
  genList: fn2('genList', (cx, f, n, at) => {
    const length = asInt(cx, n, at);
    if (length.kind === 'unknown') {
      const example = thunk(() => cx.apply(f, elementOf(length), at));
      return because(length, [list([example], at)]);
    }
    if (length.kind === 'failure') return length;
    if (length.value < 0n) return failure('other', `cannot create list of size ${length.value}`, at);
    return generate(cx, length.value, index => thunk(() => cx.apply(f, int(index, null), at)), at);
  }),
};
