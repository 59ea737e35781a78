/**
 * Lists of which not all is known: spreads, the lists that an unknown one may be, and items that may be there.
 */

import { failure, list, withCandidates } from '../eval/construct.ts';
import { boundedKey, isTolerated, lazyKey } from '../eval/identity.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, ListValue, Origin, Spread, UnknownValue, Value } from '../eval/value.ts';
import { asFunction, elementOf } from './arguments.ts';
import { because, type Pending, type Result } from './define.ts';

export type Item = Lazy | Spread;

/** Returns the lists that an unknown one may be: its candidates, or a list with any element where nothing is known. */
export function possibleLists(unknownList: UnknownValue): readonly Lazy[] {
  return unknownList.candidates?.map(anyListOf) ?? [anyListOf(unknownList)];
}

/** Returns whether the lists that an unknown one may be have all items that it may have. */
export function areAllItems({ candidates, bounded }: UnknownValue): boolean {
  return candidates === null || bounded === true;
}

/** `xs or [ ]` has the bare `xs` among its candidates. */
function anyListOf(lazy: Lazy): Lazy {
  if (lazy.kind !== 'unknown' || lazy.candidates !== null) return lazy;
  return list([elementOf(lazy)], lazy.origin);
}

/** Returns the spread that a function makes of a spread; `again` is the function on one of the lists that it may be. */
export function mapSpread(spread: Spread, name: string, again: (items: Lazy) => Value): Spread {
  const { of } = spread;
  if (isTolerated(of)) return spread;
  const candidates = possibleLists(of).map(candidate => thunk(() => again(candidate)));
  const mapped = { ...of, key: boundedKey(`${name}(${of.key})`), term: null };
  return { kind: 'spread', of: withCandidates(mapped, candidates, areAllItems(of)) };
}

/**
 * Maps an unknown list: the result is unknown, but perhaps of a known shape. For functions of which the result for a list
 * is made of those for its items, one by one.
 */
export function eachOfUnknown(unknownList: UnknownValue, again: (items: Lazy) => Value): Pending {
  return because(
    unknownList,
    possibleLists(unknownList).map(candidate => thunk(() => again(candidate))),
    areAllItems(unknownList),
  );
}

/** Returns the items if all of them are there, else the reason. */
export function wholeList(value: ListValue): readonly Lazy[] | UnknownValue {
  const spread = value.items.find(item => item.kind === 'spread');
  return spread?.kind === 'spread' ? spread.of : (value.items as readonly Lazy[]);
}

/** Returns a result as a value, where it cannot be given back to the caller of a builtin. */
export function settled(result: Result): Value {
  if (result.kind !== 'pending') return result;
  const { cause, candidates, bounded } = result;
  return withCandidates({ ...cause, term: null }, candidates, bounded && candidates !== null);
}

/** Returns a list with one item that may be there or not. */
export function maybeItem(why: UnknownValue, item: Lazy, name: string): Spread {
  const key = boundedKey(`${name}(${why.key},${lazyKey(item)})`);
  const candidates = [list([item], null), list([], null)];
  return { kind: 'spread', of: withCandidates({ ...why, key, term: null }, candidates, true) };
}

/** Keeps the items for which the predicate says yes; where it says nothing, the item may be there. */
export function filterItems(
  cx: BuiltinContext,
  value: ListValue,
  name: string,
  keep: (item: Lazy) => Value,
  again: (items: Lazy) => Value,
): Item[] {
  const kept: Item[] = [];
  for (const item of value.items) {
    cx.step();
    if (item.kind === 'spread') {
      kept.push(mapSpread(item, name, again));
      continue;
    }
    const answer = keep(item);
    if (answer.kind === 'bool') {
      if (answer.value) kept.push(item);
    } else if (answer.kind === 'unknown') kept.push(maybeItem(answer, item, name));
    else kept.push({ kind: 'spread', of: cx.tolerate(expected(answer, 'a Boolean')) });
  }
  return kept;
}

export function expected(value: Value, what: string) {
  return value.kind === 'failure' ? value : failure('type', `value is not ${what}`, value.origin);
}

export function hidden(value: ListValue): UnknownValue {
  const reason = 'a value inside what is compared';
  return { kind: 'unknown', reason, key: lazyKey(value), term: null, candidates: null, origin: value.origin };
}

/** Refuses what cannot be called before anything else is looked at, as Nix does. */
export function notCallable(cx: BuiltinContext, f: Lazy, at: Origin | null): Value | null {
  const value = asFunction(cx, f, at);
  return value.kind === 'failure' ? value : null;
}
